import type { ConfigPath, Finding } from '../model/diagnostic.ts';
import { didYouMean } from '../model/nearest-word.ts';
import { isMapping, type Raw } from './mapping.ts';

const ways = ['executeCommand', 'executeCommands', 'executeScript', 'executeScripts'];

/** Rules of `scripts` and `hooks` that their schemas cannot say; those that have another shape are passed by. */
export function* checkScripts({ scripts, hooks }: Raw): Iterable<Finding> {
  const known = isMapping(scripts) ? scripts : {};
  for (const [name, script] of Object.entries(known)) {
    if (isMapping(script)) yield* checkScript(script, ['scripts', name]);
  }
  for (const [point, list] of Object.entries(isMapping(hooks) ? hooks : {})) {
    for (const [index, hook] of (Array.isArray(list) ? list : []).entries()) {
      if (isMapping(hook)) yield* checkHook(hook, ['hooks', point, index], Object.keys(known));
    }
  }
}

function* checkScript(script: Raw, path: ConfigPath): Iterable<Finding> {
  const { type, properties, ...own } = script;
  const name = path.at(-1);
  if (properties !== undefined && Object.keys(own).length > 0) {
    yield {
      severity: 'error',
      code: 'mixed-script',
      path: [...path, Object.keys(own)[0] ?? ''],
      at: 'key',
      message: `Script ${name} has "properties" and properties beside them.`,
      suggestion: 'Move all of them into "properties".',
    };
    return;
  }
  const used = ways.filter((way) => (isMapping(properties) ? properties : own)[way] !== undefined);
  if (used.length === 1) return;
  yield {
    severity: 'error',
    code: 'script-command',
    path,
    at: 'key',
    message: `Script ${name} has ${used.length === 0 ? 'nothing to run' : `${used.join(' and ')}, and only one of them can be`}.`,
    expected: `one of ${ways.join(', ')}`,
  };
}

function* checkHook(hook: Raw, path: ConfigPath, scripts: readonly string[]): Iterable<Finding> {
  const used = ['executeCommand', 'executeScript', 'executeNamedScript', 'scriptName'].filter(
    (way) => hook[way] !== undefined,
  );
  const [way] = used;
  if (used.length !== 1 || way === undefined) {
    yield {
      severity: 'error',
      code: 'hook-command',
      path,
      message: `A hook of "${path[1]}" has ${used.length === 0 ? 'nothing to run' : `${used.join(' and ')}, and only one of them can be`}.`,
      expected: 'scriptName, executeNamedScript, executeCommand or executeScript',
    };
    return;
  }
  const name = hook[way];
  if (
    way === 'executeCommand' ||
    way === 'executeScript' ||
    typeof name !== 'string' ||
    scripts.includes(name)
  )
    return;
  yield {
    severity: 'error',
    code: 'unknown-script',
    path: [...path, way],
    message: `There is no script "${name}".`,
    expected:
      scripts.length === 0
        ? 'a script of "scripts", of which there are none'
        : `one of ${scripts.join(', ')}`,
    ...didYouMean(name, scripts),
  };
}

import { relative, resolve } from 'node:path';
import { UserError } from '../../model/errors.ts';
import { nearestWord } from '../../model/nearest-word.ts';
import type { Artifact } from '../../packaging/artifact.ts';
import type { Context } from '../context.ts';
import { formatBytes, formatDuration } from '../format.ts';
import { packageProject } from '../package-project.ts';
import { configFile, requireConfig, stateDirectory } from '../project.ts';

/** `stp package`: builds the artifacts; size, digest, cached or built. */
export async function packageCommand(
  context: Context,
  functions: string[],
  flags: { out?: string },
): Promise<number> {
  const { io } = context;
  const config = await requireConfig(context, { checkEntryFiles: true });
  requireFunctions(
    functions,
    config.resources.filter(({ type }) => type === 'function').map(({ name }) => name),
  );
  const started = performance.now();
  const artifacts = await packageProject(config, {
    stateDirectory: stateDirectory(configFile(context)),
    ...(functions.length === 0 ? {} : { functions }),
    ...(flags.out === undefined ? {} : { outDirectory: resolve(io.cwd, flags.out) }),
    workingDirectory: io.cwd,
    onEvent: (event) => {
      if (event.type === 'notice') io.stderr.write(`warning: ${event.message}\n`);
    },
  });
  const width = Math.max(0, ...artifacts.map((artifact) => artifact.function.length));
  for (const artifact of artifacts) {
    const path = relative(io.cwd, artifact.path);
    context.emit({ type: 'artifact', ...artifact, path, milliseconds: Math.round(artifact.milliseconds) });
    context.print(describeArtifact(artifact, path, width, context));
  }
  const milliseconds = Math.round(performance.now() - started);
  const cached = artifacts.filter(({ outcome }) => outcome === 'cached').length;
  const built = artifacts.length - cached;
  context.emit({ type: 'result', built, cached, milliseconds });
  context.print(`${built} built, ${cached} cached in ${formatDuration(milliseconds)}`);
  return 0;
}

function describeArtifact(artifact: Artifact, path: string, width: number, context: Context): string {
  const outcome =
    artifact.outcome === 'built' ? context.style('green', 'built ') : context.style('gray', 'cached');
  return [
    artifact.function.padEnd(width),
    outcome,
    formatBytes(artifact.zippedBytes).padStart(9),
    artifact.digest.slice(0, 12),
    artifact.runtime,
    path,
  ].join('  ');
}

/** @throws UserError for a function that the config does not have, with the nearest one that it has. */
export function requireFunctions(names: readonly string[], known: readonly string[]): void {
  for (const name of names) {
    if (known.includes(name)) continue;
    const near = nearestWord(name, known);
    throw new UserError(`There is no function ${name} in the config.`, {
      code: 'no-such-function',
      hint: near === undefined ? `Functions: ${known.join(', ')}.` : `Did you mean ${near}?`,
    });
  }
}

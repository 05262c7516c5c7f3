import type { ConfigPath, Finding } from '../../model/diagnostic.ts';
import { didYouMean } from '../../model/nearest-word.ts';
import { builtIn, builtIns, DirectiveError, isSecretId, type LocalContext } from './built-ins.ts';
import { At, atArgument, findingOf, notAccessible, unknownDirective } from './directive-findings.ts';
import { type ExternalCall, type Externals, isEnvFile } from './external-call.ts';
import { type DirectiveCall, directiveNameAt, parseDirective } from './parse-directive.ts';
import { type RuntimeArgument, type RuntimeCall, RuntimeValue } from './runtime-value.ts';

type Container = Record<string | number, unknown>;
type Mutable = {
  config: unknown;
  stage: string;
  region: string;
  profile?: string;
  cliArguments?: LocalContext['cliArguments'];
  externals?: Externals;
};

/** Stands where a directive could not be resolved; its error is reported, and no other check looks at it. */
export const unresolved = new RuntimeValue('', []);

/**
 * Resolves the directives that need no AWS, in place, and puts a `RuntimeValue` where one has to wait for
 * CloudFormation. Gives the problems found.
 */
export function resolveLocalDirectives(input: Mutable): Finding[] {
  const { config } = input;
  const findings: Finding[] = [];
  const resolver = new LocalResolver(input, findings);
  const document: Container = { config };
  resolver.walk(document, 'config', []);
  return findings;
}

class LocalResolver {
  readonly #config: unknown;
  readonly #findings: Finding[];
  readonly #context: LocalContext;
  /** Places whose directives are being resolved; who comes back to one goes in a circle. */
  readonly #running = new Map<object, Set<string | number>>();
  readonly #externals: Externals | undefined;
  /** Files of the config's own directives by their names. */
  readonly #custom: ReadonlyMap<string, string>;
  /** Directives in what directives gave. */
  #depth = 0;
  /** What is being resolved, for warnings. */
  #here: { path: ConfigPath; written: string } = { path: [], written: '' };
  readonly #warned = new Set<string>();

  constructor(input: Mutable, findings: Finding[]) {
    const { config, stage, region, profile = 'default', cliArguments = {}, externals } = input;
    this.#config = config;
    this.#findings = findings;
    this.#externals = externals;
    this.#custom = customDirectives(config);
    this.#context = {
      stage,
      region,
      profile,
      cliArguments,
      read: (root, path) => this.#read(root, path),
    };
  }

  walk(container: Container, key: string | number, path: ConfigPath): void {
    const value = container[key];
    if (typeof value === 'string') {
      if (value.includes('$')) this.#resolvePlace(container, key, value, path);
    } else if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        if (mayHold(value[index])) this.walk(value as unknown as Container, index, [...path, index]);
      }
    } else if (typeof value === 'object' && value !== null && !(value instanceof RuntimeValue)) {
      for (const child in value) {
        if (mayHold((value as Container)[child])) this.walk(value as Container, child, [...path, child]);
      }
    }
  }

  #resolvePlace(container: Container, key: string | number, value: string, path: ConfigPath): void {
    const keys = this.#running.get(container) ?? new Set();
    if (keys.has(key)) {
      throw new DirectiveError('directive-cycle', `${value} refers to itself.`, {
        suggestion: 'Take one of the references out of the circle.',
      });
    }
    this.#running.set(container, keys.add(key));
    const before = this.#here;
    this.#here = { path, written: value };
    try {
      container[key] = this.#resolveText(value);
    } catch (error) {
      container[key] = unresolved;
      if (!(error instanceof Unanswered)) this.#findings.push(findingOf(error, value, path));
    } finally {
      keys.delete(key);
      this.#here = before;
    }
  }

  #resolveText(text: string): unknown {
    const parts: (string | RuntimeCall)[] = [];
    let literal = '';
    let at = 0;
    while (at < text.length) {
      const dollar = text.indexOf('$', at);
      const call = dollar < 0 ? undefined : this.#callAt(text, dollar);
      if (dollar < 0 || !call) {
        const until = dollar < 0 ? text.length : dollar + 1;
        literal += text.slice(at, until);
        at = until;
        continue;
      }
      const isWhole = dollar === 0 && call.end === text.length;
      if (isWhole) {
        const result = this.#call(call, true);
        return isRuntimeCall(result) ? new RuntimeValue(text, [result]) : result;
      }
      // In a text, `.` after a directive that gives text is a full stop and no path.
      const result = this.#call(call, readsPath(call));
      literal += text.slice(at, dollar);
      at = readsPath(call) ? call.end : call.bracketEnd;
      if (isRuntimeCall(result) || result instanceof RuntimeValue) {
        if (literal !== '') parts.push(literal);
        literal = '';
        if (result instanceof RuntimeValue) parts.push(...result.parts);
        else parts.push(result);
      } else if (typeof result === 'object') {
        throw new At(
          new DirectiveError(
            'directive-result',
            `$${call.name}(…) gives no text and cannot stand inside one.`,
          ),
          call.start,
          at,
        );
      } else literal += String(result);
    }
    if (parts.length === 0) return literal;
    if (literal !== '') parts.push(literal);
    return new RuntimeValue(text, parts);
  }

  /** The directive at a `$`, or undefined where it is meant as text, as in `costs $5` or `$(date)`. */
  #callAt(text: string, offset: number): DirectiveCall | undefined {
    const name = directiveNameAt(text, offset);
    if (name === undefined) return undefined;
    if (builtIn(name) || this.#custom.has(name)) return parseDirective(text, offset);
    const looksWhole = offset === 0 && /\)(\.[^)]*)?$/.test(text);
    const near = didYouMean(name, this.#known()).suggestion !== undefined;
    return looksWhole || near ? parseDirective(text, offset) : undefined;
  }

  #known(): string[] {
    return [...Object.keys(builtIns), ...this.#custom.keys()];
  }

  #call(call: DirectiveCall, withPath: boolean): unknown {
    const { name } = call;
    const directive =
      builtIn(name) ??
      (this.#custom.has(name)
        ? ({ when: 'external', parameters: [0, Number.POSITIVE_INFINITY] } as const)
        : undefined);
    if (!directive) {
      throw new At(unknownDirective(name, this.#known()), call.start, call.start + name.length + 1);
    }
    const [least, most] = directive.parameters;
    if (call.args.length < least || call.args.length > most) {
      throw new At(
        new DirectiveError(
          'directive-argument',
          `$${name} takes ${argumentCount(least, most)}, not ${call.args.length}.`,
        ),
        call.start,
        call.bracketEnd,
      );
    }
    const isCustom = builtIn(name) === undefined;
    // Only directives of the user's get a list or a mapping.
    const args = call.args.map((argument): RuntimeArgument | object => {
      if (argument.kind === 'literal') {
        if (typeof argument.value === 'string') this.#warnOfQuoted(argument.value, argument);
        return argument.value;
      }
      const result = this.#call(argument.call, true);
      if (isRuntimeCall(result)) return new RuntimeValue(name, [result]);
      if (result instanceof RuntimeValue && result.isUnresolved) throw new Unanswered();
      if (typeof result === 'object' && !(result instanceof RuntimeValue)) {
        if (isCustom && result !== null) return runtimeIn(result) ?? result;
        throw new At(
          new DirectiveError('directive-argument', `$${argument.call.name}(…) gives no text for $${name}.`),
          argument.start,
          argument.end,
        );
      }
      return result as RuntimeArgument;
    });
    if (directive.when === 'runtime') {
      if (withPath && call.path.length > 0) throw notAccessible(call, call.path);
      const texts = args as readonly RuntimeArgument[];
      return { call, args: name === 'Secret' ? this.#pinned(call, texts) : texts } satisfies RuntimeCall;
    }
    const local: (string | number | boolean)[] = [];
    for (const [index, argument] of args.entries()) {
      if (!(argument instanceof RuntimeValue)) {
        local.push(argument as string | number | boolean);
        continue;
      }
      const inner = call.args[index];
      const runtime = argument.parts.find((part) => typeof part === 'object');
      throw new At(
        new DirectiveError(
          'directive-argument',
          `Non-runtime directive $${name} can't be dependent on a result of runtime directive $${runtime?.call.name}.`,
          name === 'Format' ? { suggestion: 'Use $CfFormat.' } : {},
        ),
        inner?.start ?? call.start,
        inner?.end ?? call.end,
      );
    }
    const path = withPath ? call.path : [];
    if (directive.when === 'external') return this.#external(call, local, path);
    try {
      const result = directive.run(local, this.#context, directive.readsPath ? path : []);
      const isMissing = result === undefined || (result === null && path.length > 0);
      if (isMissing || (!directive.readsPath && path.length > 0)) throw notAccessible(call, path);
      // What $Var and $This read is resolved where it stands.
      const isText = typeof result === 'string' && (name === 'CliArgs' || name === 'Format');
      return isText && result.startsWith('$') ? this.#resolveResult(call, result) : result;
    } catch (error) {
      throw error instanceof DirectiveError ? atArgument(error, call) : error;
    }
  }

  /** In quotes a directive is text, which is hardly ever meant. */
  #warnOfQuoted(text: string, { start, end }: { start: number; end: number }): void {
    const dollar = text.indexOf('$');
    const name = dollar < 0 ? undefined : directiveNameAt(text, dollar);
    if (name === undefined || !this.#known().includes(name) || this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#findings.push({
      severity: 'warning',
      code: 'quoted-directive',
      path: this.#here.path,
      within: [start, end],
      message: `$${name}(…) stands in quotes here and stays text.`,
      suggestion: `Take the quotes away, or put it into a text with $Format('…{}…', $${name}(…)).`,
    });
  }

  /**
   * `$Secret` with the version that is current now, where that is asked for (spec 2.2). What the commands resolve
   * themselves, and CloudFormation never sees, needs none.
   */
  #pinned(call: DirectiveCall, args: readonly RuntimeArgument[]): readonly RuntimeArgument[] {
    const [name] = args;
    const [root] = this.#here.path;
    if (!this.#externals?.pinsSecrets || args.length !== 1 || typeof name !== 'string') return args;
    if (typeof root === 'string' && resolvedByCommands.has(root)) return args;
    const id = name.split('.', 1)[0] ?? '';
    // Settling says what is wrong with the name.
    if (!isSecretId(id)) return args;
    const version = this.#external({ ...call, path: [] }, [id], []);
    return typeof version === 'string' ? [name, version] : args;
  }

  /** What the outside has answered, with the directives in it resolved. */
  #external(call: DirectiveCall, args: ExternalCall['args'], path: readonly string[]): unknown {
    const filePath = this.#custom.get(call.name);
    const external =
      filePath === undefined
        ? ({ kind: 'built-in', name: call.name, args } as ExternalCall)
        : ({ kind: 'custom', name: call.name, filePath, args } satisfies ExternalCall);
    const answer = this.#externals?.answer(external);
    if (!answer) {
      this.#externals?.want(external);
      if (this.#externals) throw new Unanswered();
      throw new At(
        new DirectiveError('directive-outside', `$${call.name} is not read here.`),
        call.start,
        call.bracketEnd,
      );
    }
    if ('error' in answer) {
      const { code, message, ...details } = answer.error;
      throw new At(new DirectiveError(code, message, details), call.start, call.bracketEnd);
    }
    if (answer.warning && !this.#warned.has(answer.warning.message)) {
      this.#warned.add(answer.warning.message);
      const within = [call.start, call.bracketEnd] as const;
      this.#findings.push({ severity: 'warning', path: this.#here.path, within, ...answer.warning });
    }
    let value = this.#resolveResult(call, structuredClone(answer.value));
    for (const step of path) {
      if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) {
        throw notAccessible(call, path);
      }
      value = (value as Container)[step];
    }
    if (path.length > 0 && (value === undefined || value === null)) throw notAccessible(call, path);
    if (value === undefined) {
      throw new At(
        new DirectiveError('directive-result', `$${call.name}(…) gives nothing.`, {
          expected: 'text, a number, true, false, null, a list or a mapping',
        }),
        call.start,
        call.bracketEnd,
      );
    }
    // As a whole the variables of a file are what "environment" takes: a list.
    if (path.length === 0 && call.name === 'File' && isEnvFile(String(args[0]))) {
      if (this.#here.path.at(-1) === 'environment') {
        return Object.entries(value ?? {}).map(([name, text]) => ({ name, value: text }));
      }
    }
    return value;
  }

  /** What a directive gave, with the directives in it resolved, as often as that gives directives again (spec 2.1). */
  #resolveResult(call: DirectiveCall, result: unknown): unknown {
    if (this.#depth > deepestResult) {
      throw new At(
        new DirectiveError('directive-cycle', `$${call.name} gives directives without end.`),
        call.start,
        call.bracketEnd,
      );
    }
    if (!mayHold(result)) return result;
    const holder: Container = { value: result };
    const before = this.#findings.length;
    this.#depth++;
    try {
      this.walk(holder, 'value', this.#here.path);
    } finally {
      this.#depth--;
    }
    // Nothing of it stands in the file: the first error is that of the directive which gave it.
    const found = this.#findings.splice(before);
    const error = found.find(({ severity }) => severity === 'error');
    if (error) throw new DirectiveError(error.code, error.message);
    for (const { within: _within, ...warning } of found) this.#findings.push(warning);
    return holder.value;
  }

  /** Follows a path through the config, resolving the directives on its way and in what it leads to. */
  #read(root: 'variables' | 'config', path: readonly string[]): unknown {
    const holder: Container = { config: this.#config };
    const steps = root === 'variables' ? ['config', 'variables', ...path] : ['config', ...path];
    let container: Container = holder;
    for (const [index, step] of steps.entries()) {
      if (!Object.hasOwn(container, step)) return undefined;
      const last = index === steps.length - 1;
      const next = container[step];
      if (last || typeof next === 'string') {
        this.walk(container, step, steps.slice(1, index + 1).map(asKey));
      }
      const value = container[step];
      if (last) return value;
      if (typeof value !== 'object' || value === null) return undefined;
      container = value as Container;
    }
    return undefined;
  }
}

function argumentCount(least: number, most: number): string {
  if (!Number.isFinite(most)) return `at least ${least} argument${least === 1 ? '' : 's'}`;
  const range = least === most ? String(least) : `${least} to ${most}`;
  return most === 0 ? 'no arguments' : `${range} argument${most === 1 ? '' : 's'}`;
}

const resolvedByCommands: ReadonlySet<string> = new Set(['providerConfig', 'hooks', 'scripts']);

/** Thrown where an answer from outside is not there yet: the config is read again with it. */
class Unanswered extends Error {}

/** Directives that give directives that give directives. */
const deepestResult = 20;

function customDirectives(config: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const list =
    typeof config === 'object' && config !== null && 'directives' in config ? config.directives : undefined;
  for (const one of Array.isArray(list) ? list : []) {
    if (typeof one?.name === 'string' && typeof one.filePath === 'string' && !builtIn(one.name)) {
      found.set(one.name, one.filePath);
    }
  }
  return found;
}

/** What CloudFormation alone knows, in a list or a mapping. */
function runtimeIn(value: unknown): RuntimeValue | undefined {
  if (value instanceof RuntimeValue) return value;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const member of Object.values(value)) {
    const found = runtimeIn(member);
    if (found) return found;
  }
  return undefined;
}

const asKey = (step: string): string | number => (/^\d+$/.test(step) ? Number(step) : step);

const mayHold = (value: unknown): boolean =>
  typeof value === 'string' ? value.includes('$') : typeof value === 'object' && value !== null;

const isRuntimeCall = (value: unknown): value is RuntimeCall =>
  typeof value === 'object' && value !== null && 'call' in value && 'args' in value;

/** Whether what follows a directive in the middle of a text is a path and not the end of a sentence. */
function readsPath({ name, args }: DirectiveCall): boolean {
  if (name === 'File') return true;
  const directive = builtIn(name);
  return directive?.when === 'local' && directive.readsPath === true && args.length === 0;
}

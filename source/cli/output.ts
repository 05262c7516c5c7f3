import { UserError } from '../model/errors.ts';
import type { Io } from './io.ts';

export type OutputMode = 'tty' | 'plain' | 'json';

const modes: readonly string[] = ['tty', 'plain', 'json'] satisfies OutputMode[];

/**
 * Which of the three output modes a command has (spec/cli.md, conventions): `tty` where stdin and stdout are
 * terminals, `CI` is not set and `TERM` is not `dumb`; else `plain`.
 */
export function resolveOutputMode(flags: { output?: string; json?: boolean }, io: Io): OutputMode {
  if (flags.json) return 'json';
  const terminal = io.stdin.isTTY === true && io.stdout.isTTY === true;
  if (flags.output === undefined) {
    return terminal && !io.env.CI && io.env.TERM !== 'dumb' ? 'tty' : 'plain';
  }
  if (!modes.includes(flags.output)) {
    throw new UserError(`--output ${flags.output} is not known.`, {
      code: 'invalid-flag',
      hint: `Valid values: ${modes.join(', ')}.`,
    });
  }
  if (flags.output === 'tty' && !terminal) {
    throw new UserError('--output tty needs a terminal on stdin and stdout.', {
      code: 'no-terminal',
      hint: 'Use --output plain or --output json.',
    });
  }
  return flags.output as OutputMode;
}

/** Colour as `NO_COLOR`, `FORCE_COLOR` and `--no-color` say, else where the stream is a terminal. */
export function wantsColor(
  flags: { color?: boolean },
  stream: { isTTY?: boolean },
  env: NodeJS.ProcessEnv,
): boolean {
  if (flags.color === false || env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined) return env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false';
  return stream.isTTY === true && env.TERM !== 'dumb';
}

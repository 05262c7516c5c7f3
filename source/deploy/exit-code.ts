import type { ResultStatus } from './deploy-event.ts';
import type { DeployState } from './deploy-state.ts';

/** spec/cli.md, exit codes. */
const codes: Record<ResultStatus, number> = {
  succeeded: 0,
  unchanged: 0,
  failed: 1,
  rolledBack: 3,
  cancelled: 4,
  detached: 5,
};

/**
 * Exit code of a finished operation. `interrupted`: cancelled by Ctrl-C before anything was changed.
 * `asked`: the user asked for the detaching with `--detach`, which is a success.
 */
export function exitCodeOf(
  status: ResultStatus,
  options: { interrupted?: boolean; asked?: boolean } = {},
): number {
  if (status === 'cancelled' && options.interrupted) return 130;
  if (status === 'detached' && options.asked) return 0;
  return codes[status];
}

/** As `exitCodeOf`, from the state at the end. An operation without an end counts as one of unknown outcome. */
export function exitCodeOfState(state: DeployState, options: { detach?: boolean } = {}): number {
  if (state.error) return state.error.exitCode;
  if (!state.result) return codes.detached;
  return exitCodeOf(state.result.status, {
    interrupted: state.result.interrupted === true,
    asked: options.detach === true,
  });
}

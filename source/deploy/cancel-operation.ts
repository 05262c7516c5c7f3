import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import { toAwsError } from '../aws/aws-error.ts';
import { type Run, sleep } from './operation.ts';
import { findStack } from './stack-status.ts';

/** What became of the wish to take an operation back. */
export type Cancellation = {
  /** Stops listening, and waits for a request that is on its way. */
  settle(): Promise<void>;
  /** `delete`: a new stack is being deleted, and only that ends the operation. */
  readonly effect: 'rollback' | 'delete' | undefined;
};

/**
 * Takes the running operation back once `cancel` aborts: a new stack is deleted, an update is cancelled, which
 * rolls it back. What cannot be taken back any more (a clean-up, a deletion) is left to run, and a notice says so.
 * Before CloudFormation has begun there is nothing to cancel, so that it is asked again until it has.
 */
export function cancelOnRequest(run: Run, cloudFormation: CloudFormation, stackId: string): Cancellation {
  const { cancel } = run.control;
  let effect: Cancellation['effect'];
  // An operation that has ended meanwhile is not taken back, and nothing is said after its result.
  const over = new AbortController();
  const currentStatus = async () => {
    for (;;) {
      const stack = await findStack(cloudFormation, stackId, over.signal);
      const status = stack?.StackStatus ?? 'DELETE_COMPLETE';
      if (status !== 'REVIEW_IN_PROGRESS' || over.signal.aborted) return status;
      await sleep(run.pollInterval, over.signal);
    }
  };
  const request = async () => {
    try {
      const status = await currentStatus();
      if (over.signal.aborted) return;
      if (status === 'CREATE_IN_PROGRESS') {
        effect = 'delete';
        await cloudFormation.deleteStack({ StackName: stackId });
        run.emit({ type: 'cancel-requested', effect });
      } else if (status === 'UPDATE_IN_PROGRESS') {
        await cloudFormation.cancelUpdateStack({ StackName: stackId });
        effect = 'rollback';
        run.emit({ type: 'cancel-requested', effect });
      } else if (status.includes('ROLLBACK')) {
        run.notice('info', 'It is being rolled back already.');
      } else {
        run.notice('warning', `It is too late to cancel (${status}).`);
      }
    } catch (error) {
      effect = undefined;
      if (!over.signal.aborted)
        run.notice('warning', `It could not be cancelled: ${toAwsError(error).message}`);
    }
  };
  let requested: Promise<void> | undefined;
  const listener = () => {
    requested = request();
  };
  if (cancel.aborted) listener();
  else cancel.addEventListener('abort', listener, { once: true });
  return {
    async settle() {
      cancel.removeEventListener('abort', listener);
      over.abort();
      await requested;
    },
    get effect() {
      return effect;
    },
  };
}

import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import { toAwsError } from '../aws/aws-error.ts';
import type { Run } from './operation.ts';
import { findStack } from './stack-status.ts';

/** What became of the wish to take an operation back. */
export type Cancellation = {
  /** Stops listening. */
  dispose(): void;
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
  const request = async () => {
    try {
      const status = (await findStack(cloudFormation, stackId))?.StackStatus ?? 'DELETE_COMPLETE';
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
      run.notice('warning', `It could not be cancelled: ${toAwsError(error).message}`);
    }
  };
  const listener = () => void request();
  if (cancel.aborted) listener();
  else cancel.addEventListener('abort', listener, { once: true });
  return {
    dispose: () => cancel.removeEventListener('abort', listener),
    get effect() {
      return effect;
    },
  };
}

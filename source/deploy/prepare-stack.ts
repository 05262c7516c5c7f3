import type { CloudFormation, Stack } from '@aws-sdk/client-cloudformation';
import { UserError } from '../model/errors.ts';
import { Interrupted, type Run, sleep } from './operation.ts';
import { findStack, isRunning } from './stack-status.ts';

/**
 * Brings the stack into a state from which a change set can be made, and gives it; undefined where the deploy is
 * its first one. A stack that only a failed first deploy left behind is removed, which a notice says.
 * @throws UserError `stack-busy`, `stack-stuck`
 */
export async function prepareStack(
  run: Run,
  cloudFormation: CloudFormation,
  stackName: string,
): Promise<Stack | undefined> {
  const stack = await findStack(cloudFormation, stackName, run.interrupted);
  if (stack === undefined) return undefined;
  const status = stack.StackStatus ?? '';
  switch (status) {
    case 'REVIEW_IN_PROGRESS':
      run.notice(
        'info',
        `${stackName} was left in review by a deploy that was not executed; it is removed first.`,
      );
      await remove(run, cloudFormation, stack);
      return undefined;
    case 'ROLLBACK_COMPLETE':
    case 'ROLLBACK_FAILED':
    case 'CREATE_FAILED':
      run.notice(
        'warning',
        `The first deploy of ${stackName} failed (${status}); what it left behind is removed first.`,
      );
      await remove(run, cloudFormation, stack);
      return undefined;
    case 'DELETE_FAILED':
      throw new UserError(`${stackName} could not be deleted completely (DELETE_FAILED).`, {
        code: 'stack-stuck',
        exitCode: 1,
        hint: 'Run `stp delete` again, then deploy.',
      });
    case 'UPDATE_ROLLBACK_FAILED':
      throw new UserError(`The last rollback of ${stackName} failed (UPDATE_ROLLBACK_FAILED).`, {
        code: 'stack-stuck',
        exitCode: 1,
        hint: 'Mend what it could not restore and run `stp rollback`, or leave it out with `stp rollback --skip <resource>`.',
      });
    default:
      if (!isRunning(status)) return stack;
      throw new UserError(`An operation is running on ${stackName} (${status}).`, {
        code: 'stack-busy',
        exitCode: 1,
        hint: 'Watch it with `stp attach`, and deploy when it is over.',
      });
  }
}

async function remove(run: Run, cloudFormation: CloudFormation, stack: Stack): Promise<void> {
  const id = stack.StackId ?? stack.StackName ?? '';
  await cloudFormation.deleteStack({ StackName: id }, { abortSignal: run.interrupted });
  for (;;) {
    const now = await findStack(cloudFormation, id, run.interrupted);
    const status = now?.StackStatus ?? 'DELETE_COMPLETE';
    if (status === 'DELETE_COMPLETE') return;
    if (status === 'DELETE_FAILED')
      throw new UserError(
        `What is left of ${stack.StackName} cannot be removed: ${now?.StackStatusReason ?? status}`,
        {
          code: 'stack-stuck',
          exitCode: 1,
          hint: 'Run `stp delete`, then deploy.',
        },
      );
    await sleep(run.pollInterval, run.interrupted);
    if (run.interrupted.aborted) throw new Interrupted();
  }
}

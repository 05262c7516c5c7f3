import type { CloudFormation, Stack } from '@aws-sdk/client-cloudformation';
import type { ResultStatus } from './deploy-event.ts';

/** The stack, or undefined where there is none. A deleted one is only found by its id. */
export async function findStack(
  cloudFormation: CloudFormation,
  stackNameOrId: string,
  signal?: AbortSignal,
): Promise<Stack | undefined> {
  try {
    const { Stacks } = await cloudFormation.describeStacks(
      { StackName: stackNameOrId },
      signal && { abortSignal: signal },
    );
    return Stacks?.[0];
  } catch (error) {
    if (isNoSuchStack(error)) return undefined;
    throw error;
  }
}

/** CloudFormation has no error of its own for this: it answers a ValidationError in words. */
export function isNoSuchStack(error: unknown): boolean {
  return error instanceof Error && /does not exist/.test(error.message);
}

export const isRunning = (status: string): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';

/** What the end of an operation means. `cancelled`: the user asked for it to be taken back. */
export function resultOf(status: string, options: { deleting: boolean; cancelled: boolean }): ResultStatus {
  if (options.deleting) return status === 'DELETE_COMPLETE' ? 'succeeded' : 'failed';
  switch (status) {
    case 'CREATE_COMPLETE':
    case 'UPDATE_COMPLETE':
    case 'IMPORT_COMPLETE':
      return 'succeeded';
    case 'ROLLBACK_COMPLETE':
    case 'UPDATE_ROLLBACK_COMPLETE':
    case 'IMPORT_ROLLBACK_COMPLETE':
    case 'DELETE_COMPLETE':
      return options.cancelled ? 'cancelled' : 'rolledBack';
    default:
      return 'failed';
  }
}

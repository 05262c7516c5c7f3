import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import type { Backend, Operation, Service } from '../../backend.ts';

/** STS: who signs a request. */
export function createSts(_backend: Backend): Service {
  const getCallerIdentity: Operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput> = (
    _input,
    { caller },
  ) => ({ UserId: caller.accessKeyId, Account: caller.accountId, Arn: caller.arn });

  return { operations: { GetCallerIdentity: getCallerIdentity } };
}
export type { AssumeRoleCommandInput, AssumeRoleCommandOutput };

import type { GetRoleCommandOutput } from '@aws-sdk/client-iam';
import type {
  AssumeRoleCommandInput,
  AssumeRoleCommandOutput,
  GetCallerIdentityCommandInput,
  GetCallerIdentityCommandOutput,
} from '@aws-sdk/client-sts';
import { type Backend, type Operation, type Service, ServiceError } from '../../backend.ts';

const roleArnPattern = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([\w+=,.@-]{1,64})$/;

/** STS: who signs a request, and keys for roles. */
export function createSts(backend: Backend): Service {
  const getCallerIdentity: Operation<GetCallerIdentityCommandInput, GetCallerIdentityCommandOutput> = (
    _input,
    { caller },
  ) => ({
    // AWS gives the id of the user or of the role's session here; the access key names it as well.
    UserId: caller.roleName === undefined ? caller.accountId : `${caller.accessKeyId}:${caller.roleName}`,
    Account: caller.accountId,
    Arn: caller.arn,
  });

  const assumeRole: Operation<AssumeRoleCommandInput, AssumeRoleCommandOutput> = async (
    input,
    { caller },
  ) => {
    const { RoleArn = '', RoleSessionName = '', DurationSeconds = 3600 } = input;
    if (!/^[\w+=,.@-]{2,64}$/.test(RoleSessionName)) {
      throw invalid(
        `Value '${RoleSessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
      );
    }
    if (DurationSeconds < 900 || DurationSeconds > 43_200) {
      throw invalid(
        `Value '${DurationSeconds}' at 'durationSeconds' failed to satisfy constraint: Member must have a value between 900 and 43200`,
      );
    }
    const [, account, roleName] = roleArnPattern.exec(RoleArn) ?? [];
    if (roleName === undefined) throw new ServiceError('ValidationError', `${RoleArn} is invalid`);
    const denied = new ServiceError(
      'AccessDenied',
      `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${RoleArn}`,
      403,
    );
    if (account !== backend.accountId) throw denied;
    const role = await backend
      .call<GetRoleCommandOutput>('iam', 'GetRole', { RoleName: roleName })
      .catch((error: unknown) => {
        // AWS does not tell a role that is not there from one that may not be assumed.
        if (error instanceof ServiceError && error.code.startsWith('NoSuchEntity')) throw denied;
        throw error;
      });
    if (role.Role?.Arn !== RoleArn) throw denied;
    const expiresAt = backend.now() + DurationSeconds * 1000;
    const keys = backend.credentialsForRole(RoleArn, { sessionName: RoleSessionName, expiresAt });
    return {
      Credentials: {
        AccessKeyId: keys.accessKeyId,
        SecretAccessKey: keys.secretAccessKey,
        SessionToken: keys.sessionToken,
        Expiration: new Date(expiresAt),
      },
      AssumedRoleUser: {
        AssumedRoleId: `${role.Role.RoleId}:${RoleSessionName}`,
        Arn: `arn:aws:sts::${account}:assumed-role/${roleName}/${RoleSessionName}`,
      },
    };
  };

  return { operations: { GetCallerIdentity: getCallerIdentity, AssumeRole: assumeRole } };
}

const invalid = (message: string): ServiceError =>
  new ServiceError('ValidationError', `1 validation error detected: ${message}`);

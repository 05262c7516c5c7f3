import type { Backend } from '../../backend.ts';
import { constraintBroken, groupNotFound, invalidParameter } from './errors.ts';
import type { GroupRow, LogStore } from './log-store.ts';

type Place = Pick<Backend, 'accountId' | 'region'>;

/** `arn:aws:logs:us-east-1:000000000000:log-group:name`; IAM and CloudFormation write `:*` behind it. */
export const groupArn = ({ accountId, region }: Place, name: string): string =>
  `arn:aws:logs:${region}:${accountId}:log-group:${name}`;

const groupArnPattern = /^arn:aws[\w-]*:logs:[\w-]*:\d{12}:log-group:([^:]+)(?::\*)?$/;

/** The group's name in an ARN of either form, or nothing where it is no ARN of a log group. */
export const nameInArn = (arn: string): string | undefined => groupArnPattern.exec(arn)?.[1];

/** @throws ServiceError InvalidParameterException */
export function checkGroupName(name: string, member = 'logGroupName'): string {
  if (name === '') throw constraintBroken(member, name, 'have length greater than or equal to 1');
  if (name.length > 512) throw constraintBroken(member, name, 'have length less than or equal to 512');
  if (!/^[.\-_/#A-Za-z0-9]+$/.test(name)) {
    throw constraintBroken(member, name, 'satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+');
  }
  return name;
}

/** @throws ServiceError InvalidParameterException */
export function checkStreamName(name: string, member = 'logStreamName'): string {
  if (name === '') throw constraintBroken(member, name, 'have length greater than or equal to 1');
  if (name.length > 512) throw constraintBroken(member, name, 'have length less than or equal to 512');
  if (/[:*]/.test(name)) throw constraintBroken(member, name, 'satisfy regular expression pattern: [^:*]*');
  return name;
}

/**
 * The group that a request names, by its name or by an identifier that is a name or an ARN.
 * @throws ServiceError InvalidParameterException, ResourceNotFoundException
 */
export function requireGroup(
  store: LogStore,
  input: { logGroupName?: string | undefined; logGroupIdentifier?: string | undefined },
): GroupRow {
  const { logGroupName, logGroupIdentifier } = input;
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalidParameter('LogGroup name and LogGroup identifier are mutually exclusive parameters.');
  }
  if (logGroupName === undefined && logGroupIdentifier === undefined) {
    throw invalidParameter('Either logGroupName or logGroupIdentifier must be specified.');
  }
  const name =
    logGroupIdentifier === undefined
      ? checkGroupName(logGroupName ?? '')
      : (nameInArn(logGroupIdentifier) ?? checkGroupName(logGroupIdentifier, 'logGroupIdentifier'));
  const group = store.group(name);
  if (group === undefined) throw groupNotFound();
  return group;
}

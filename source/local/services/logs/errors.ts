import { ServiceError } from '../../backend.ts';

/** The errors of CloudWatch Logs that several operations throw, in AWS's words. */

export const groupNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log group does not exist.');

export const streamNotFound = (): ServiceError =>
  new ServiceError('ResourceNotFoundException', 'The specified log stream does not exist.');

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterException', message);

/** What AWS's front end says of a value that breaks the bounds of its model. */
export const constraintBroken = (member: string, value: unknown, rule: string): ServiceError =>
  invalidParameter(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );

/** @throws ServiceError InvalidParameterException */
export function checkRange(member: string, value: number, least: number, most: number): number {
  if (value < least) throw constraintBroken(member, value, `have value greater than or equal to ${least}`);
  if (value > most) throw constraintBroken(member, value, `have value less than or equal to ${most}`);
  return value;
}

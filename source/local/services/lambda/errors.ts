import { ServiceError } from '../../backend.ts';

/** The errors of Lambda that several operations throw, in AWS's words. */

export const functionNotFound = (arn: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });

export const resourceNotFound = (message: string): ServiceError =>
  new ServiceError('ResourceNotFoundException', message, 404, { Type: 'User' });

export const conflict = (message: string): ServiceError =>
  new ServiceError('ResourceConflictException', message, 409, { Type: 'User' });

export const invalidParameter = (message: string): ServiceError =>
  new ServiceError('InvalidParameterValueException', message, 400, { Type: 'User' });

/** What AWS's front end says of a value that breaks the bounds of its model. */
export const constraintBroken = (member: string, value: unknown, rule: string): ServiceError =>
  new ServiceError(
    'ValidationException',
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );

export const revisionMismatch = (): ServiceError =>
  new ServiceError(
    'PreconditionFailedException',
    'The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias API to retrieve the latest Revision Id',
    412,
    { Type: 'User' },
  );

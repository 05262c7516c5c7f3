import { ServiceError } from '../../backend.ts';

/** `ValidationException`: the request itself is wrong, whatever the data is. */
export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** A `ValidationException` with the words that DynamoDB puts before most complaints about parameters. */
export function invalidParameters(reason: string): ServiceError {
  return validationError(`One or more parameter values were invalid: ${reason}`);
}

/** Item operations name no table in this error, table operations do. */
export function tableNotFound(name?: string): ServiceError {
  const suffix = name === undefined ? '' : `: Table: ${name} not found`;
  return new ServiceError('ResourceNotFoundException', `Requested resource not found${suffix}`);
}

export function resourceInUse(message: string): ServiceError {
  return new ServiceError('ResourceInUseException', message);
}

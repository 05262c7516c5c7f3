import { ServiceError } from '../../backend.ts';

/** CloudFormation's answer to nearly everything that is wrong with a request. */
export const validationError = (message: string): ServiceError =>
  new ServiceError('ValidationError', message);

export const stackDoesNotExist = (nameOrId: string): ServiceError =>
  validationError(`Stack with id ${nameOrId} does not exist`);

export const changeSetNotFound = (nameOrId: string): ServiceError =>
  new ServiceError('ChangeSetNotFoundException', `ChangeSet [${nameOrId}] does not exist`, 404);

/**
 * How a failed call of a service reads as the reason of a resource: the resource handler's words around the
 * service's own, as in real stacks.
 */
export function handlerReason(error: unknown, service: string, requestToken: string): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!(error instanceof ServiceError)) {
    return `Resource handler returned message: "${message}" (RequestToken: ${requestToken}, HandlerErrorCode: InternalFailure)`;
  }
  const said = `${message} (Service: ${service}, Status Code: ${error.statusCode}, Request ID: ${requestToken})`;
  return `Resource handler returned message: "${said}" (RequestToken: ${requestToken}, HandlerErrorCode: ${handlerErrorCode(error)})`;
}

function handlerErrorCode(error: ServiceError): string {
  if (/AlreadyExists|AlreadyOwned|ResourceInUse|ResourceConflict/.test(error.code)) return 'AlreadyExists';
  if (/NotFound|NoSuch/.test(error.code)) return 'NotFound';
  if (/AccessDenied|Unauthorized/.test(error.code)) return 'AccessDenied';
  if (/Throttl|TooManyRequests/.test(error.code)) return 'Throttling';
  if (/Validation|Invalid|Malformed|BadRequest/.test(error.code)) return 'InvalidRequest';
  return 'GeneralServiceException';
}

/** A resource's own refusal, which CloudFormation shows without the handler's words around it. */
export class ResourceFailure extends Error {
  override readonly name = 'ResourceFailure';
}

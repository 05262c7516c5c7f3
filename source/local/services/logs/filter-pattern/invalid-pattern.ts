import type { ServiceError } from '../../../backend.ts';
import { invalidParameter } from '../errors.ts';

export const invalidPattern = (pattern: string): ServiceError =>
  invalidParameter(`Invalid filter pattern: ${pattern}`);

/** @throws ServiceError InvalidParameterException where the text between two `%` is no expression. */
export function regularExpression(source: string, pattern: string): RegExp {
  try {
    return new RegExp(source);
  } catch {
    throw invalidPattern(pattern);
  }
}

import type { NormalizedSchema } from '@smithy/core/schema';
import type { ServiceError } from '../backend.ts';

/** The members of an error's shape; services spell the message's member `message` or `Message`. */
export function errorMembers(
  error: ServiceError,
  schema: NormalizedSchema | undefined,
): Record<string, unknown> {
  if (schema === undefined) return { message: error.message, ...error.members };
  const names = new Set(Object.keys(schema.getMemberSchemas()));
  const name = names.has('message') ? 'message' : names.has('Message') ? 'Message' : undefined;
  return name === undefined ? error.members : { [name]: error.message, ...error.members };
}

import { ServiceError } from '../../../backend.ts';
import { isObject } from '../template/template.ts';

/** Undefined where the service says that there is no such thing. */
export async function orMissing<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ServiceError && /NotFound|NoSuch|^404$/.test(error.code)) return undefined;
    throw error;
  }
}

/** For settings that change nothing locally: a service that does not know them is no reason to fail a stack. */
export async function orUnavailable<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (error instanceof ServiceError && error.statusCode === 501) return undefined;
    throw error;
  }
}

/** Templates may write numbers and booleans as text; services want the real ones. */
export const numberOf = (value: unknown): number | undefined =>
  value === undefined ? undefined : Number(value);

export const booleanOf = (value: unknown): boolean | undefined =>
  value === undefined ? undefined : String(value) === 'true';

export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

export const objectsOf = (value: unknown): Record<string, unknown>[] => listOf(value).filter(isObject);

/** Policy documents are objects in templates and text in calls. */
export const documentText = (value: unknown): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

/** Members that are undefined are left out, as they would be on the wire. */
export function defined(input: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

/** The list form of tags as the map form. */
export const tagMap = (tags: unknown): Record<string, string> =>
  Object.fromEntries(objectsOf(tags).map((tag) => [String(tag.Key), String(tag.Value ?? '')]));

/** Between two looks at something that is being made; the pace of the backend comes on top. */
export const turn = () => new Promise<void>((resolve) => setTimeout(resolve, 5));

/** A part of a config that is not checked yet. */
export type Raw = Record<string, unknown>;

export const isMapping = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

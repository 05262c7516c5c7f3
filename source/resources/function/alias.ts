import type { Names } from '../../model/stack-builder.ts';

/** The alias that traffic goes through where a function has versions. */
export const aliasName = 'stp-live';

export const aliasId = (names: Names, functionName: string): string =>
  names.logicalId(functionName, 'AWS::Lambda::Alias', { specifier: 'Stp' });

/**
 * Whether everything that invokes the function goes through its alias: a gradual deployment shifts it from version
 * to version, and provisioned concurrency belongs to it.
 */
export const hasAlias = (properties: object): boolean =>
  ('deployment' in properties && properties.deployment !== undefined) ||
  ('provisionedConcurrency' in properties && properties.provisionedConcurrency !== undefined);

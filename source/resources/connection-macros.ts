import type { Connection } from '../model/descriptor.ts';

/** Entries of `connectTo` that name a service of AWS instead of a resource (spec 5). */
const macros: Readonly<Record<string, Connection>> = {
  'aws:ses': { statements: [{ Effect: 'Allow', Action: ['ses:*'], Resource: '*' }], variables: {} },
};

export const connectionMacroNames: readonly string[] = Object.keys(macros);

export const connectionMacro = (name: string): Connection | undefined =>
  Object.hasOwn(macros, name) ? macros[name] : undefined;

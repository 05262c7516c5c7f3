import type { Names } from '../../../model/stack-builder.ts';

/** `MyLambdaEvent0Rule`: logical ids carry the place of the event in the function's list (spec 6). */
export const eventId = (names: Names, owner: string, index: number, type: string): string =>
  names.logicalId(owner, type, { specifier: `event${index}` });

/** Path of a property of an event in the config, for findings that only synthesis can make. */
export const eventPath = (owner: string, index: number, ...property: (string | number)[]) => [
  'resources',
  owner,
  'properties',
  'events',
  index,
  'properties',
  ...property,
];

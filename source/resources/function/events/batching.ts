import * as Type from 'typebox';

/** How many records a function gets at once. */
export const batchSize = (standard: number) =>
  Type.Optional(
    Type.Integer({
      title: 'Batch size',
      description: 'Records that the function gets at once, at most.',
      default: standard,
      minimum: 1,
      maximum: 10_000,
    }),
  );

/** How long records are gathered. */
export const maxBatchWindowSeconds = Type.Optional(
  Type.Integer({
    title: 'Batch window',
    description: 'Seconds that records are gathered before the function is invoked, at most.',
    minimum: 0,
    maximum: 300,
  }),
);

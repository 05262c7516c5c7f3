import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';

export const reservedConcurrencySchema = Type.Optional(
  Type.Integer({
    title: 'Reserved concurrency',
    description:
      'How many run at once, at most; the account keeps as many free for this function. 0 stops it.',
    minimum: 0,
  }),
);

export const provisionedConcurrencySchema = Type.Optional(
  Type.Integer({
    title: 'Provisioned concurrency',
    description: 'How many are kept ready, so that nobody waits for a cold start. Costs also when idle.',
    minimum: 1,
  }),
);

export const layersSchema = Type.Optional(
  Type.Array(Type.String({ minLength: 1 }), {
    title: 'Layers',
    description: 'ARNs of versions of layers.',
    examples: [['arn:aws:lambda:us-east-1:000000000000:layer:tools:1']],
    maxItems: 5,
    uniqueItems: true,
  }),
);

type Properties = { reservedConcurrency?: number; provisionedConcurrency?: number; layers?: string[] };

export function* checkConcurrency({
  reservedConcurrency: reserved,
  provisionedConcurrency: provisioned,
  layers,
}: Properties): Iterable<LocalFinding> {
  if (typeof reserved === 'number' && typeof provisioned === 'number' && provisioned > reserved) {
    yield {
      code: 'provisioned-over-reserved',
      path: ['provisionedConcurrency'],
      message: `${provisioned} cannot be kept ready where ${reserved} run at once, at most.`,
      expected: `at most "reservedConcurrency", which is ${reserved}`,
    };
  }
  for (const [index, layer] of (layers ?? []).entries()) {
    if (typeof layer !== 'string' || /^arn:[^:]+:lambda:[^:]+:[^:]+:layer:[^:]+:\d+$/.test(layer)) continue;
    yield {
      code: 'invalid-layer',
      path: ['layers', index],
      message: `"${layer}" is no version of a layer.`,
      expected: 'arn:aws:lambda:<region>:<account>:layer:<name>:<version>',
    };
  }
}

import { expect, test } from 'vitest';
import { refuseImageBuilds } from '../../source/deploy/image-builds.ts';
import { templateOf } from './deploy-harness.ts';

test('an image that has to be built is said to be what is missing', () => {
  const Parameters = {
    Bucket: { Type: 'String' },
    StockImageUri: { Type: 'String', Description: 'Image of stock, which has to be built' },
  } as const;
  expect(() => refuseImageBuilds(templateOf({}, { Parameters }))).toThrow(
    'Image of stock, which has to be built: this version does not build images yet.',
  );
  expect(() =>
    refuseImageBuilds(templateOf({}, { Parameters: { Bucket: { Type: 'String' } } })),
  ).not.toThrow();
});

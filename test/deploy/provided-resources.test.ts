import { expect, test } from 'vitest';
import { refuseUnfilled } from '../../source/deploy/provided-resources.ts';
import type { Template } from '../../source/model/template.ts';

const template: Template = {
  AWSTemplateFormatVersion: '2010-09-09',
  Parameters: {
    Bucket: { Type: 'String' },
    Size: { Type: 'Number', Default: '1' },
    Host: { Type: 'String', Description: 'host of cache, from upstash' },
  },
  Resources: {},
};

test('a parameter that nobody fills in is said before anything is made', () => {
  expect(() => refuseUnfilled(template, ['Bucket', 'Host'])).not.toThrow();
  expect(() => refuseUnfilled(template, ['Bucket'])).toThrow(
    'Template parameter Host has no value (host of cache, from upstash).',
  );
});

test('an image that has to be built is said to be what is missing', () => {
  const Parameters = {
    StockImageUri: { Type: 'String', Description: 'Image of stock, which has to be built' },
  } as const;
  expect(() => refuseUnfilled({ ...template, Parameters }, [])).toThrow(
    'Image of stock, which has to be built: this version does not build images yet.',
  );
});

import { describe, expect, test } from 'vitest';
import { read } from '../config/read.ts';
import { property, synthesize } from './synthesize.ts';

const bucket = (properties: string) => `resources:
  files:
    type: bucket
    properties: { ${properties} }
`;
const problems = (properties: string) =>
  read(bucket(properties)).problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-s3-bucket-rule.html */
test('what happens to objects with time', () => {
  const stack = synthesize(
    bucket(`versioning: true, lifecycleRules: [
      { type: expiration, properties: { daysAfterUpload: 90, prefix: tmp/, tags: [{ key: keep, value: 'no' }] } },
      { type: non-current-version-expiration, properties: { daysAfterVersioned: 7 } },
      { type: class-transition, properties: { daysAfterUpload: 0, storageClass: GLACIER } },
      { type: non-current-version-class-transition, properties: { daysAfterVersioned: 30, storageClass: STANDARD_IA } },
      { type: abort-incomplete-multipart-upload, properties: { daysAfterInitiation: 2 } }]`),
  );
  const rules = property(stack, 'FilesBucket', 'LifecycleConfiguration', 'Rules') as object[];
  expect(JSON.parse(JSON.stringify(rules))).toEqual([
    {
      Id: 'rule-0',
      Status: 'Enabled',
      Prefix: 'tmp/',
      TagFilters: [{ Key: 'keep', Value: 'no' }],
      ExpirationInDays: 90,
    },
    { Id: 'rule-1', Status: 'Enabled', NoncurrentVersionExpiration: { NoncurrentDays: 7 } },
    { Id: 'rule-2', Status: 'Enabled', Transitions: [{ StorageClass: 'GLACIER', TransitionInDays: 0 }] },
    {
      Id: 'rule-3',
      Status: 'Enabled',
      NoncurrentVersionTransitions: [{ StorageClass: 'STANDARD_IA', TransitionInDays: 30 }],
    },
    { Id: 'rule-4', Status: 'Enabled', AbortIncompleteMultipartUpload: { DaysAfterInitiation: 2 } },
  ]);
});

describe('rules of time that S3 refuses, or that do nothing', () => {
  test.each([
    [
      '{ type: class-transition, properties: { daysAfterUpload: 29, storageClass: STANDARD_IA } }',
      'error out-of-bounds Bucket files: S3 moves no objects to STANDARD_IA after fewer than 30 days, and "daysAfterUpload" is 29.',
    ],
    [
      '{ type: non-current-version-class-transition, properties: { daysAfterVersioned: 1, storageClass: ONEZONE_IA } }',
      'error out-of-bounds Bucket files: S3 moves no objects to ONEZONE_IA after fewer than 30 days, and "daysAfterVersioned" is 1.',
    ],
    [
      "{ type: abort-incomplete-multipart-upload, properties: { daysAfterInitiation: 1, tags: [{ key: a, value: '1' }] } }",
      'error conflicting-properties Bucket files: uploads that nobody finished have no tags, and S3 takes none for this rule.',
    ],
  ])('%s', (rule, message) => {
    expect(problems(`versioning: true, lifecycleRules: [${rule}]`)).toEqual([message]);
  });

  test('old versions of a bucket without versions', () => {
    const rule = '{ type: non-current-version-expiration, properties: { daysAfterVersioned: 1 } }';
    expect(problems(`lifecycleRules: [${rule}]`)).toEqual([
      'warning no-versions Bucket files: this rule has no effect: the bucket keeps no old versions.',
    ]);
  });
});

test('pages of other origins: all methods by default and with *, and none that S3 does not have', () => {
  const all = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];
  const methods = (rules: string) =>
    property(
      synthesize(bucket(`cors: { enabled: true${rules} }`)),
      'FilesBucket',
      'CorsConfiguration',
      'CorsRules',
      0,
      'AllowedMethods',
    );
  expect(methods('')).toEqual(all);
  expect(methods(", corsRules: [{ allowedMethods: ['*'] }]")).toEqual(all);
  expect(methods(', corsRules: [{ allowedMethods: [GET] }]')).toEqual(['GET']);
  expect(problems('cors: { enabled: true, corsRules: [{ allowedMethods: [PATCH] }] }')).toEqual([
    'error wrong-value Bucket files: entry 1 of "allowedMethods" cannot be the text "PATCH".',
  ]);
  expect(problems('cors: { enabled: false, corsRules: [{}] }')).toEqual([
    'warning cors-disabled Bucket files: "corsRules" have no effect without "enabled: true".',
  ]);
});

import { expect, test } from 'vitest';
import { read } from '../config/read.ts';
import { property, synthesize } from './synthesize.ts';

const table = (throughput: string, more = '') => `resources:
  posts:
    type: dynamo-db-table
    properties:
      primaryKey: { partitionKey: { name: id, type: string } }
      provisionedThroughput: { readUnits: 4, writeUnits: 4, ${throughput} }
${more}`;

const scaling = 'readScaling: { minUnits: 4, maxUnits: 10, keepUtilizationUnder: 80 }';

test('the units of a table follow what is used, of its indexes too', () => {
  const index = '      secondaryIndexes: [{ name: byAge, partitionKey: { name: age, type: number } }]\n';
  const stack = synthesize(table(scaling, index));
  expect(property(stack, 'PostsReadScalableTarget')).toEqual({
    ServiceNamespace: 'dynamodb',
    ScalableDimension: 'dynamodb:table:ReadCapacityUnits',
    ResourceId: { 'Fn::Join': ['/', ['table', { Ref: 'PostsTable' }]] },
    MinCapacity: 4,
    MaxCapacity: 10,
  });
  expect(property(stack, 'PostsByAgeReadScalableTarget')).toMatchObject({
    ScalableDimension: 'dynamodb:index:ReadCapacityUnits',
    ResourceId: { 'Fn::Join': ['/', ['table', { Ref: 'PostsTable' }, 'index', 'byAge']] },
  });
  expect(property(stack, 'PostsReadScalingPolicy', 'TargetTrackingScalingPolicyConfiguration')).toEqual({
    PredefinedMetricSpecification: { PredefinedMetricType: 'DynamoDBReadCapacityUtilization' },
    TargetValue: 80,
  });
  expect(Object.keys(stack.template.Resources).filter((id) => id.includes('Write'))).toEqual([]);
});

test.each([
  [
    'writeScaling: { minUnits: 9, maxUnits: 5, keepUtilizationUnder: 80 }',
    'DynamoDB table posts: at most 5 units cannot be at least 9.',
  ],
  [
    'writeScaling: { minUnits: 1, maxUnits: 5, keepUtilizationUnder: 95 }',
    'DynamoDB table posts: "keepUtilizationUnder" has to be at most 90, not 95.',
  ],
  [
    'writeScaling: { minUnits: 1, keepUtilizationUnder: 70 }',
    'DynamoDB table posts: property "maxUnits" is missing in "writeScaling".',
  ],
])('{ %s } is refused', (throughput, message) => {
  expect(read(table(throughput)).problems.map((problem) => problem.message)).toEqual([message]);
});

test('indexes hold 100 attributes together', () => {
  const index = (number: number, count: number) =>
    `{ name: index${number}, partitionKey: { name: k${number}, type: string }, projections: [${Array.from({ length: count }, (_, at) => `a${at}`).join(', ')}] }`;
  const problems = (last: number) =>
    read(`resources:
  posts:
    type: dynamo-db-table
    properties:
      primaryKey: { partitionKey: { name: id, type: string } }
      secondaryIndexes: [${[1, 2, 3, 4, 5].map((number) => index(number, 20)).join(', ')}, ${index(6, last)}]
`).problems.map(({ message }) => message);
  expect(problems(0)).toEqual([]);
  expect(problems(1)).toEqual([
    'DynamoDB table posts: the indexes hold 101 attributes together; DynamoDB allows 100.',
  ]);
});

import { expect, test } from 'vitest';
import { createClients } from '../../source/aws/clients.ts';
import { resolveValue } from '../../source/deploy/resolve-value.ts';
import { getAtt, join, ref, sub } from '../../source/model/intrinsic.ts';

const facts = {
  clients: createClients({ kind: 'aws', region: 'eu-west-1' }),
  stackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/blog-dev/1111',
  stackName: 'blog-dev',
  resources: new Map([
    ['Table', { physicalId: 'blog-dev-posts', resourceType: 'AWS::DynamoDB::Table' }],
    ['Odd', { physicalId: 'odd', resourceType: 'Custom::Thing' }],
  ]),
};

test.each([
  [ref('Table'), 'blog-dev-posts'],
  [ref('AWS::AccountId'), '123456789012'],
  [getAtt('Table', 'Arn'), 'arn:aws:dynamodb:eu-west-1:123456789012:table/blog-dev-posts'],
  [
    sub('${AWS::StackName}/${Table}/${Table.Arn}/${!Kept}'),
    'blog-dev/blog-dev-posts/arn:aws:dynamodb:eu-west-1:123456789012:table/blog-dev-posts/${Kept}',
  ],
  [join('-', ['a', ref('Table')]), 'a-blog-dev-posts'],
  [{ 'Fn::Select': [1, { 'Fn::Split': ['-', ref('Table')] }] } as const, 'dev'],
  [{ a: [ref('Table')] }, { a: ['blog-dev-posts'] }],
  ['text', 'text'],
])('%j', async (value, expected) => {
  expect(await resolveValue(value, facts)).toEqual(expected);
});

test('what is not known is undefined, with all that is made of it', async () => {
  expect(await resolveValue(getAtt('Odd', 'Secret'), facts)).toBeUndefined();
  expect(await resolveValue(sub('x-${Missing}'), facts)).toBeUndefined();
  expect(await resolveValue(join('', ['x', ref('Missing')]), facts)).toBeUndefined();
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
    [
      'Queue',
      {
        physicalId: 'https://sqs.eu-west-1.amazonaws.com/123456789012/jobs',
        resourceType: 'AWS::SQS::Queue',
      },
    ],
    ['Topic', { physicalId: 'arn:aws:sns:eu-west-1:123456789012:news', resourceType: 'AWS::SNS::Topic' }],
    ['Pool', { physicalId: 'eu-west-1_a', resourceType: 'AWS::Cognito::UserPool' }],
    ['Bus', { physicalId: 'bus', resourceType: 'AWS::Events::EventBus' }],
    ['Odd', { physicalId: 'odd', resourceType: 'Custom::Thing' }],
  ]),
  parameters: { CacheHost: 'cache.example.com', CachePassword: '****' },
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
  [getAtt('Queue', 'Arn'), 'arn:aws:sqs:eu-west-1:123456789012:jobs'],
  [getAtt('Queue', 'QueueName'), 'jobs'],
  [getAtt('Topic', 'TopicName'), 'news'],
  [getAtt('Pool', 'Arn'), 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_a'],
  [getAtt('Pool', 'ProviderURL'), 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a'],
  [getAtt('Bus', 'Arn'), 'arn:aws:events:eu-west-1:123456789012:event-bus/bus'],
  [ref('CacheHost'), 'cache.example.com'],
])('%j', async (value, expected) => {
  expect(await resolveValue(value, facts)).toEqual(expected);
});

test('what is not known is undefined, with all that is made of it', async () => {
  expect(await resolveValue(getAtt('Odd', 'Secret'), facts)).toBeUndefined();
  expect(await resolveValue(sub('x-${Missing}'), facts)).toBeUndefined();
  expect(await resolveValue(ref('CachePassword'), facts)).toBeUndefined();
  expect(await resolveValue(join('', ['x', ref('Missing')]), facts)).toBeUndefined();
});

test('CloudFront is asked for the domain of a distribution', async () => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/xml');
    response.end(
      request.url === '/2020-05-31/distribution/E1'
        ? '<Distribution><Id>E1</Id><DomainName>d1.cloudfront.net</DomainName></Distribution>'
        : '',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients = createClients({
    kind: 'aws',
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  try {
    const resources = new Map([
      ['Site', { physicalId: 'E1', resourceType: 'AWS::CloudFront::Distribution' }],
    ]);
    expect(await resolveValue(sub('https://${Site.DomainName}'), { ...facts, clients, resources })).toBe(
      'https://d1.cloudfront.net',
    );
  } finally {
    clients.destroy();
    server.close();
  }
});

import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formatAccessLog } from '../../../source/local/services/apigateway/access-log.ts';
import { startGateway, type TestGateway } from './start-api.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startGateway();
});

afterAll(async () => {
  await gateway.aws.stop();
});

test('what is not known is a dash', () => {
  const context = { status: 200, 'identity.sourceIp': '127.0.0.1' };
  expect(
    formatAccessLog('$context.identity.sourceIp - "$context.status" $context.authorizer.error.', context),
  ).toBe('127.0.0.1 - "200" -.');
});

test("each request is a line in the stage's format", async () => {
  const logs = gateway.aws.client(CloudWatchLogsClient);
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/aws/vendedlogs/api' }));
  await gateway.deployFunction('logged', 'exports.handler = async () => ({ statusCode: 201, body: "made" })');
  const names = ['requestId', 'httpMethod', 'routeKey', 'status', 'responseLength', 'stage', 'path'];
  const format = JSON.stringify({
    ...Object.fromEntries(names.map((name) => [name, `$context.${name}`])),
    ip: '$context.identity.sourceIp',
  });
  const { endpoint } = await gateway.createApi('logged', ['POST /posts'], {
    stage: {
      AccessLogSettings: {
        DestinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/api',
        Format: format,
      },
    },
  });
  const made = await fetch(`${endpoint}/posts`, { method: 'POST' });
  await fetch(`${endpoint}/nowhere`);
  const lines = await vi.waitFor(
    async () => {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: '/aws/vendedlogs/api' }),
      );
      expect(events).toHaveLength(2);
      return events.map((event) => JSON.parse(event.message ?? ''));
    },
    { timeout: 10_000 },
  );
  expect(lines).toEqual([
    {
      requestId: made.headers.get('apigw-requestid'),
      httpMethod: 'POST',
      routeKey: 'POST /posts',
      status: '201',
      responseLength: '4',
      stage: '$default',
      path: '/posts',
      ip: '127.0.0.1',
    },
    expect.objectContaining({ routeKey: '-', status: '404', path: '/nowhere' }),
  ]);
});

import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Backend, ServiceId } from '../../../source/local/backend.ts';
import { createCloudFormation } from '../../../source/local/services/cloudformation/cloudformation.ts';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { stackClient, table } from './stack-client.ts';

let aws: TestAws;
beforeEach(async () => {
  aws = await startTestAws({ services: ['dynamodb', 'cloudformation'] });
});
afterEach(() => aws.stop());

const context = () => ({
  caller: { accountId: '000000000000', arn: 'arn:aws:iam::000000000000:root', accessKeyId: 'test' },
  region: 'us-east-1',
  requestId: 'test',
  signal: new AbortController().signal,
});

/** The backend of the server, in which one operation takes effect and never answers, as when a process dies. */
function dyingIn(operation: string): { backend: Backend; reached: Promise<void> } {
  const { backend } = aws.server;
  const reached = Promise.withResolvers<void>();
  const dying: Backend = Object.create(backend, {
    call: {
      value: async (service: ServiceId, name: string, input: unknown) => {
        const answer = await backend.call(service, name, input);
        if (name !== operation) return answer;
        reached.resolve();
        return new Promise(() => {});
      },
    },
  });
  return { backend: dying, reached: reached.promise };
}

it('finds a table that was made but not yet recorded, and deletes it', async () => {
  const { backend, reached } = dyingIn('CreateTable');
  const before = createCloudFormation(backend);
  const TemplateBody = JSON.stringify({ Resources: { Posts: table('id') } });
  await before.operations.CreateStack?.({ StackName: 'blog', TemplateBody }, context());
  await reached;
  const dynamodb = aws.client(DynamoDBClient);
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toHaveLength(1);

  await createCloudFormation(aws.server.backend).start?.();
  const stack = await stackClient(aws.client(CloudFormationClient)).settled('blog');
  expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
  expect((await dynamodb.send(new ListTablesCommand({}))).TableNames).toEqual([]);
});

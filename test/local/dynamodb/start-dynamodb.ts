import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

export type TestDynamoDb = { aws: TestAws; client: DynamoDBClient; document: DynamoDBDocumentClient };

/** An embedded AWS with nothing but DynamoDB, and both of the SDK's clients for it. */
export async function startDynamoDb(now?: () => number): Promise<TestDynamoDb> {
  const aws = await startTestAws({ services: ['dynamodb'], ...(now && { now }) });
  const client = aws.client(DynamoDBClient);
  return { aws, client, document: DynamoDBDocumentClient.from(client) };
}

/** Creates a table with keys `pk` and `sk`, unless told otherwise, and waits until it is there. */
export async function createTable(
  client: DynamoDBClient,
  name: string,
  input: Partial<CreateTableCommandInput> = {},
): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      ...input,
    }),
  );
  await waitUntilTableExists({ client, maxWaitTime: 20, minDelay: 0.02, maxDelay: 0.1 }, { TableName: name });
}

/** What the SDK threw, for looking at its name, message and members. */
export async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof Error) return error as Error & Record<string, unknown>;
    throw error;
  }
  throw new Error('the request was to fail');
}

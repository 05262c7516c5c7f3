import {
  CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import {
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
} from '@aws-sdk/client-lambda';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { makeZip } from './make-zip.ts';

export type Invoked = {
  /** Parsed. */
  payload: unknown;
  functionError: string | undefined;
  status: number | undefined;
  requestId: string;
  log: string;
};

export type TestLambda = {
  aws: TestAws;
  client: LambdaClient;
  /** Deploys a function whose code is a file or several; names its `index.js` when given as text. */
  deploy(
    name: string,
    code: string | Record<string, string>,
    settings?: Partial<CreateFunctionCommandInput>,
  ): Promise<void>;
  invoke(name: string, event?: unknown, input?: Partial<InvokeCommandInput>): Promise<Invoked>;
  /** Every event of the function's log group, oldest first. */
  messages(name: string): Promise<string[]>;
  streams(name: string): Promise<string[]>;
};

const roleName = 'function-role';

export async function startLambda(): Promise<TestLambda> {
  const aws = await startTestAws({ services: ['iam', 'sts', 'logs', 's3', 'lambda'] });
  const client = aws.client(LambdaClient);
  const logs = aws.client(CloudWatchLogsClient);
  const trust = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ],
  };
  await aws
    .client(IAMClient)
    .send(new CreateRoleCommand({ RoleName: roleName, AssumeRolePolicyDocument: JSON.stringify(trust) }));
  return {
    aws,
    client,
    async deploy(name, code, settings = {}) {
      const files = typeof code === 'string' ? { 'index.js': code } : code;
      await client.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: `arn:aws:iam::000000000000:role/${roleName}`,
          Code: { ZipFile: await makeZip(files) },
          ...settings,
        }),
      );
    },
    async invoke(name, event = {}, input = {}) {
      const output = await client.send(
        new InvokeCommand({
          FunctionName: name,
          Payload: Buffer.from(JSON.stringify(event)),
          LogType: 'Tail',
          ...input,
        }),
      );
      const text = output.Payload?.transformToString() ?? '';
      return {
        payload: text === '' ? undefined : JSON.parse(text),
        functionError: output.FunctionError,
        status: output.StatusCode,
        requestId: output.$metadata.requestId ?? '',
        log: Buffer.from(output.LogResult ?? '', 'base64').toString(),
      };
    },
    async messages(name) {
      const { events = [] } = await logs.send(
        new FilterLogEventsCommand({ logGroupName: `/aws/lambda/${name}` }),
      );
      return events.map((event) => event.message ?? '');
    },
    async streams(name) {
      const { logStreams = [] } = await logs.send(
        new DescribeLogStreamsCommand({ logGroupName: `/aws/lambda/${name}` }),
      );
      return logStreams.map((stream) => stream.logStreamName ?? '');
    },
  };
}

import { ApiGatewayV2Client, GetApisCommand } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient, DeleteStackCommand } from '@aws-sdk/client-cloudformation';
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { GetFunctionConfigurationCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';
import { stackClient, type TemplateParts } from './stack-client.ts';

let aws: TestAws;
let stacks: ReturnType<typeof stackClient>;
beforeEach(async () => {
  aws = await startTestAws();
  stacks = stackClient(aws.client(CloudFormationClient));
});
afterEach(() => aws.stop());

const Capabilities = ['CAPABILITY_NAMED_IAM' as const];

/** A function behind an HTTP API, wired up as synthesis does it. */
const template = (text: string, more: Record<string, unknown> = {}): TemplateParts => ({
  Resources: {
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        RoleName: 'hello-role',
        AssumeRolePolicyDocument: {
          Version: '2012-10-17',
          Statement: [
            { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
          ],
        },
      },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        FunctionName: 'hello',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
        Code: {
          ZipFile: `exports.handler = async () => ({ statusCode: 200, body: '${text} ' + process.env.WHO });`,
        },
        Environment: { Variables: { WHO: 7 } },
        Timeout: '5',
        ...more,
      },
    },
    LogGroup: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: '/aws/lambda/hello', RetentionInDays: 30 },
    },
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'hello', ProtocolType: 'HTTP' } },
    Stage: {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: { ApiId: { Ref: 'Api' }, StageName: '$default', AutoDeploy: true },
    },
    Integration: {
      Type: 'AWS::ApiGatewayV2::Integration',
      Properties: {
        ApiId: { Ref: 'Api' },
        IntegrationType: 'AWS_PROXY',
        IntegrationUri: { 'Fn::GetAtt': ['Function', 'Arn'] },
        PayloadFormatVersion: '2.0',
      },
    },
    Route: {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: { Ref: 'Api' },
        RouteKey: 'GET /hello',
        Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: { 'Fn::GetAtt': ['Function', 'Arn'] },
        Principal: 'apigateway.amazonaws.com',
        SourceArn: {
          'Fn::Sub': 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Api}/*',
        },
      },
    },
    InvokeConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumRetryAttempts: 1 },
    },
  },
  Outputs: { Url: { Value: { 'Fn::Sub': '${Api.ApiEndpoint}/hello' } } },
});

const answer = async (url: string | undefined) => (await fetch(url ?? '')).text();

it('a function behind an HTTP API answers, is updated in place, and goes with its stack', async () => {
  const stack = await stacks.create('hello', template('Hello'), { Capabilities });
  expect(await stacks.story('hello')).not.toContainEqual(expect.stringContaining('FAILED'));
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  const url = stack.Outputs?.[0]?.OutputValue;
  expect(await answer(url)).toBe('Hello 7');

  const logs = aws.client(CloudWatchLogsClient);
  expect((await logs.send(new DescribeLogGroupsCommand({}))).logGroups).toMatchObject([
    { logGroupName: '/aws/lambda/hello', retentionInDays: 30 },
  ]);

  const before = (await stacks.events('hello')).length;
  const updated = await stacks.update('hello', template('Bye', { MemorySize: 256 }), { Capabilities });
  expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
  expect(updated.Outputs?.[0]?.OutputValue).toBe(url);
  expect(await answer(url)).toBe('Bye 7');
  expect((await stacks.story('hello')).slice(before)).toEqual([
    'hello: UPDATE_IN_PROGRESS (User Initiated)',
    'Function: UPDATE_IN_PROGRESS',
    'Function: UPDATE_COMPLETE',
    'hello: UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
    'hello: UPDATE_COMPLETE',
  ]);

  await stacks.client.send(new DeleteStackCommand({ StackName: 'hello' }));
  expect((await stacks.settled(stack.StackId ?? '')).StackStatus).toBe('DELETE_COMPLETE');
  const groups = await logs.send(new DescribeLogGroupsCommand({}));
  expect(groups.logGroups).toEqual([]);
  expect((await aws.client(LambdaClient).send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  expect((await aws.client(ApiGatewayV2Client).send(new GetApisCommand({}))).Items).toEqual([]);
  expect((await aws.client(IAMClient).send(new ListRolesCommand({}))).Roles).toEqual([]);
});

it('an update that fails puts the code and the configuration of a function back', async () => {
  const { Outputs } = await stacks.create('hello', template('Hello', { MemorySize: 512 }), { Capabilities });
  const changed = template('Broken');
  changed.Resources.Bad = {
    Type: 'AWS::Lambda::Permission',
    DependsOn: 'Function',
    Properties: { Action: 'lambda:InvokeFunction', FunctionName: 'nobody', Principal: 's3.amazonaws.com' },
  };
  const stack = await stacks.update('hello', changed, { Capabilities });
  expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect(await answer(Outputs?.[0]?.OutputValue)).toBe('Hello 7');
  const configuration = await aws
    .client(LambdaClient)
    .send(new GetFunctionConfigurationCommand({ FunctionName: 'hello' }));
  expect(configuration).toMatchObject({ MemorySize: 512, Timeout: 5 });
});

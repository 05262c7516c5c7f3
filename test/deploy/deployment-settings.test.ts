import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deleteStack } from '../../source/deploy/delete-stack.ts';
import { type DeployInput, deployStack } from '../../source/deploy/deploy-stack.ts';
import type { ProjectSections } from '../../source/model/project-sections.ts';
import { startTestAws, type TestAws } from '../local/start-test-aws.ts';
import {
  configOf,
  inputOf,
  noticesOf,
  runToEnd,
  stackInputOf,
  table,
  targetOf,
  templateOf,
} from './deploy-harness.ts';
import { startProxy } from './start-proxy.ts';

let aws: TestAws;
let proxy: Awaited<ReturnType<typeof startProxy>>;
/** Whether the protection of stacks may not be changed. */
let forbidden = false;
/** What CloudFormation was asked, by operation. */
let asked: Map<string, URLSearchParams>;
beforeAll(async () => {
  aws = await startTestAws();
  asked = new Map();
  proxy = await startProxy(targetOf(aws), (response, body) => {
    const request = new URLSearchParams(body);
    asked.set(request.get('Action') ?? '', request);
    if (request.get('Action') === 'UpdateTerminationProtection' && forbidden) {
      response.writeHead(403, { 'content-type': 'text/xml' });
      response.end(
        '<ErrorResponse><Error><Code>AccessDenied</Code><Message>You may not.</Message></Error></ErrorResponse>',
      );
      return true;
    }
    if (request.get('Action') !== 'GetCallerIdentity') return false;
    // The proxy signs for CloudFormation alone.
    response.writeHead(200, { 'content-type': 'text/xml' });
    response.end(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::210987654321:user/a</Arn></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
    return true;
  });
});
afterAll(async () => {
  proxy.close();
  await aws.stop();
});

type Settings = NonNullable<ProjectSections['deploymentConfig']>;

/** Deploys a table, with another property each time. */
async function deploy(
  name: string,
  deploymentConfig: Settings,
  tableClass: string,
  more: Partial<DeployInput> = {},
) {
  const template = templateOf({ Posts: table('posts', { TableClass: tableClass }) });
  const config: DeployInput['config'] = {
    ...configOf(name, template),
    resources: [
      {
        name: 'posts',
        type: 'function',
        properties: {
          alarms: [{ trigger: { type: 'lambda-error-rate', properties: { thresholdPercent: 5 } } }],
        },
      },
    ],
    sections: { deploymentConfig },
  };
  asked.clear();
  const run = await runToEnd((control) =>
    deployStack(
      inputOf(aws, name, template, {
        config,
        target: { ...targetOf(aws), endpoint: proxy.endpoint },
        ...more,
      }),
      control,
    ),
  );
  expect(run.state.result?.status).toBe(more.detach ? 'detached' : 'succeeded');
  return { notices: noticesOf(run.events), changeSet: asked.get('CreateChangeSet') };
}

const listOf = (request: URLSearchParams | undefined, prefix: string): string[] =>
  [...(request ?? [])].filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);

test('role, topics, alarms and rollback go to CloudFormation', async () => {
  const topic = 'arn:aws:sns:us-east-1:123456789012:deploys';
  const settings: Settings = {
    cloudformationRoleArn: 'arn:aws:iam::123456789012:role/deployer',
    publishEventsToArn: [topic, { 'Fn::GetAtt': ['Posts', 'Arn'] }],
    triggerRollbackOnAlarms: [
      'arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors',
      'slow',
      'posts.alarms.0',
    ],
    monitoringTimeAfterDeploymentInMinutes: 7,
    disableAutoRollback: true,
  };
  const first = await deploy('settings', settings, 'STANDARD');
  expect(first.changeSet?.get('RoleARN')).toBe('arn:aws:iam::123456789012:role/deployer');
  expect(first.changeSet?.get('RollbackConfiguration.MonitoringTimeInMinutes')).toBe('7');
  expect(listOf(first.changeSet, 'NotificationARNs.')).toEqual([topic]);
  expect(listOf(first.changeSet, 'RollbackConfiguration.RollbackTriggers.member.')).toEqual([
    'arn:aws:cloudwatch:us-east-1:123456789012:alarm:errors',
    'AWS::CloudWatch::Alarm',
    'arn:aws:cloudwatch:us-east-1:210987654321:alarm:slow',
    'AWS::CloudWatch::Alarm',
  ]);
  expect(asked.get('ExecuteChangeSet')?.get('DisableRollback')).toBe('true');
  expect(first.notices.filter((notice) => notice.includes('not known before'))).toEqual([
    '{"Fn::GetAtt":["Posts","Arn"]} of "publishEventsToArn" is not known before it is deployed; the deploys after this one heed it.',
    'posts.alarms.0 of "triggerRollbackOnAlarms" is not known before it is deployed; the deploys after this one heed it.',
  ]);

  const account = '000000000000';
  const second = await deploy('settings', settings, 'STANDARD_INFREQUENT_ACCESS');
  expect(second.notices.filter((notice) => notice.includes('not known before'))).toEqual([]);
  expect(listOf(second.changeSet, 'NotificationARNs.')).toEqual([
    topic,
    expect.stringContaining(`:${account}:table/settings-test-Posts-`),
  ]);
  expect(listOf(second.changeSet, 'RollbackConfiguration.RollbackTriggers.member.3.Arn')).toEqual([
    expect.stringContaining(`:${account}:alarm:settings-test-`),
  ]);

  // What the config no longer names is taken back.
  const third = await deploy('settings', {}, 'STANDARD');
  expect(third.changeSet?.has('NotificationARNs')).toBe(true);
  expect(listOf(third.changeSet, 'NotificationARNs.')).toEqual([]);
  expect(third.changeSet?.has('RollbackConfiguration.MonitoringTimeInMinutes')).toBe(false);
  expect(asked.get('ExecuteChangeSet')?.has('DisableRollback')).toBe(false);
  const fourth = await deploy('settings', {}, 'STANDARD_INFREQUENT_ACCESS');
  expect(fourth.changeSet?.has('NotificationARNs')).toBe(false);
});

test('a protected stack is not deleted, and nothing of it is emptied', async () => {
  const client = aws.client(CloudFormation);
  const isProtected = async () =>
    (await client.describeStacks({ StackName: 'kept-test' })).Stacks?.[0]?.EnableTerminationProtection;
  await deploy('kept', { terminationProtection: true }, 'STANDARD');
  expect(await isProtected()).toBe(true);

  const remove = () => runToEnd((control) => deleteStack(stackInputOf(aws, 'kept'), control));
  const { events, questions } = await remove();
  expect(questions).toEqual([]);
  expect(events.at(-1)).toMatchObject({
    type: 'error',
    code: 'stack-protected',
    message: 'kept-test is protected against being deleted.',
    hint: 'Set `terminationProtection: false` in `deploymentConfig` and deploy, then delete.',
  });

  // What the config says nothing about stays as it is.
  await deploy('kept', {}, 'STANDARD_INFREQUENT_ACCESS');
  expect(await isProtected()).toBe(true);
  await deploy('kept', { terminationProtection: false }, 'STANDARD');
  expect(await isProtected()).toBe(false);
  expect((await remove()).state.result?.status).toBe('succeeded');
});

test('with --detach a stack that is there is protected, and a new one by the next deploy', async () => {
  const client = aws.client(CloudFormation);
  const detached = { detach: true } as const;
  const { notices } = await deploy('apart', { terminationProtection: true }, 'STANDARD', detached);
  expect(notices).toContain('The stack is not protected yet; the next deploy protects it.');
  await waitUntilStackCreateComplete(
    { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.2 },
    { StackName: 'apart-test' },
  );
  await deploy('apart', { terminationProtection: true }, 'STANDARD_INFREQUENT_ACCESS', detached);
  const { Stacks } = await client.describeStacks({ StackName: 'apart-test' });
  expect(Stacks?.[0]?.EnableTerminationProtection).toBe(true);
});

test('who may deploy and not protect is told so', async () => {
  forbidden = true;
  const { notices } = await deploy('denied', { terminationProtection: true }, 'STANDARD');
  forbidden = false;
  expect(notices).toContain('"terminationProtection" could not be set: You may not.');
});

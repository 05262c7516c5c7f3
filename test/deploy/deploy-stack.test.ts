import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deleteStack } from '../../source/deploy/delete-stack.ts';
import { deployStack } from '../../source/deploy/deploy-stack.ts';
import { exitCodeOfState } from '../../source/deploy/exit-code.ts';
import { listDeployments, readDeployment } from '../../source/deploy/history.ts';
import { progressOf } from '../../source/deploy/progress-of.ts';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';
import { startTestAws, type TestAws } from '../local/start-test-aws.ts';
import {
  inputOf,
  noticesOf,
  runToEnd,
  stackEventsOf,
  stackInputOf,
  table,
  templateOf,
} from './deploy-harness.ts';

let aws: TestAws;
let cloudFormation: CloudFormation;
let dynamoDb: DynamoDB;
beforeAll(async () => {
  aws = await startTestAws();
  cloudFormation = aws.client(CloudFormation);
  dynamoDb = aws.client(DynamoDB);
});
afterAll(() => aws.stop());

const deploy = (input: Parameters<typeof deployStack>[0], steering?: Parameters<typeof runToEnd>[1]) =>
  runToEnd((control) => deployStack(input, control), steering);

const statusOf = async (stackName: string) =>
  (await cloudFormation.describeStacks({ StackName: stackName })).Stacks?.[0]?.StackStatus;

const blocker = async (name: string) =>
  dynamoDb.createTable({
    TableName: name,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  });

describe('a deploy', () => {
  test('creates a stack through all phases, without a question, and gives its outputs', async () => {
    const template = templateOf(
      { PostsTable: table('posts') },
      { Outputs: { TableName: { Value: { Ref: 'PostsTable' } } } },
    );
    const { events, state, questions, historyDirectory } = await deploy(inputOf(aws, 'create', template));

    expect(questions).toEqual([]);
    expect(state.result?.status).toBe('succeeded');
    expect(exitCodeOfState(state)).toBe(0);
    expect(Object.values(state.phases).map((phase) => phase.status)).toEqual(Array(6).fill('done'));
    expect(progressOf(state)).toEqual({ total: 1, done: 1, running: 0, failed: 0, percent: 100 });
    expect(state.outputs.TableName).toMatch(/^create-test-PostsTable-/);
    expect(state.plan?.changes).toMatchObject([
      { action: 'add', resource: 'posts', logicalId: 'PostsTable', losesData: false },
    ]);
    expect(stackEventsOf(events)).toEqual([
      'create-test CREATE_IN_PROGRESS',
      'PostsTable CREATE_IN_PROGRESS',
      'PostsTable CREATE_IN_PROGRESS',
      'PostsTable CREATE_COMPLETE',
      'create-test CREATE_COMPLETE',
    ]);
    expect(
      events.find((event) => event.type === 'stack-event' && event.logicalId === 'PostsTable'),
    ).toMatchObject({
      resource: 'posts',
    });

    const [recorded] = listDeployments(historyDirectory);
    expect(recorded).toMatchObject({ stack: 'create-test', status: 'succeeded', changes: 1 });
    const replayed = readDeployment(historyDirectory, recorded?.id ?? '').reduce(
      reduceDeploy,
      initialDeployState,
    );
    expect(replayed).toEqual(state);
  });

  test('of the same again changes nothing, asks nothing and keeps the outputs', async () => {
    const template = templateOf(
      { PostsTable: table('posts') },
      { Outputs: { TableName: { Value: { Ref: 'PostsTable' } } } },
    );
    await deploy(inputOf(aws, 'again', template));
    const { state, events, questions } = await deploy(inputOf(aws, 'again', template));
    expect(state.result?.status).toBe('unchanged');
    expect(exitCodeOfState(state)).toBe(0);
    expect(questions).toEqual([]);
    expect(stackEventsOf(events)).toEqual([]);
    expect(state.phases.execute.status).toBe('skipped');
    expect(state.outputs.TableName).toMatch(/^again-test-PostsTable-/);
    const { Summaries } = await cloudFormation.listChangeSets({ StackName: 'again-test' });
    expect(Summaries?.filter((one) => one.Status === 'FAILED')).toEqual([]);
  });

  test('of an output alone is executed, though no resource changes', async () => {
    await deploy(inputOf(aws, 'outputs', templateOf({ PostsTable: table('posts') })));
    const template = templateOf({ PostsTable: table('posts') }, { Outputs: { Word: { Value: 'hello' } } });
    const { state } = await deploy(inputOf(aws, 'outputs', template));
    expect(state.result?.status).toBe('succeeded');
    expect(state.outputs).toEqual({ Word: 'hello' });
  });

  test('updates with only its own events, and asks before a table is removed', async () => {
    await deploy(inputOf(aws, 'update', templateOf({ A: table('a'), B: table('b') })));
    const next = templateOf({ A: table('a'), C: table('c') });
    const declined = await deploy(inputOf(aws, 'update', next), { answer: false });
    expect(declined.questions).toEqual([
      {
        kind: 'apply',
        message: 'Apply these changes to update-test?',
        reasons: ['removes b (AWS::DynamoDB::Table), its data is lost'],
        losesData: true,
      },
    ]);
    expect(declined.state.result).toMatchObject({ status: 'cancelled' });
    expect(exitCodeOfState(declined.state)).toBe(4);
    expect(stackEventsOf(declined.events)).toEqual([]);

    const { state, events } = await deploy(inputOf(aws, 'update', next));
    expect(state.result?.status).toBe('succeeded');
    expect(progressOf(state)).toMatchObject({ total: 2, done: 2, percent: 100 });
    expect(stackEventsOf(events)[0]).toBe('update-test UPDATE_IN_PROGRESS');
    expect(stackEventsOf(events)).not.toContain('update-test CREATE_IN_PROGRESS');
    const root = state.stacks.values().next().value;
    expect(root?.resources.get('B')?.progress).toBe('deleted');
    expect(root?.status).toBe('UPDATE_COMPLETE');
  });

  test('that replaces a table counts it once and names what is replaced', async () => {
    await deploy(inputOf(aws, 'replace', templateOf({ A: table('a', { TableName: 'replace-one' }) })));
    const { state, questions } = await deploy(
      inputOf(aws, 'replace', templateOf({ A: table('a', { TableName: 'replace-two' }) })),
    );
    expect(questions[0]?.losesData).toBe(true);
    expect(questions[0]?.reasons).toEqual([
      'replaces a (AWS::DynamoDB::Table), its data is lost: TableName changes',
    ]);
    expect(state.result?.status).toBe('succeeded');
    expect(progressOf(state)).toMatchObject({ total: 1, done: 1 });
    expect(state.stacks.values().next().value?.resources.get('A')).toMatchObject({
      physicalId: 'replace-two',
      cleanup: { physicalId: 'replace-one', done: true },
    });
  });
});

describe('what goes through the artifact bucket', () => {
  const uploadsOf = (state: { uploads: ReadonlyMap<string, { status: string }> }) =>
    [...state.uploads].map(([name, upload]) => `${name} ${upload.status}`);

  test('is a template too large for a request', async () => {
    const filler = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`Word${index}`, { Value: 'x'.repeat(900) }]),
    );
    const template = templateOf({ A: table('a') }, { Outputs: filler });
    const first = await deploy(inputOf(aws, 'large', template));
    expect(first.state.result?.status).toBe('succeeded');
    expect(uploadsOf(first.state)).toEqual(['template sent']);
    expect(first.state.outputs.Word59).toHaveLength(900);
    const again = await deploy(inputOf(aws, 'large', template));
    expect(again.state.result?.status).toBe('unchanged');
    expect(uploadsOf(again.state)).toEqual(['template present']);
  });

  test('is an object per content, though two functions share it, and its key is a parameter', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'stp-artifact-')), 'a.zip');
    writeFileSync(path, 'not really a zip');
    const artifact = (name: string) => ({
      function: name,
      runtime: 'nodejs24.x',
      path,
      bytes: 16,
      zippedBytes: 16,
      digest: createHash('sha256').update('not really a zip').digest('hex'),
      outcome: 'built' as const,
      milliseconds: 1,
    });
    const template = templateOf(
      { A: table('a') },
      {
        Parameters: { ArtifactBucket: { Type: 'String' }, OneKey: { Type: 'String' } },
        Outputs: { Key: { Value: { Ref: 'OneKey' } }, Bucket: { Value: { Ref: 'ArtifactBucket' } } },
      },
    );
    const { state } = await deploy(
      inputOf(aws, 'shared', template, {
        artifacts: [{ functionName: 'one', keyParameter: 'OneKey' }],
        package: async () => [artifact('one'), artifact('two')],
      }),
    );
    expect(uploadsOf(state)).toEqual(['one sent', 'two sent']);
    expect(state.outputs.Key).toBe(`${artifact('one').digest}.zip`);
    const listed = await aws.client(S3).listObjectsV2({ Bucket: state.outputs.Bucket });
    expect(listed.Contents?.filter((one) => one.Key === state.outputs.Key)).toHaveLength(1);
  });

  test('that an artifact cannot be read is an error that names it, and nothing is deployed', async () => {
    const { state, events } = await deploy(
      inputOf(aws, 'unreadable', templateOf({ A: table('a') }), {
        package: async () => [
          {
            function: 'one',
            runtime: 'nodejs24.x',
            path: '/nowhere/a.zip',
            bytes: 1,
            zippedBytes: 1,
            digest: 'ab',
            outcome: 'built',
            milliseconds: 1,
          },
        ],
      }),
    );
    expect(state.error).toMatchObject({ code: 'cannot-read-artifact', exitCode: 1 });
    expect(state.error?.message).toContain('/nowhere/a.zip');
    expect(events.some((event) => event.type === 'plan')).toBe(false);
  });
});

describe('a stack with a bucket', () => {
  const withBucket = templateOf({
    Files: { Type: 'AWS::S3::Bucket', Metadata: { 'stp:resource': 'files' }, Properties: {} },
    Kept: {
      Type: 'AWS::S3::Bucket',
      Metadata: { 'stp:resource': 'kept' },
      DeletionPolicy: 'Retain',
      Properties: {},
    },
  });

  test('is deleted with the objects in it; what a policy keeps stays', async () => {
    const { state } = await deploy(inputOf(aws, 'buckets', withBucket));
    const resources = state.stacks.values().next().value?.resources;
    const files = resources?.get('Files')?.physicalId;
    const kept = resources?.get('Kept')?.physicalId;
    const s3 = aws.client(S3);
    for (const Bucket of [files, kept]) await s3.putObject({ Bucket, Key: 'a', Body: 'b' });

    const gone = await runToEnd((control) => deleteStack(stackInputOf(aws, 'buckets'), control));
    expect(gone.questions[0]?.reasons).toEqual(['deletes files (AWS::S3::Bucket) and its data']);
    expect(noticesOf(gone.events)).toEqual([`Emptying the bucket ${files}.`]);
    expect(gone.state.result?.status).toBe('succeeded');
    expect((await s3.listObjectsV2({ Bucket: kept })).Contents).toHaveLength(1);
    await expect(s3.headBucket({ Bucket: files })).rejects.toThrow();
  });

  test('whose buckets are empty loses no data', async () => {
    await deploy(inputOf(aws, 'empty', withBucket));
    const { questions } = await runToEnd((control) => deleteStack(stackInputOf(aws, 'empty'), control));
    expect(questions[0]).toMatchObject({ losesData: false, reasons: [] });
  });
});

describe('a deploy that fails', () => {
  test('at first is rolled back, watched to its end, with the cause at its line; the next one removes it', async () => {
    await blocker('taken');
    const template = templateOf({
      A: table('a'),
      Bad: table('bad', { TableName: 'taken' }, { DependsOn: ['A'] }),
    });
    const { state, events } = await deploy(inputOf(aws, 'broken', template));
    expect(state.result?.status).toBe('rolledBack');
    expect(exitCodeOfState(state)).toBe(3);
    expect(state.cause).toMatchObject({
      logicalId: 'Bad',
      resource: 'bad',
      path: ['resources', 'bad'],
      source: { file: 'stacktape.yml', line: 2 },
    });
    expect(state.cause?.message).toMatch(/already exists/i);
    expect(stackEventsOf(events).at(-1)).toBe('broken-test ROLLBACK_COMPLETE');
    expect(progressOf(state)).toMatchObject({ total: 2, done: 0, running: 0 });
    expect(await statusOf('broken-test')).toBe('ROLLBACK_COMPLETE');

    const next = await deploy(inputOf(aws, 'broken', templateOf({ A: table('a') })));
    expect(noticesOf(next.events)).toEqual([
      'The first deploy of broken-test failed (ROLLBACK_COMPLETE); what it left behind is removed first.',
    ]);
    expect(next.state.result?.status).toBe('succeeded');
    expect(next.state.plan?.action).toBe('create');
  });

  test('as an update takes the stack back to what it was', async () => {
    await blocker('taken-too');
    await deploy(inputOf(aws, 'half', templateOf({ A: table('a') })));
    const { state, events } = await deploy(
      inputOf(aws, 'half', templateOf({ A: table('a'), Bad: table('bad', { TableName: 'taken-too' }) })),
    );
    expect(state.result?.status).toBe('rolledBack');
    expect(state.cause?.resource).toBe('bad');
    expect(stackEventsOf(events).at(-1)).toBe('half-test UPDATE_ROLLBACK_COMPLETE');
    expect(await statusOf('half-test')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect((await deploy(inputOf(aws, 'half', templateOf({ A: table('a') })))).state.result?.status).toBe(
      'unchanged',
    );
  });

  test('without a rollback ends as failed and leaves things to be looked at', async () => {
    await blocker('taken-three');
    const template = templateOf({ Bad: table('bad', { TableName: 'taken-three' }) });
    const { state } = await deploy(inputOf(aws, 'looked-at', template, { disableRollback: true }));
    expect(state.result?.status).toBe('failed');
    expect(exitCodeOfState(state)).toBe(1);
    expect(await statusOf('looked-at-test')).toBe('CREATE_FAILED');
  });

  test('before it begins ends with an error event and leaves no stack', async () => {
    const template = templateOf({
      A: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: { Ref: 'Nobody' } } },
    });
    const { state, events } = await deploy(inputOf(aws, 'invalid', template));
    expect(state.error?.message).toContain('Nobody');
    expect(exitCodeOfState(state)).toBe(1);
    expect(state.phases.review.status).toBe('failed');
    expect(events.at(-1)?.type).toBe('error');
    await expect(statusOf('invalid-test')).rejects.toThrow('does not exist');
  });

  test('in packaging touches nothing', async () => {
    const { UserError } = await import('../../source/model/errors.ts');
    const input = inputOf(aws, 'unpacked', templateOf({ A: table('a') }), {
      package: async () => {
        throw new UserError('1 function could not be packaged', { code: 'build-failed', exitCode: 1 });
      },
    });
    const { state } = await deploy(input);
    expect(state.error).toMatchObject({ code: 'build-failed', exitCode: 1 });
    expect(state.phases.package.status).toBe('failed');
    await expect(statusOf('unpacked-test')).rejects.toThrow('does not exist');
  });

  test('for want of a confirmation says so and changes nothing', async () => {
    const { UserError } = await import('../../source/model/errors.ts');
    await deploy(inputOf(aws, 'unasked', templateOf({ A: table('a'), B: table('b') })));
    const { state } = await deploy(inputOf(aws, 'unasked', templateOf({ A: table('a') })), {
      answer: () => {
        throw new UserError('There is no terminal to ask on.', { code: 'confirmation-needed' });
      },
    });
    expect(state.error).toMatchObject({ code: 'confirmation-needed', exitCode: 2 });
    expect(await statusOf('unasked-test')).toBe('CREATE_COMPLETE');
    const { Summaries } = await cloudFormation.listChangeSets({ StackName: 'unasked-test' });
    expect(Summaries?.filter((one) => one.ExecutionStatus === 'AVAILABLE')).toEqual([]);
  });
});

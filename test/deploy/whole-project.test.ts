import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageProject } from '../../source/cli/package-project.ts';
import { loadConfig } from '../../source/config/load-config.ts';
import { artifactStackName } from '../../source/deploy/artifact-bucket.ts';
import { deleteStack } from '../../source/deploy/delete-stack.ts';
import { type DeployInput, deployStack } from '../../source/deploy/deploy-stack.ts';
import { invokeFunction } from '../../source/deploy/invoke-function.ts';
import { progressOf } from '../../source/deploy/progress-of.ts';
import { describeStackInfo } from '../../source/deploy/stack-info.ts';
import { namesOf } from '../../source/resources/names.ts';
import { resourceDescriptor } from '../../source/resources/registry.ts';
import { stackTags, synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { startTestAws, type TestAws } from '../local/start-test-aws.ts';
import { runToEnd, stackEventsOf, stackInputOf, targetOf } from './deploy-harness.ts';

const starter = new URL('../../starters/lambda-api-dynamo-db/files', import.meta.url).pathname;

let aws: TestAws;
let directory: string;
beforeAll(async () => {
  aws = await startTestAws();
  directory = mkdtempSync(join(tmpdir(), 'stp-project-'));
  cpSync(starter, directory, { recursive: true });
});
afterAll(() => aws.stop());

async function project(): Promise<DeployInput> {
  const loaded = await loadConfig({
    file: join(directory, 'stacktape.yml'),
    stage: 'test',
    region: 'us-east-1',
    checkEntryFiles: true,
  });
  expect(loaded.problems).toEqual([]);
  const { config, locate } = loaded;
  if (config === undefined) throw new Error('no config');
  const { template, artifacts } = synthesizeStack(config);
  return {
    config,
    template,
    artifacts,
    tags: stackTags(config),
    target: targetOf(aws),
    programVersion: '0.0.0-test',
    package: (onEvent, signal) =>
      packageProject(config, { stateDirectory: join(directory, '.stp'), onEvent, signal }),
    locate,
  };
}

const deploy = async (input: DeployInput) => runToEnd((control) => deployStack(input, control));

const invoke = (functionName: string, payload: unknown) =>
  invokeFunction({ target: targetOf(aws), stackName: 'lambda-api-dynamo-db-test', functionName, payload });

test('a scaffolded project goes from its files to functions that answer, and away again', async () => {
  const input = await project();
  const first = await deploy(input);
  expect(first.state.error).toBeUndefined();
  expect(first.state.cause).toBeUndefined();
  expect(first.state.result?.status).toBe('succeeded');
  expect(progressOf(first.state).percent).toBe(100);
  expect(first.questions).toEqual([]);
  expect([...first.state.uploads.values()].map((upload) => upload.status)).toEqual(['sent', 'sent']);
  expect([...first.state.artifacts.values()].map((artifact) => artifact.status)).toEqual(['built', 'built']);
  expect(Object.values(first.state.outputs)).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:/)]);

  const again = await deploy(await project());
  expect(again.state.result?.status).toBe('unchanged');
  expect([...again.state.uploads.values()].map((upload) => upload.status)).toEqual(['present', 'present']);
  expect([...again.state.artifacts.values()].map((artifact) => artifact.status)).toEqual([
    'cached',
    'cached',
  ]);

  const info = await describeStackInfo({
    target: input.target,
    stackName: 'lambda-api-dynamo-db-test',
    resources: input.config.resources,
    paramsOf: (resource) =>
      resourceDescriptor(resource.type)?.params(resource, namesOf(input.config), 'reference') ?? {},
  });
  expect(info.stack.status).toBe('CREATE_COMPLETE');
  expect(info.resources.map((one) => one.resource)).toEqual(input.config.resources.map((one) => one.name));
  const gateway = info.resources.find((one) => one.resourceType === 'http-api-gateway');
  expect(gateway?.params.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(gateway?.links).toEqual({});

  const answer = await fetch(`${gateway?.params.url}/posts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ title: 'Hello', content: 'World', authorEmail: 'a@example.com' }),
  });
  expect([answer.status, await answer.text()]).toEqual([answer.status, expect.stringContaining('Hello')]);
  expect(await (await fetch(`${gateway?.params.url}/posts`)).text()).toContain('Hello');

  const called = await invoke('getPosts', {});
  expect(called.error).toBeUndefined();
  expect(called).toMatchObject({ function: 'getPosts', payload: { statusCode: 200 } });
  expect(called.durationMs).toBeGreaterThan(0);
  expect(called.billedMs).toBeGreaterThan(0);
  expect(called.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(called.logs.at(-1)).toMatch(/^REPORT /);
  await expect(invoke('nobody', {})).rejects.toMatchObject({ code: 'no-such-function' });

  const file = join(directory, 'src/lambdas/get-posts.ts');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\nconsole.log('changed');\n`);
  const changed = await deploy(await project());
  expect(changed.state.result?.status).toBe('succeeded');
  expect(changed.questions).toEqual([]);
  expect(
    Object.fromEntries([...changed.state.uploads].map(([name, upload]) => [name, upload.status])),
  ).toEqual({
    getPosts: 'sent',
    savePost: 'present',
  });
  const touched = new Set(stackEventsOf(changed.events).map((text) => text.split(' ')[0]));
  expect([...touched].sort()).toEqual(['GetPostsFunction', 'lambda-api-dynamo-db-test']);
  expect((await invoke('getPosts', {})).logs.join('\n')).toContain('changed');

  const gone = await runToEnd((control) => deleteStack(stackInputOf(aws, 'lambda-api-dynamo-db'), control));
  expect(gone.state.cause).toBeUndefined();
  expect(gone.state.result?.status).toBe('succeeded');
  expect(progressOf(gone.state).percent).toBe(100);
});

test('the artifact bucket is private, encrypted and forgets old artifacts', async () => {
  const { Stacks } = await aws.client(CloudFormation).describeStacks({ StackName: artifactStackName });
  const Bucket = Stacks?.[0]?.Outputs?.find((output) => output.OutputKey === 'BucketName')?.OutputValue;
  const s3 = aws.client(S3);
  expect((await s3.getPublicAccessBlock({ Bucket })).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    BlockPublicPolicy: true,
    IgnorePublicAcls: true,
    RestrictPublicBuckets: true,
  });
  const { Rules } = await s3.getBucketLifecycleConfiguration({ Bucket });
  expect(Rules?.find((rule) => rule.Expiration)?.Expiration?.Days).toBe(365);
  const { ServerSideEncryptionConfiguration } = await s3.getBucketEncryption({ Bucket });
  expect(ServerSideEncryptionConfiguration?.Rules?.[0]?.ApplyServerSideEncryptionByDefault).toMatchObject({
    SSEAlgorithm: 'AES256',
  });
});

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  AddPermissionCommand,
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetFunctionEventInvokeConfigCommand,
  GetPolicyCommand,
  ListFunctionsCommand,
  ListTagsCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  RemovePermissionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { makeZip } from './make-zip.ts';
import { startLambda, type TestLambda } from './start-lambda.ts';

let lambda: TestLambda;

beforeAll(async () => {
  lambda = await startLambda();
});

afterAll(async () => {
  await lambda.aws.stop();
});

const code = 'exports.handler = async () => 1';
const arn = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;

test("a function is described with AWS's defaults", async () => {
  await lambda.deploy('described', code, { Tags: { team: 'a' } });
  const { Configuration, Code, Tags } = await lambda.client.send(
    new GetFunctionCommand({ FunctionName: 'described' }),
  );
  expect(Configuration).toMatchObject({
    FunctionName: 'described',
    FunctionArn: arn('described'),
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    MemorySize: 128,
    Timeout: 3,
    State: 'Active',
    LastUpdateStatus: 'Successful',
    PackageType: 'Zip',
    Architectures: ['x86_64'],
    Version: '$LATEST',
    CodeSha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/),
    RevisionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    LastModified: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$/),
  });
  expect(Code?.RepositoryType).toBe('S3');
  expect(Tags).toEqual({ team: 'a' });
});

test('code can come from a bucket', async () => {
  const s3 = lambda.aws.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket: 'artifacts' }));
  const Body = await makeZip({ 'index.js': 'exports.handler = async () => "from s3"' });
  await s3.send(new PutObjectCommand({ Bucket: 'artifacts', Key: 'posts/v1.zip', Body }));
  await lambda.deploy('stored', '', { Code: { S3Bucket: 'artifacts', S3Key: 'posts/v1.zip' } });
  expect((await lambda.invoke('stored')).payload).toBe('from s3');
  await expect(
    lambda.deploy('absent', '', { Code: { S3Bucket: 'artifacts', S3Key: 'no.zip' } }),
  ).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
    message: expect.stringContaining('S3 Error Code: NoSuchKey'),
  });
});

test.each([
  ['memory', { MemorySize: 64 }, 'ValidationException', /'memorySize'.*greater than or equal to 128/],
  ['timeout', { Timeout: 901 }, 'ValidationException', /'timeout'.*less than or equal to 900/],
  [
    'runtime',
    { Runtime: 'nodejs' as 'nodejs' },
    'InvalidParameterValueException',
    /Value nodejs at 'runtime'/,
  ],
  ['role', { Role: 'nobody' }, 'ValidationException', /'role'/],
  [
    'missing role',
    { Role: 'arn:aws:iam::000000000000:role/nobody' },
    'InvalidParameterValueException',
    /The role defined for the function cannot be assumed by Lambda/,
  ],
  [
    'no handler',
    { Handler: undefined },
    'InvalidParameterValueException',
    /Runtime and Handler are mandatory/,
  ],
  [
    'large environment',
    { Environment: { Variables: { BIG: 'x'.repeat(4096) } } },
    'InvalidParameterValueException',
    /exceeded the 4KB limit/,
  ],
  [
    'reserved variable',
    { Environment: { Variables: { AWS_REGION: 'x' } } },
    'InvalidParameterValueException',
    /Reserved keys used in this request: AWS_REGION/,
  ],
  [
    'no zip',
    { Code: { ZipFile: Buffer.from('no zip') } },
    'InvalidParameterValueException',
    /Could not unzip/,
  ],
])('refuses a wrong %s', async (_, settings, name, message) => {
  const made = lambda.deploy('refused', code, settings as object);
  await expect(made).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  await expect(lambda.client.send(new GetFunctionCommand({ FunctionName: 'refused' }))).rejects.toMatchObject(
    { name: 'ResourceNotFoundException' },
  );
});

test('a zip cannot write outside of its folder', async () => {
  const zip = await makeZip({ 'xx/xx/escaped.txt': 'no' });
  const evil = Buffer.from(zip.toString('latin1').replaceAll('xx/xx/', '../../'), 'latin1');
  await expect(lambda.deploy('evil', '', { Code: { ZipFile: evil } })).rejects.toMatchObject({
    name: 'InvalidParameterValueException',
  });
  expect(existsSync(join(lambda.aws.directory, 'escaped.txt'))).toBe(false);
  expect(existsSync(join(lambda.aws.directory, 'functions', 'escaped.txt'))).toBe(false);
});

test("unknown functions and names taken are AWS's errors", async () => {
  await expect(lambda.invoke('nobody')).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: `Function not found: ${arn('nobody')}`,
    $metadata: { httpStatusCode: 404 },
  });
  await lambda.deploy('taken', code);
  await expect(lambda.deploy('taken', code)).rejects.toMatchObject({
    name: 'ResourceConflictException',
    message: 'Function already exist: taken',
  });
});

test('an update changes what it names, and the revision', async () => {
  await lambda.deploy('updated', 'exports.handler = async () => process.env.STEP', {
    Environment: { Variables: { STEP: '1' } },
  });
  const get = () => lambda.client.send(new GetFunctionConfigurationCommand({ FunctionName: 'updated' }));
  const before = await get();
  await lambda.client.send(
    new UpdateFunctionConfigurationCommand({
      FunctionName: 'updated',
      MemorySize: 512,
      Environment: { Variables: { STEP: '2' } },
      RevisionId: before.RevisionId,
    }),
  );
  await vi.waitFor(async () => expect((await get()).LastUpdateStatus).toBe('Successful'));
  const after = await get();
  expect(after).toMatchObject({ MemorySize: 512, Timeout: 3, CodeSha256: before.CodeSha256 });
  expect(after.RevisionId).not.toBe(before.RevisionId);
  expect((await lambda.invoke('updated')).payload).toBe('2');
  await expect(
    lambda.client.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: 'updated', RevisionId: before.RevisionId }),
    ),
  ).rejects.toMatchObject({ name: 'PreconditionFailedException' });
});

test('a published version stays as it was', async () => {
  await lambda.deploy('versioned', code);
  const publish = () => lambda.client.send(new PublishVersionCommand({ FunctionName: 'versioned' }));
  expect(await publish()).toMatchObject({ Version: '1', FunctionArn: `${arn('versioned')}:1` });
  expect((await publish()).Version).toBe('1');
  const ZipFile = await makeZip({ 'index.js': 'exports.handler = async () => 2' });
  await lambda.client.send(new UpdateFunctionCodeCommand({ FunctionName: 'versioned', ZipFile }));
  await vi.waitFor(async () => expect((await publish()).Version).toBe('2'));
  expect((await lambda.invoke('versioned', {}, { Qualifier: '1' })).payload).toBe(1);
  expect((await lambda.invoke(`${arn('versioned')}:2`)).payload).toBe(2);
  const { Versions } = await lambda.client.send(
    new ListVersionsByFunctionCommand({ FunctionName: 'versioned' }),
  );
  expect(Versions?.map((one) => one.Version)).toEqual(['$LATEST', '1', '2']);
  await expect(lambda.invoke('versioned', {}, { Qualifier: '3' })).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
  });
});

test('permissions become a resource policy', async () => {
  await lambda.deploy('permitted', code);
  const SourceArn = 'arn:aws:execute-api:us-east-1:000000000000:abcdefghij/*';
  const add = () =>
    lambda.client.send(
      new AddPermissionCommand({
        FunctionName: 'permitted',
        StatementId: 'api',
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        SourceArn,
      }),
    );
  const statement = {
    Sid: 'api',
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: arn('permitted'),
    Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
  };
  expect(JSON.parse((await add()).Statement ?? '')).toEqual(statement);
  await expect(add()).rejects.toMatchObject({ name: 'ResourceConflictException' });
  const get = () => lambda.client.send(new GetPolicyCommand({ FunctionName: 'permitted' }));
  expect(JSON.parse((await get()).Policy ?? '')).toEqual({
    Version: '2012-10-17',
    Id: 'default',
    Statement: [statement],
  });
  await lambda.client.send(new RemovePermissionCommand({ FunctionName: 'permitted', StatementId: 'api' }));
  await expect(get()).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('tags, concurrency and settings of asynchronous invocations are kept', async () => {
  await lambda.deploy('settings', code, { Tags: { a: '1' } });
  const Resource = arn('settings');
  await lambda.client.send(new TagResourceCommand({ Resource, Tags: { b: '2' } }));
  await lambda.client.send(new UntagResourceCommand({ Resource, TagKeys: ['a'] }));
  expect((await lambda.client.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ b: '2' });

  await lambda.client.send(
    new PutFunctionConcurrencyCommand({ FunctionName: 'settings', ReservedConcurrentExecutions: 4 }),
  );
  const { Concurrency } = await lambda.client.send(new GetFunctionCommand({ FunctionName: 'settings' }));
  expect(Concurrency).toEqual({ ReservedConcurrentExecutions: 4 });

  await lambda.client.send(
    new PutFunctionEventInvokeConfigCommand({ FunctionName: 'settings', MaximumRetryAttempts: 1 }),
  );
  expect(
    await lambda.client.send(new GetFunctionEventInvokeConfigCommand({ FunctionName: 'settings' })),
  ).toMatchObject({
    MaximumRetryAttempts: 1,
    FunctionArn: `${Resource}:$LATEST`,
    LastModified: expect.any(Date),
  });
});

test('a deleted function is gone, with its code', async () => {
  await lambda.deploy('deleted', 'exports.handler = async () => "only here"');
  await lambda.invoke('deleted');
  const { CodeSha256 = '' } = await lambda.client.send(
    new GetFunctionConfigurationCommand({ FunctionName: 'deleted' }),
  );
  const folder = Buffer.from(CodeSha256, 'base64').toString('hex');
  const functions = () => readdirSync(join(lambda.aws.directory, 'functions'));
  expect(functions()).toContain(folder);
  await lambda.client.send(new DeleteFunctionCommand({ FunctionName: 'deleted' }));
  await expect(lambda.invoke('deleted')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  await vi.waitFor(() => expect(functions()).not.toContain(folder));
});

test('functions are listed by pages', async () => {
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const page = await lambda.client.send(
      new ListFunctionsCommand({ MaxItems: 3, ...(Marker ? { Marker } : {}) }),
    );
    expect(page.Functions?.length).toBeLessThanOrEqual(3);
    names.push(...(page.Functions?.map((one) => one.FunctionName ?? '') ?? []));
    Marker = page.NextMarker;
  } while (Marker !== undefined);
  expect(names).toEqual([...new Set(names)].sort());
  expect(names).toEqual(expect.arrayContaining(['described', 'permitted', 'versioned']));
});

test('functions survive a restart', async () => {
  await lambda.deploy('lasting', 'exports.handler = async () => "still here"');
  await lambda.aws.restart();
  expect((await lambda.invoke('lasting')).payload).toBe('still here');
});

test('a source of code is needed', async () => {
  const made = lambda.client.send(
    new CreateFunctionCommand({
      FunctionName: 'sourceless',
      Runtime: 'nodejs22.x',
      Handler: 'index.handler',
      Role: 'arn:aws:iam::000000000000:role/function-role',
      Code: {},
    }),
  );
  await expect(made).rejects.toMatchObject({ message: 'Please provide a source for function code.' });
});

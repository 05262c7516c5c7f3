import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  EntityAlreadyExistsException,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  MalformedPolicyDocumentException,
  NoSuchEntityException,
  PutRolePolicyCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

let aws: TestAws;
let iam: IAMClient;
beforeAll(async () => {
  aws = await startTestAws();
  iam = aws.client(IAMClient);
});
afterAll(() => aws.stop());

const trust = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: ['s3:*'], Resource: '*' }],
});
const createRole = (RoleName: string) =>
  iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust }));

test('a role comes back as it was made', async () => {
  await iam.send(
    new CreateRoleCommand({
      RoleName: 'full',
      Path: '/team/',
      AssumeRolePolicyDocument: trust,
      Description: 'for <tests> & "quotes"',
      MaxSessionDuration: 7200,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '' },
      ],
    }),
  );
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'FULL' }));
  expect(Role).toMatchObject({
    RoleName: 'full',
    Path: '/team/',
    Arn: 'arn:aws:iam::000000000000:role/team/full',
    Description: 'for <tests> & "quotes"',
    MaxSessionDuration: 7200,
    Tags: [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '' },
    ],
  });
  expect(Role?.RoleId).toMatch(/^AROA[A-Z2-7]{17}$/);
  expect(Role?.CreateDate).toBeInstanceOf(Date);
  expect(JSON.parse(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''))).toEqual(JSON.parse(trust));

  await iam.send(new UpdateRoleCommand({ RoleName: 'full', Description: 'new' }));
  await iam.send(new TagRoleCommand({ RoleName: 'full', Tags: [{ Key: 'c', Value: '3' }] }));
  await iam.send(new UntagRoleCommand({ RoleName: 'full', TagKeys: ['a'] }));
  const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: 'full' }));
  expect(Tags?.map(({ Key }) => Key)).toEqual(['b', 'c']);
  const { Roles } = await iam.send(new ListRolesCommand({ PathPrefix: '/team/' }));
  expect(Roles?.map(({ Description }) => Description)).toEqual(['new']);
});

test('errors have the classes of the SDK', async () => {
  await createRole('taken');
  await expect(createRole('taken')).rejects.toThrow(EntityAlreadyExistsException);
  await expect(iam.send(new GetRoleCommand({ RoleName: 'absent' }))).rejects.toThrow(NoSuchEntityException);
  await expect(iam.send(new GetRoleCommand({ RoleName: 'absent' }))).rejects.toMatchObject({
    message: 'The role with name absent cannot be found.',
    $metadata: { httpStatusCode: 404 },
  });
  await expect(
    iam.send(new CreateRoleCommand({ RoleName: 'bad', AssumeRolePolicyDocument: '{' })),
  ).rejects.toThrow(MalformedPolicyDocumentException);
  await expect(iam.send(new CreateRoleCommand({ RoleName: 'no spaces' } as never))).rejects.toMatchObject({
    name: 'ValidationError',
  });
});

test('a role with policies is not deleted', async () => {
  const RoleName = 'guarded';
  const PolicyArn = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  await createRole(RoleName);
  await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'inline', PolicyDocument: policy }));
  await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  expect((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames).toEqual(['inline']);
  expect((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies).toEqual([
    { PolicyName: 'ReadOnlyAccess', PolicyArn },
  ]);
  const read = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  expect(decodeURIComponent(read.PolicyDocument ?? '')).toBe(policy);

  const remove = () => iam.send(new DeleteRoleCommand({ RoleName }));
  await expect(remove()).rejects.toMatchObject({ name: 'DeleteConflictException' });
  await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
  await expect(remove()).rejects.toMatchObject({ name: 'DeleteConflictException' });
  await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'inline' }));
  await remove();
  await expect(iam.send(new GetRoleCommand({ RoleName }))).rejects.toThrow(NoSuchEntityException);
});

test('the keys of an assumed role are that role, also after a restart', async () => {
  const { Role } = await createRole('worker');
  const { Credentials, AssumedRoleUser } = await aws
    .client(STSClient)
    .send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'job' }));
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::000000000000:assumed-role/worker/job');
  const session = new STSClient({
    endpoint: aws.server.endpoint,
    region: 'us-east-1',
    credentials: {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    },
  });
  const arn = async () => (await session.send(new GetCallerIdentityCommand())).Arn;
  expect(await arn()).toBe('arn:aws:sts::000000000000:assumed-role/worker/job');
  await aws.restart();
  expect(await arn()).toBe('arn:aws:sts::000000000000:assumed-role/worker/job');
  session.destroy();
});

test('a role that is not there cannot be assumed', async () => {
  const RoleArn = 'arn:aws:iam::000000000000:role/nobody';
  await expect(
    aws.client(STSClient).send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'job' })),
  ).rejects.toMatchObject({ name: 'AccessDenied' });
});

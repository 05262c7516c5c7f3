import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { CloudFormation, waitUntilStackCreateComplete } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Target } from '../../source/aws/target.ts';
import { askAws } from '../../source/cli/ask-aws.ts';
import type { Io } from '../../source/cli/io.ts';
import { runStp } from '../../source/cli/program.ts';
import { targetOf } from '../deploy/deploy-harness.ts';
import { startTestAws, type TestAws } from '../local/start-test-aws.ts';

const base = {
  Resources: {
    Posts: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        TableName: 'posts',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
    },
  },
  Outputs: {
    table: { Value: { Ref: 'Posts' }, Export: { Name: 'base-dev-table' } },
    hidden: { Value: 'x' },
  },
};

let aws: TestAws;
let folder: string;
beforeAll(async () => {
  aws = await startTestAws();
  folder = mkdtempSync(join(tmpdir(), 'stp-ask-'));
  const client = aws.client(CloudFormation);
  await client.createStack({ StackName: 'base-dev', TemplateBody: JSON.stringify(base) });
  await waitUntilStackCreateComplete(
    { client, maxWaitTime: 30, minDelay: 0.05, maxDelay: 0.2 },
    { StackName: 'base-dev' },
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await aws.stop();
});

const withTarget = (target: Target, pinSecrets = false) => askAws(async () => target, { pinSecrets });

describe('outputs of stacks', () => {
  test.each([
    ['base-dev', 'table', undefined, { value: 'posts' }],
    [
      'base-dev',
      'hidden',
      undefined,
      { error: { message: '$StackOutput: output "hidden" of stack "base-dev" is not exported.' } },
    ],
    [
      'base-dev',
      'tabel',
      undefined,
      {
        error: {
          message: '$StackOutput: stack "base-dev" in the embedded AWS has no output "tabel".',
          expected: 'one of table, hidden',
        },
      },
    ],
    [
      'bases-dev',
      'table',
      undefined,
      { error: { message: '$StackOutput: there is no stack "bases-dev" in the embedded AWS.' } },
    ],
    [
      'base-dev',
      'table',
      'eu-west-1',
      { error: { message: '$StackOutput: the embedded AWS has the Region us-east-1 alone.' } },
    ],
  ])('%s %s %s', async (stack, output, region, answer) => {
    const ask = withTarget(targetOf(aws));
    expect(await ask.stackOutput(stack, output, region)).toMatchObject(answer);
    ask.close();
  });
});

describe('commands', () => {
  const withOutput = (directive: string) => `serviceName: later
resources:
  queue: { type: sqs-queue }
stackConfig:
  outputs: [{ name: table, value: "${directive}" }]
`;

  /** Runs `stp` on a config, against the server. */
  async function run(config: string, ...argv: string[]) {
    writeFileSync(join(folder, 'stacktape.yml'), config);
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const io = { stdin, stdout, stderr, env: {}, cwd: folder } as unknown as Io;
    const code = await runStp([...argv, '--region', 'us-east-1', '--endpoint-url', aws.server.endpoint], io);
    return { code, stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
  }
  const stp = (directive: string, ...argv: string[]) => run(withOutput(directive), ...argv);
  const output = ({ stdout }: { stdout: string }) => JSON.parse(stdout).Outputs.table.Value;

  // The SDK finds credentials by itself.
  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', aws.server.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', aws.server.secretAccessKey);
  });
  afterEach(() => vi.unstubAllEnvs());

  test('the template has the value of an output of another stack', async () => {
    expect(output(await stp("$StackOutput('base-dev', 'table')", 'synth'))).toBe('posts');
  });

  test('without credentials what to do is said', async () => {
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE'])
      vi.stubEnv(name, join(folder, 'none'));
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE'])
      vi.stubEnv(name, undefined);
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const { code, stdout } = await stp("$StackOutput('base-dev', 'table')", 'validate');
    expect(code).toBe(2);
    expect(stdout).toContain('stacktape.yml:5:36 error directive-needs-aws');
    expect(stdout).toContain('or use `--local`, which needs no AWS account');
  });

  test('a stack can be deleted after the one whose output it was made with', async () => {
    expect(await stp("$StackOutput('gone-dev', 'table')", 'synth')).toMatchObject({ code: 2 });
    expect(await stp("$StackOutput('gone-dev', 'table')", 'delete', '--yes')).toMatchObject({ code: 0 });
  });

  test('synth leaves the version of a secret open; a deploy looks for it before it touches anything', async () => {
    const config = `serviceName: later
resources:
  queue: { type: sqs-queue }
cloudformationResources:
  User: { Type: AWS::SSM::Parameter, Properties: { Type: String, Value: "$Secret('db.user')" } }
`;
    const { stdout } = await run(config, 'synth');
    expect(JSON.parse(stdout).Resources.User.Properties.Value).toBe(
      '{{resolve:secretsmanager:db:SecretString:user}}',
    );
    const { code, stderr } = await run(config, 'deploy', '--yes');
    expect(code).toBe(2);
    expect(stderr).toContain('stacktape.yml:5:74 error directive-needs-aws');
    expect(stderr).toContain('The service secretsmanager is not implemented');
  });
});

describe('versions of secrets', () => {
  /** Answers DescribeSecret as Secrets Manager does, by the name of the secret. */
  let fake: Server;
  let target: Target;
  const secrets: Record<string, [status: number, body: Record<string, unknown>]> = {
    db: [200, { VersionIdsToStages: { old: ['AWSPREVIOUS'], new: ['AWSCURRENT'] } }],
    empty: [200, { Name: 'empty' }],
    doomed: [200, { DeletedDate: 1_700_000_000, VersionIdsToStages: { new: ['AWSCURRENT'] } }],
    private: [400, { __type: 'AccessDeniedException', Message: 'no' }],
    odd: [400, { __type: 'InvalidRequestException', Message: 'Not now.' }],
  };
  const notFound: (typeof secrets)[string] = [400, { __type: 'ResourceNotFoundException', Message: 'none' }];

  beforeAll(async () => {
    fake = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      expect(request.headers['x-amz-target']).toBe('secretsmanager.DescribeSecret');
      const { SecretId } = JSON.parse(Buffer.concat(chunks).toString()) as { SecretId: string };
      const [status, body] = secrets[SecretId] ?? notFound;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((ready) => {
      fake.listen(0, '127.0.0.1', ready);
    });
    const address = fake.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
    target = { kind: 'endpoint', region: 'eu-west-1', endpoint: `http://127.0.0.1:${port}`, credentials };
  });
  afterAll(() => new Promise((done) => fake.close(done)));

  test.each([
    ['db', { value: 'new' }],
    ['empty', { error: { message: 'There is no secret "empty" with a value in eu-west-1.' } }],
    ['doomed', { error: { message: 'Secret "doomed" is marked for deletion.' } }],
    ['none', { error: { message: 'There is no secret "none" in eu-west-1.' } }],
    ['private', { value: null, warning: { code: 'secret-not-pinned' } }],
  ])('%s', async (name, answer) => {
    const ask = withTarget(target, true);
    expect(await ask.secretVersion?.(name)).toMatchObject(answer);
    ask.close();
  });

  test('what else AWS says is passed on in its words', async () => {
    const ask = withTarget(target, true);
    await expect(ask.secretVersion?.('odd')).rejects.toThrow('Not now.');
    ask.close();
  });

  test('the embedded AWS has none', async () => {
    const ask = withTarget(targetOf(aws), true);
    expect(await ask.secretVersion?.('db')).toMatchObject({
      error: { message: 'Secret "db": the embedded AWS has no Secrets Manager.' },
    });
    ask.close();
  });
});

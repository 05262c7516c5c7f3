import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkTemplate } from './check-template.ts';
import { property, synthesize } from './synthesize.ts';

const event = (bucket: string, more = '') =>
  `{ type: s3, properties: { bucketArn: "${bucket}", s3EventType: "s3:ObjectCreated:*"${more} } }`;
const config = (events: string[], deployment = '') => `resources:
  one:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/one.ts } }
      events: [${events.join(', ')}]
${deployment}
cloudformationResources:
  Raw: { Type: AWS::S3::Bucket }
`;
const foreign = 'arn:aws:s3:::somebody-elses';
const idsOf = (stack: ReturnType<typeof synthesize>, type: string) =>
  Object.keys(stack.template.Resources).filter((id) => stack.template.Resources[id]?.Type === type);

describe('a bucket that is not in resources', () => {
  const stack = synthesize(
    config(
      [
        event(foreign, ', filterRule: { prefix: a/ }'),
        event("$CfResourceParam('Raw', 'Arn')"),
        event(foreign, ', filterRule: { prefix: b/, suffix: .jpg }'),
      ],
      '      deployment: { strategy: AllAtOnce }',
    ),
  );

  test('has its notifications put in at once, after the permissions', () => {
    expect(stack.findings).toEqual([]);
    expect(checkTemplate(stack.template)).toEqual([]);
    const [id = '', other] = idsOf(stack, 'Custom::BucketNotifications');
    expect(other).toBeDefined();
    const [policy] = idsOf(stack, 'AWS::IAM::Policy');
    expect(stack.template.Resources[id]).toMatchObject({
      DependsOn: [policy, 'OneEvent0Permission', 'OneEvent2Permission'],
      Properties: {
        ServiceToken: { 'Fn::GetAtt': ['StpBucketNotificationsFunction', 'Arn'] },
        BucketArn: foreign,
        Configurations: [
          {
            Id: 'project-dev-one-event-0',
            LambdaFunctionArn: { Ref: 'OneStpAlias' },
            Events: ['s3:ObjectCreated:*'],
            Filter: { Key: { FilterRules: [{ Name: 'prefix', Value: 'a/' }] } },
          },
          { Id: 'project-dev-one-event-2', LambdaFunctionArn: { Ref: 'OneStpAlias' } },
        ],
      },
    });
    expect(property(stack, 'OneEvent0Permission')).toMatchObject({
      SourceArn: foreign,
      SourceAccount: { Ref: 'AWS::AccountId' },
    });
  });

  test('may be changed in its notifications and in nothing else', () => {
    const policies = idsOf(stack, 'AWS::IAM::Policy');
    const statements = policies.map((id) => property(stack, id, 'PolicyDocument', 'Statement'));
    const Action = ['s3:GetBucketNotification', 's3:PutBucketNotification'];
    expect(statements).toEqual([
      [{ Effect: 'Allow', Action, Resource: [foreign] }],
      [{ Effect: 'Allow', Action, Resource: [{ 'Fn::GetAtt': ['Raw', 'Arn'] }] }],
    ]);
  });

  test('keeps its resource when events before it come and go', () => {
    const before = idsOf(synthesize(config([event(foreign)])), 'Custom::BucketNotifications');
    const after = synthesize(config([event("$CfResourceParam('Raw', 'Arn')"), event(foreign)]));
    expect(idsOf(after, 'Custom::BucketNotifications')).toEqual(expect.arrayContaining(before));
  });

  test('nothing of this is there without one', () => {
    const stack = synthesize(config([]));
    expect(Object.keys(stack.template.Resources)).not.toContain('StpBucketNotificationsFunction');
  });
});

/** S3's answers about the notifications of its buckets, and what CloudFormation is answered. */
async function startS3(stored: Record<string, string>) {
  const answers: unknown[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [, bucket = ''] = /^\/([^/?]+)/.exec(request.url ?? '') ?? [];
    if (bucket === 'answer') {
      answers.push(JSON.parse(body));
    } else if (stored[bucket] === undefined) {
      response.statusCode = 404;
      response.write('<Error><Code>NoSuchBucket</Code><Message>gone</Message></Error>');
    } else if (request.method === 'PUT') {
      stored[bucket] = body;
    } else {
      response.write(stored[bucket]);
    }
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, answers, close: () => server.close() };
}

type Handler = (event: Record<string, unknown>) => Promise<void>;

describe('its function', () => {
  afterEach(() => vi.unstubAllEnvs());

  const lambda = (name: string, id: string) =>
    `<CloudFunctionConfiguration><Id>${id}</Id><CloudFunction>arn:aws:lambda:us-east-1:000000000000:function:${name}</CloudFunction><Event>s3:ObjectCreated:*</Event></CloudFunctionConfiguration>`;
  const others = `<QueueConfiguration><Id>q</Id><Queue>arn:aws:sqs:us-east-1:000000000000:q</Queue><Event>s3:ObjectRemoved:*</Event></QueueConfiguration>`;
  const configuration = (...inside: string[]) =>
    `<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${inside.join('')}</NotificationConfiguration>`;
  const wanted = (id: string) => ({
    Id: id,
    LambdaFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:mine',
    Events: ['s3:ObjectCreated:*'],
  });

  async function handle(stored: Record<string, string>, request: Record<string, unknown>) {
    const s3 = await startS3(stored);
    try {
      vi.stubEnv('AWS_ENDPOINT_URL_S3', s3.url);
      vi.stubEnv('AWS_REGION', 'us-east-1');
      vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
      vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
      const code = String(
        property(synthesize(config([event(foreign)])), 'StpBucketNotificationsFunction', 'Code', 'ZipFile'),
      );
      const module: { handler?: Handler } = {};
      new Function('require', 'exports', code)(createRequire(import.meta.url), module);
      await module.handler?.({
        ResponseURL: `${s3.url}/answer`,
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'id',
        ...request,
      });
      return s3.answers;
    } finally {
      s3.close();
    }
  }

  test('leaves what others have put in', async () => {
    const stored = { bucket: configuration(others, lambda('theirs', 'theirs'), lambda('old', 'old')) };
    const answers = await handle(stored, {
      RequestType: 'Update',
      PhysicalResourceId: 'bucket',
      ResourceProperties: { BucketArn: 'arn:aws:s3:::bucket', Configurations: [wanted('new')] },
      OldResourceProperties: { BucketArn: 'arn:aws:s3:::bucket', Configurations: [wanted('old')] },
    });
    expect(answers).toEqual([
      {
        Status: 'SUCCESS',
        PhysicalResourceId: 'bucket',
        StackId: 'stack',
        RequestId: 'request',
        LogicalResourceId: 'id',
      },
    ]);
    expect(stored.bucket.match(/(?<=<Id>)\w+/g)?.toSorted()).toEqual(['new', 'q', 'theirs']);
  });

  test('takes its own out, and minds no bucket that is gone', async () => {
    const request = {
      RequestType: 'Delete',
      PhysicalResourceId: 'bucket',
      ResourceProperties: { BucketArn: 'arn:aws:s3:::bucket', Configurations: [wanted('mine')] },
    };
    const stored = { bucket: configuration(lambda('mine', 'mine'), lambda('theirs', 'theirs')) };
    expect(await handle(stored, request)).toMatchObject([{ Status: 'SUCCESS' }]);
    expect(stored.bucket.match(/<Id>\w+<\/Id>/g)).toEqual(['<Id>theirs</Id>']);
    expect(await handle({}, request)).toMatchObject([{ Status: 'SUCCESS' }]);
  });

  test('says why it could not', async () => {
    const answers = await handle(
      {},
      {
        RequestType: 'Create',
        ResourceProperties: { BucketArn: 'arn:aws:s3:::nowhere', Configurations: [wanted('mine')] },
      },
    );
    expect(answers).toMatchObject([
      { Status: 'FAILED', PhysicalResourceId: 'nowhere', Reason: expect.stringContaining('NoSuchBucket') },
    ]);
  });
});

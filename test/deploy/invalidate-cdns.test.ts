import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { createClients } from '../../source/aws/clients.ts';
import { invalidateCdns, noticeNotInvalidated } from '../../source/deploy/invalidate-cdns.ts';
import { synthesize } from '../synth/synthesize.ts';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const summaries = (ids: Record<string, string>) =>
  Object.entries(ids)
    .map(
      ([logicalId, physicalId]) =>
        `<member><LogicalResourceId>${logicalId}</LogicalResourceId><PhysicalResourceId>${physicalId}</PhysicalResourceId><ResourceType>AWS::CloudFront::Distribution</ResourceType><ResourceStatus>UPDATE_COMPLETE</ResourceStatus></member>`,
    )
    .join('');

/** CloudFormation and CloudFront as far as they are asked; `refuse` makes CloudFront answer with an error. */
async function startAws(refuse = false) {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    response.setHeader('content-type', 'text/xml');
    if (body.includes('Action=ListStackResources')) {
      response.end(
        `<ListStackResourcesResponse><ListStackResourcesResult><StackResourceSummaries>${summaries({ SiteDistribution: 'E1', DocsDistribution: 'E2' })}</StackResourceSummaries></ListStackResourcesResult></ListStackResourcesResponse>`,
      );
      return;
    }
    asked.push(`${request.method} ${request.url} ${body.replace(/^<\?xml.*?\?>/, '')}`);
    response.statusCode = refuse ? 403 : 201;
    response.end(
      refuse
        ? '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>'
        : '<Invalidation><Id>I1</Id><Status>InProgress</Status></Invalidation>',
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const clients = createClients({
    kind: 'aws',
    region: 'us-east-1',
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  closing.push(
    () => clients.destroy(),
    () => server.close(),
  );
  return { clients, asked };
}

const bucket = (name: string, cdn: string) =>
  `  ${name}: { type: bucket, properties: { cdn: { enabled: true, ${cdn} } } }\n`;
const template = synthesize(
  `resources:\n${bucket('site', '')}${bucket('docs', 'disableInvalidationAfterDeploy: true')}${bucket('old', 'invalidateAfterDeploy: false')}  api: { type: http-api-gateway, properties: { cdn: { enabled: true } } }\n`,
).template;

async function invalidate(refuse = false, of = template) {
  const { clients, asked } = await startAws(refuse);
  const notices: string[] = [];
  const run = {
    id: '20261124T034315Z-1f3a',
    clients,
    notice: (level: string, message: string) => void notices.push(`${level} ${message}`),
  };
  await invalidateCdns(run, of, 'stack');
  return { asked, notices };
}

test('CDNs that keep something forget it, where the config does not say otherwise', async () => {
  const { asked, notices } = await invalidate();
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^POST \/2020-05-31\/distribution\/E1\/invalidation/);
  expect(asked[0]).toContain('<Path>/*</Path>');
  expect(asked[0]).toContain('<CallerReference>20261124T034315Z-1f3a</CallerReference>');
  expect(notices).toEqual(['info The CDN of site forgets what it keeps, which takes some minutes.']);
});

test('a deploy does not fail because CloudFront refuses', async () => {
  const { notices } = await invalidate(true);
  expect(notices).toHaveLength(1);
  expect(notices[0]).toMatch(/^warning CDNs may serve what is old: .*not you/);
});

test('nothing is asked without CDNs', async () => {
  const { asked, notices } = await invalidate(
    false,
    synthesize('resources:\n  site: { type: bucket }\n').template,
  );
  expect([asked, notices]).toEqual([[], []]);
});

test('whoever does not wait is told that it is left out', () => {
  const notices: string[] = [];
  const run = { notice: (_level: string, message: string) => void notices.push(message) };
  noticeNotInvalidated(run, template);
  noticeNotInvalidated(run, synthesize('resources:\n  site: { type: bucket }\n').template);
  expect(notices).toEqual([
    'CDNs keep what they have: they are told to forget it at the end of a deploy that is watched.',
  ]);
});

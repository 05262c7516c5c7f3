import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type DeployInput, deployStack } from '../../source/deploy/deploy-stack.ts';
import { readFolder } from '../../source/deploy/folders/folder-files.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { read } from '../config/read.ts';
import { startTestAws, type TestAws } from '../local/start-test-aws.ts';
import { inputOf, noticesOf, runToEnd, type Steering } from './deploy-harness.ts';

let aws: TestAws;
let directory: string;
beforeAll(async () => {
  aws = await startTestAws();
});
afterAll(() => aws.stop());
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stp-folder-'));
  return () => rmSync(directory, { recursive: true });
});

function write(files: Record<string, string>): void {
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

/** A project whose one resource is the bucket `site`. */
function deploy(serviceName: string, upload: string, steering?: Steering, more: Partial<DeployInput> = {}) {
  const text = `serviceName: ${serviceName}\nresources:\n  site:\n    type: bucket\n    properties:\n      directoryUpload: { ${upload} }\n`;
  const { config } = read(text, { pathKind: () => 'directory' });
  if (!config) throw new Error('no config');
  const { template, folders } = synthesizeStack({ ...config, stage: 'test' });
  const input = inputOf(aws, serviceName, template, { folders, ...more });
  return runToEnd(
    (control) => deployStack({ ...input, config: { ...input.config, directory } }, control),
    steering,
  );
}

const bucketOf = async (serviceName: string): Promise<string> => {
  const { Buckets = [] } = await aws.client(S3).listBuckets({});
  const found = Buckets.find(({ Name }) => Name?.startsWith(`${serviceName}-test-site`));
  if (!found?.Name) throw new Error('no bucket');
  return found.Name;
};

const keysIn = async (Bucket: string): Promise<string[]> =>
  ((await aws.client(S3).listObjectsV2({ Bucket })).Contents ?? []).map(({ Key = '' }) => Key);

const uploadsOf = ({ events }: Awaited<ReturnType<typeof deploy>>) =>
  events.flatMap((event) => (event.type === 'upload' && event.name === 'site' ? [event] : []));

test('a folder comes into its bucket, and what changes in it with each deploy', async () => {
  write({ 'site/index.html': '<h1>Hello</h1>', 'site/app.js': 'run()', 'site/images/a b.png': 'png' });
  const first = await deploy('home', 'directoryPath: site, headersPreset: single-page-app');
  expect(first.state.error).toBeUndefined();
  expect(first.state.result?.status).toBe('succeeded');
  expect(uploadsOf(first)).toMatchObject([
    { status: 'running', key: 'site', bytes: 22 },
    { status: 'sent', message: '3 of 3 files sent' },
  ]);
  const Bucket = await bucketOf('home');
  expect(await keysIn(Bucket)).toEqual(['app.js', 'images/a b.png', 'index.html']);
  const s3 = aws.client(S3);
  const page = await s3.getObject({ Bucket, Key: 'index.html' });
  expect(await page.Body?.transformToString()).toBe('<h1>Hello</h1>');
  expect([page.ContentType, page.CacheControl]).toEqual([
    'text/html; charset=utf-8',
    'public, max-age=0, must-revalidate',
  ]);
  const script = await s3.headObject({ Bucket, Key: 'app.js' });
  expect(script.CacheControl).toBe('public, max-age=31536000, immutable');

  const again = await deploy('home', 'directoryPath: site, headersPreset: single-page-app');
  expect(again.state.result?.status).toBe('unchanged');
  expect(uploadsOf(again).at(-1)).toMatchObject({ status: 'present', message: '3 files, all there' });

  await s3.putObject({ Bucket, Key: 'theirs.txt', Body: 'mine' });
  rmSync(join(directory, 'site/app.js'));
  write({ 'site/index.html': '<h1>Howdy</h1>' });
  const changed = await deploy('home', 'directoryPath: site, headersPreset: single-page-app');
  expect(changed.state.result?.status).toBe('succeeded');
  expect(changed.questions).toEqual([]);
  expect(uploadsOf(changed).at(-1)?.message).toBe('1 of 2 files sent, 1 removed');
  expect(noticesOf(changed.events)).toContain(
    'site holds one object that no deploy has put there; nothing is done to them.',
  );
  expect(await keysIn(Bucket)).toEqual(['images/a b.png', 'index.html', 'theirs.txt']);

  const served = await deploy('home', 'directoryPath: site, headersPreset: static-website');
  expect(uploadsOf(served).at(-1)?.message).toBe('2 of 2 files sent');
  const image = await s3.headObject({ Bucket, Key: 'images/a b.png' });
  expect([image.ContentType, image.CacheControl]).toEqual([
    'image/png',
    'public, max-age=0, s-maxage=31536000, must-revalidate',
  ]);

  await s3.deleteObject({ Bucket, Key: 'index.html' });
  const healed = await deploy('home', 'directoryPath: site, headersPreset: static-website');
  expect(uploadsOf(healed).at(-1)?.message).toBe('1 of 2 files sent');
});

test('headers and tags of some files', async () => {
  write({ 'out/data.json': '{}', 'out/secret.env': 'x', 'out/docs/a.pdf': 'a', 'out/docs/b.pdf': 'b' });
  const options = `fileOptions: [
        { includePattern: '**/*.pdf', excludePattern: docs/b.pdf, headers: [{ key: Content-Disposition, value: attachment }, { key: x-amz-meta-Kind, value: paper }], tags: [{ key: kind, value: a & b }] },
        { includePattern: '*.json', headers: [{ key: cache-control, value: no-store }] }]`;
  await deploy('papers', `directoryPath: out, excludeFilesPatterns: ['**/*.env'], ${options}`);
  const Bucket = await bucketOf('papers');
  expect(await keysIn(Bucket)).toEqual(['data.json', 'docs/a.pdf', 'docs/b.pdf']);
  const s3 = aws.client(S3);
  const a = await s3.headObject({ Bucket, Key: 'docs/a.pdf' });
  expect([a.ContentDisposition, a.Metadata]).toEqual(['attachment', { kind: 'paper' }]);
  expect((await s3.getObjectTagging({ Bucket, Key: 'docs/a.pdf' })).TagSet).toEqual([
    { Key: 'kind', Value: 'a & b' },
  ]);
  expect((await s3.headObject({ Bucket, Key: 'docs/b.pdf' })).ContentDisposition).toBeUndefined();
  expect((await s3.headObject({ Bucket, Key: 'data.json' })).CacheControl).toBe('no-store');
});

describe('a folder that cannot be uploaded fails the deploy and leaves the bucket as it is', () => {
  test.each([
    ['missing-directory', {}, 'site: the folder dist is not there, so that nothing can be uploaded.'],
    [
      'empty-directory',
      { 'dist/.gitkeep': '' },
      'site: the folder dist has no files; the bucket stays as it is.',
    ],
  ])('%s', async (code, files, message) => {
    write(files);
    const { state } = await deploy('bad', "directoryPath: dist, excludeFilesPatterns: ['.gitkeep']");
    expect(state.error).toMatchObject({ code, message, exitCode: 1, hint: 'Build it, and deploy again.' });
  });
});

test('a deploy that nobody watches says that nothing is uploaded', async () => {
  write({ 'site/index.html': 'x' });
  const { events, state } = await deploy('later', 'directoryPath: site', {}, { detach: true });
  expect(state.result?.status).toBe('detached');
  expect(noticesOf(events)).toContain('Nothing is uploaded to site; deploy again once the stack is there.');
});

test("Gatsby's files are cached as Gatsby says", () => {
  write({
    'public/index.html': '',
    'public/page-data/app-data.json': '',
    'public/static/d/1.json': '',
    'public/app-1.js': '',
    'public/styles.css': '',
    'public/sw.js': '',
  });
  const upload = { directoryPath: 'public', headersPreset: 'gatsby-static-website' as const };
  const files = readFolder({ resource: 'site', logicalId: 'SiteBucket', properties: upload }, directory);
  const isKept = ({ headers }: (typeof files)[number]) => headers['cache-control']?.includes('immutable');
  expect(files.filter(isKept).map(({ key }) => key)).toEqual(['app-1.js', 'static/d/1.json', 'styles.css']);
});

test('a header that S3 does not keep is refused when the config is read', () => {
  const upload =
    "directoryPath: ., fileOptions: [{ includePattern: '*', headers: [{ key: X-Frame-Options, value: DENY }] }]";
  const { problems } = read(
    `resources: { site: { type: bucket, properties: { directoryUpload: { ${upload} } } } }\n`,
    { pathKind: () => 'directory' },
  );
  expect(problems).toMatchObject([
    {
      code: 'unknown-header',
      message: 'Bucket site: S3 keeps no header "X-Frame-Options" with an object.',
      expected:
        'cache-control, content-disposition, content-encoding, content-language, content-type, expires, or a name that begins with x-amz-meta-',
    },
  ]);
});

import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import {
  BucketAlreadyOwnedByYou,
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

let aws: TestAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startTestAws();
  s3 = aws.client(S3Client);
});
afterAll(() => aws.stop());

let made = 0;
async function makeBucket(): Promise<string> {
  made += 1;
  const Bucket = `bucket-${made}`;
  await s3.send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}
const put = (Bucket: string, Key: string, Body: string) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body }));
const read = async (Bucket: string, Key: string, more: object = {}) =>
  (await s3.send(new GetObjectCommand({ Bucket, Key, ...more }))).Body?.transformToString();

test('an object comes back with what was said of it', async () => {
  const Bucket = await makeBucket();
  const Key = 'folder/a b+c%20ü&="quote".txt';
  const sent = await s3.send(
    new PutObjectCommand({
      Bucket,
      Key,
      Body: 'hello',
      ContentType: 'text/plain; charset=utf-8',
      CacheControl: 'max-age=60',
      Expires: new Date('2030-01-01T00:00:00Z'),
      Metadata: { color: 'blue', note: 'a, b' },
      Tagging: 'x=1&y=two%20words',
    }),
  );
  const md5 = createHash('md5').update('hello').digest('hex');
  expect(sent.ETag).toBe(`"${md5}"`);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(got).toMatchObject({
    ContentType: 'text/plain; charset=utf-8',
    CacheControl: 'max-age=60',
    ContentLength: 5,
    ETag: `"${md5}"`,
    Metadata: { color: 'blue', note: 'a, b' },
    TagCount: 2,
    Expires: new Date('2030-01-01T00:00:00Z'),
  });
  expect(await got.Body?.transformToString()).toBe('hello');
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key }));
  expect(head).toMatchObject({ ContentLength: 5, ETag: `"${md5}"` });
});

test('streams are sent in signed or unsigned chunks and arrive whole', async () => {
  const Bucket = await makeBucket();
  const bytes = randomBytes(3_000_000);
  for (const algorithm of ['CRC32', 'CRC32C', 'CRC64NVME', 'SHA1', 'SHA256'] as const) {
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: algorithm,
        Body: Readable.from([bytes.subarray(0, 70_001), bytes.subarray(70_001)]),
        ContentLength: bytes.length,
        ChecksumAlgorithm: algorithm,
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: algorithm, ChecksumMode: 'ENABLED' }));
    expect(got[`Checksum${algorithm}`]).toBeDefined();
    // Reading it makes the SDK compare the checksum.
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
    expect(
      (await s3.send(new HeadObjectCommand({ Bucket, Key: algorithm }))).ContentEncoding,
    ).toBeUndefined();
  }
});

test('a body that is not what its checksum says is refused and not kept', async () => {
  const Bucket = await makeBucket();
  const Key = 'k';
  const wrong = { ChecksumSHA256: createHash('sha256').update('other').digest('base64') };
  await expect(s3.send(new PutObjectCommand({ Bucket, Key, Body: 'this', ...wrong }))).rejects.toMatchObject({
    name: 'BadDigest',
  });
  await expect(
    s3.send(new PutObjectCommand({ Bucket, Key, Body: 'this', ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })),
  ).rejects.toMatchObject({ name: 'BadDigest' });
  await expect(read(Bucket, Key)).rejects.toThrow(NoSuchKey);
});

test('ranges', async () => {
  const Bucket = await makeBucket();
  await put(Bucket, 'k', '0123456789');
  expect(await read(Bucket, 'k', { Range: 'bytes=2-4' })).toBe('234');
  expect(await read(Bucket, 'k', { Range: 'bytes=7-' })).toBe('789');
  expect(await read(Bucket, 'k', { Range: 'bytes=-2' })).toBe('89');
  expect(await read(Bucket, 'k', { Range: 'bytes=8-99' })).toBe('89');
  const part = await s3.send(new GetObjectCommand({ Bucket, Key: 'k', Range: 'bytes=0-0' }));
  expect(part).toMatchObject({
    ContentRange: 'bytes 0-0/10',
    ContentLength: 1,
    $metadata: { httpStatusCode: 206 },
  });
  await expect(read(Bucket, 'k', { Range: 'bytes=10-' })).rejects.toMatchObject({
    name: 'InvalidRange',
    $metadata: { httpStatusCode: 416 },
  });
});

test('conditions', async () => {
  const Bucket = await makeBucket();
  const { ETag } = await put(Bucket, 'k', 'one');
  expect(await read(Bucket, 'k', { IfMatch: ETag })).toBe('one');
  await expect(read(Bucket, 'k', { IfMatch: '"x"' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await expect(read(Bucket, 'k', { IfNoneMatch: ETag })).rejects.toMatchObject({
    $metadata: { httpStatusCode: 304 },
  });
  const create = { Bucket, Key: 'k', Body: 'two', IfNoneMatch: '*' };
  await expect(s3.send(new PutObjectCommand(create))).rejects.toMatchObject({ name: 'PreconditionFailed' });
  await s3.send(new PutObjectCommand({ ...create, Key: 'new' }));
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'three', IfMatch: ETag }));
  expect(await read(Bucket, 'k')).toBe('three');
});

test('lists: prefix, delimiter, pages, in the order of bytes', async () => {
  const Bucket = await makeBucket();
  for (const key of ['z', 'a/1', 'a/2', 'b', 'a/x/y', 'ä', 'A', 'a', 'c/1']) await put(Bucket, key, key);
  const all = await s3.send(new ListObjectsV2Command({ Bucket }));
  expect(all.Contents?.map(({ Key }) => Key)).toEqual([
    'A',
    'a',
    'a/1',
    'a/2',
    'a/x/y',
    'b',
    'c/1',
    'z',
    'ä',
  ]);
  expect(all).toMatchObject({ KeyCount: 9, IsTruncated: false });

  const top = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }));
  expect(top.Contents?.map(({ Key }) => Key)).toEqual(['A', 'a', 'b', 'z', 'ä']);
  expect(top.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'c/']);

  const inside = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/', Delimiter: '/' }));
  expect(inside.Contents?.map(({ Key }) => Key)).toEqual(['a/1', 'a/2']);
  expect(inside.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/x/']);

  const seen: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page: Awaited<ReturnType<typeof list>> = await list(ContinuationToken);
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''));
    seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix ?? ''));
    expect(page.KeyCount).toBeLessThanOrEqual(2);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
  expect(seen.sort()).toEqual(['A', 'a', 'a/', 'b', 'c/', 'z', 'ä'].sort());

  function list(token: string | undefined) {
    return s3.send(
      new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 2, ContinuationToken: token }),
    );
  }
});

test('copies keep or replace what is said of an object', async () => {
  const Bucket = await makeBucket();
  await s3.send(new PutObjectCommand({ Bucket, Key: 'from ü', Body: 'x', Metadata: { a: '1' } }));
  const CopySource = encodeURIComponent(`${Bucket}/from ü`);
  const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource }));
  expect(copied.CopyObjectResult?.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ a: '1' });
  await s3.send(
    new CopyObjectCommand({
      Bucket,
      Key: 'to',
      CopySource,
      MetadataDirective: 'REPLACE',
      Metadata: { b: '2' },
    }),
  );
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'to' }))).Metadata).toEqual({ b: '2' });
  await expect(
    s3.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/absent` })),
  ).rejects.toMatchObject({ name: 'NoSuchKey' });
});

test('versions: a delete is a marker, and taking it away brings the object back', async () => {
  const Bucket = await makeBucket();
  await put(Bucket, 'k', 'zero');
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }));
  const first = await put(Bucket, 'k', 'one');
  await put(Bucket, 'k', 'two');
  expect(await read(Bucket, 'k', { VersionId: first.VersionId })).toBe('one');
  expect(await read(Bucket, 'k', { VersionId: 'null' })).toBe('zero');
  const removed = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k' }));
  expect(removed.DeleteMarker).toBe(true);
  await expect(read(Bucket, 'k')).rejects.toThrow(NoSuchKey);
  const { Versions, DeleteMarkers } = await s3.send(new ListObjectVersionsCommand({ Bucket }));
  expect(Versions).toHaveLength(3);
  expect(DeleteMarkers).toMatchObject([{ Key: 'k', IsLatest: true }]);
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'k', VersionId: removed.VersionId }));
  expect(await read(Bucket, 'k')).toBe('two');
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
  });
});

test('buckets and their errors', async () => {
  const Bucket = await makeBucket();
  await expect(s3.send(new CreateBucketCommand({ Bucket }))).rejects.toThrow(BucketAlreadyOwnedByYou);
  await expect(s3.send(new CreateBucketCommand({ Bucket: 'Not_Valid' }))).rejects.toMatchObject({
    name: 'InvalidBucketName',
  });
  await expect(s3.send(new HeadBucketCommand({ Bucket: 'absent' }))).rejects.toThrow(NotFound);
  await expect(read('absent', 'k')).rejects.toThrow(NoSuchBucket);
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'absent' }))).rejects.toThrow(NotFound);
  await expect(put('absent', 'k', 'x')).rejects.toThrow(NoSuchBucket);
  expect((await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeFalsy();
  await s3.send(new HeadBucketCommand({ Bucket }));
  expect((await s3.send(new ListBucketsCommand())).Buckets?.map(({ Name }) => Name)).toContain(Bucket);
  await put(Bucket, 'k', 'x');
  await put(Bucket, 'l', 'x');
  await expect(s3.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({
    name: 'BucketNotEmpty',
    BucketName: Bucket,
  });
  const { Deleted } = await s3.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: 'k' }, { Key: 'l' }, { Key: 'absent' }] },
    }),
  );
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['k', 'l', 'absent']);
  await s3.send(new DeleteBucketCommand({ Bucket }));
});

test('objects survive a restart', async () => {
  const Bucket = await makeBucket();
  await put(Bucket, 'k', 'kept');
  await aws.restart();
  expect(await read(Bucket, 'k')).toBe('kept');
});

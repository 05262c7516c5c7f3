import { randomBytes } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

const Bucket = 'parts';
const Key = 'large';
let aws: TestAws;
let s3: S3Client;
beforeAll(async () => {
  aws = await startTestAws();
  s3 = aws.client(S3Client);
  await s3.send(new CreateBucketCommand({ Bucket }));
});
afterAll(() => aws.stop());

const begin = async () =>
  (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'x/y' }))).UploadId;
const upload = async (UploadId: string | undefined, PartNumber: number, Body: Uint8Array) => {
  const { ETag } = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body }));
  return { PartNumber, ETag };
};

test('parts become one object', async () => {
  const bytes = randomBytes(5 * 1024 * 1024 + 10);
  const UploadId = await begin();
  // Sent again, a part replaces what was sent before.
  await upload(UploadId, 1, Buffer.from('wrong'));
  const first = await upload(UploadId, 1, bytes.subarray(0, 5 * 1024 * 1024));
  const second = await upload(UploadId, 2, bytes.subarray(5 * 1024 * 1024));
  expect((await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts).toMatchObject([
    { PartNumber: 1, Size: 5 * 1024 * 1024 },
    { PartNumber: 2, Size: 10 },
  ]);
  const done = await s3.send(
    new CompleteMultipartUploadCommand({
      Bucket,
      Key,
      UploadId,
      MultipartUpload: { Parts: [first, second] },
    }),
  );
  expect(done.ETag).toMatch(/^"[0-9a-f]{32}-2"$/);
  const got = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(got.ContentType).toBe('x/y');
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);

  const again = await begin();
  const copied = await s3.send(
    new UploadPartCopyCommand({
      Bucket,
      Key,
      UploadId: again,
      PartNumber: 1,
      CopySource: `${Bucket}/${Key}`,
      CopySourceRange: 'bytes=0-3',
    }),
  );
  const Parts = [{ PartNumber: 1, ETag: copied.CopyPartResult?.ETag }];
  await s3.send(
    new CompleteMultipartUploadCommand({ Bucket, Key, UploadId: again, MultipartUpload: { Parts } }),
  );
  const short = await s3.send(new GetObjectCommand({ Bucket, Key }));
  expect(Buffer.from((await short.Body?.transformToByteArray()) ?? [])).toEqual(bytes.subarray(0, 4));
});

test('wrong parts are refused', async () => {
  const UploadId = await begin();
  const first = await upload(UploadId, 1, Buffer.from('a'));
  const second = await upload(UploadId, 2, Buffer.from('b'));
  const complete = (Parts: { PartNumber: number; ETag: string | undefined }[]) =>
    s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }));
  await expect(complete([first, second])).rejects.toMatchObject({ name: 'EntityTooSmall' });
  await expect(complete([second, first])).rejects.toMatchObject({ name: 'InvalidPartOrder' });
  await expect(complete([{ PartNumber: 3, ETag: first.ETag }])).rejects.toMatchObject({
    name: 'InvalidPart',
  });
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket }))).Uploads).toMatchObject([
    { Key, UploadId },
  ]);
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  await expect(upload(UploadId, 1, Buffer.from('a'))).rejects.toMatchObject({ name: 'NoSuchUpload' });
});

test('no body is left that nothing refers to', async () => {
  const before = await bodies();
  const UploadId = await begin();
  await upload(UploadId, 1, Buffer.from('a'));
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  expect(await bodies()).toEqual(before);

  async function bodies(): Promise<string[]> {
    const entries = await readdir(join(aws.directory, 'objects'), { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name)
      .sort();
  }
});

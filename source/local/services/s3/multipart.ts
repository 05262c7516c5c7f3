import { createHash, randomBytes } from 'node:crypto';
import type * as S3 from '@aws-sdk/client-s3';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { attributesOf } from './attributes.ts';
import type { Bodies } from './bodies.ts';
import { writeChecked } from './checked-body.ts';
import { checkWriteConditions, readRange } from './conditions.ts';
import { checkKey, newVersion, readSource, versionOf } from './objects.ts';
import { requireBucket } from './s3-errors.ts';
import type { ObjectRow, PartRow, S3Store, UploadRow } from './s3-store.ts';

/** Every part but the last one has at least this many bytes. */
const minimumPart = 5 * 1024 * 1024;

/** Operations of uploads in parts. */
export function multipartOperations(backend: Pick<Backend, 'now'>, store: S3Store, bodies: Bodies) {
  const create: Operation<S3.CreateMultipartUploadCommandInput, S3.CreateMultipartUploadCommandOutput> = (
    input,
  ) => {
    const bucket = requireBucket(store, input.Bucket);
    const { Key = '' } = input;
    checkKey(Key);
    const id = randomBytes(32).toString('base64url');
    store.addUpload({
      id,
      bucket: bucket.name,
      key: Key,
      startedAt: backend.now(),
      attributes: attributesOf(input),
    });
    return { Bucket: bucket.name, Key, UploadId: id, ServerSideEncryption: 'AES256' };
  };

  async function keepPart(
    upload: UploadRow,
    number: number,
    body: { file: string; size: number; md5: string },
  ) {
    const before = store.parts(upload.id).find((part) => part.number === number);
    const part: PartRow = {
      upload: upload.id,
      number,
      size: body.size,
      etag: `"${body.md5}"`,
      file: body.file,
      modifiedAt: backend.now(),
    };
    store.addPart(part);
    await bodies.remove(before?.file);
    return part;
  }

  const uploadPart: Operation<S3.UploadPartCommandInput, S3.UploadPartCommandOutput> = async (input) => {
    const upload = requireUpload(store, input);
    const number = checkNumber(input.PartNumber);
    const written = await writeChecked(bodies, input);
    const part = await keepPart(upload, number, written);
    return { ETag: part.etag, ServerSideEncryption: 'AES256', ...written.checksums };
  };

  const uploadPartCopy: Operation<S3.UploadPartCopyCommandInput, S3.UploadPartCopyCommandOutput> = async (
    input,
  ) => {
    const upload = requireUpload(store, input);
    const number = checkNumber(input.PartNumber);
    const source = readSource(store, input.CopySource);
    const range = readRange(input.CopySourceRange, source.size);
    const part = await keepPart(upload, number, await bodies.write(bodies.read(source.file, range), []));
    return { CopyPartResult: { ETag: part.etag, LastModified: new Date(part.modifiedAt) } };
  };

  const complete: Operation<
    S3.CompleteMultipartUploadCommandInput,
    S3.CompleteMultipartUploadCommandOutput
  > = async (input) => {
    const upload = requireUpload(store, input);
    const bucket = requireBucket(store, input.Bucket);
    checkWriteConditions(input, store.object(bucket.name, upload.key));
    const all = store.parts(upload.id);
    const chosen = choose(input.MultipartUpload?.Parts ?? [], all);
    const file = await bodies.join(chosen.map((part) => part.file));
    const digest = createHash('md5');
    for (const part of chosen) digest.update(Buffer.from(part.etag.replaceAll('"', ''), 'hex'));
    const row: Omit<ObjectRow, 'latest'> = {
      bucket: bucket.name,
      key: upload.key,
      versionId: newVersion(bucket),
      deleteMarker: 0,
      size: chosen.reduce((sum, part) => sum + part.size, 0),
      etag: `"${digest.digest('hex')}-${chosen.length}"`,
      file,
      modifiedAt: backend.now(),
      attributes: upload.attributes,
    };
    const replaced = store.putObject(row);
    store.removeUpload(upload.id);
    await bodies.remove(replaced, ...all.map((part) => part.file));
    return {
      Bucket: bucket.name,
      Key: upload.key,
      Location: `/${bucket.name}/${upload.key}`,
      ETag: row.etag,
      ServerSideEncryption: 'AES256',
      ...versionOf(row),
    };
  };

  const abort: Operation<S3.AbortMultipartUploadCommandInput, S3.AbortMultipartUploadCommandOutput> = async (
    input,
  ) => {
    const upload = requireUpload(store, input);
    const parts = store.parts(upload.id);
    store.removeUpload(upload.id);
    await bodies.remove(...parts.map((part) => part.file));
    return {};
  };

  const listParts: Operation<S3.ListPartsCommandInput, S3.ListPartsCommandOutput> = (input) => {
    const upload = requireUpload(store, input);
    const { MaxParts = 1_000, PartNumberMarker = '0' } = input;
    const rest = store.parts(upload.id).filter(({ number }) => number > Number(PartNumberMarker));
    const page = rest.slice(0, MaxParts);
    return {
      Bucket: upload.bucket,
      Key: upload.key,
      UploadId: upload.id,
      MaxParts,
      PartNumberMarker,
      IsTruncated: rest.length > page.length,
      ...(rest.length > page.length ? { NextPartNumberMarker: String(page.at(-1)?.number) } : {}),
      Parts: page.map(({ number, etag, size, modifiedAt }) => ({
        PartNumber: number,
        ETag: etag,
        Size: size,
        LastModified: new Date(modifiedAt),
      })),
    };
  };

  const listUploads: Operation<S3.ListMultipartUploadsCommandInput, S3.ListMultipartUploadsCommandOutput> = (
    input,
  ) => {
    const bucket = requireBucket(store, input.Bucket);
    const { Prefix = '' } = input;
    return {
      Bucket: bucket.name,
      Prefix,
      IsTruncated: false,
      Uploads: store
        .uploads(bucket.name)
        .filter(({ key }) => key.startsWith(Prefix))
        .map(({ id, key, startedAt }) => ({ UploadId: id, Key: key, Initiated: new Date(startedAt) })),
    };
  };

  return {
    CreateMultipartUpload: create,
    UploadPart: uploadPart,
    UploadPartCopy: uploadPartCopy,
    CompleteMultipartUpload: complete,
    AbortMultipartUpload: abort,
    ListParts: listParts,
    ListMultipartUploads: listUploads,
  };
}

function requireUpload(
  store: S3Store,
  input: { Bucket?: string | undefined; Key?: string | undefined; UploadId?: string | undefined },
): UploadRow {
  requireBucket(store, input.Bucket);
  const upload = store.upload(input.Bucket ?? '', input.Key ?? '', input.UploadId ?? '');
  if (upload !== undefined) return upload;
  throw new ServiceError(
    'NoSuchUpload',
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
    404,
    { UploadId: input.UploadId ?? '' },
  );
}

function checkNumber(number = 0): number {
  if (Number.isInteger(number) && number >= 1 && number <= 10_000) return number;
  throw new ServiceError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
}

/** The parts that the client names, in their order. */
function choose(named: S3.CompletedPart[], all: PartRow[]): PartRow[] {
  if (named.length === 0) {
    throw new ServiceError(
      'MalformedXML',
      'The XML you provided was not well-formed or did not validate against our published schema',
    );
  }
  if (
    named.some(({ PartNumber = 0 }, index) => index > 0 && PartNumber <= (named[index - 1]?.PartNumber ?? 0))
  ) {
    throw new ServiceError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  }
  const chosen: PartRow[] = [];
  for (const [index, { PartNumber = 0, ETag = '' }] of named.entries()) {
    const part = all.find(({ number }) => number === PartNumber);
    if (part === undefined || part.etag.replaceAll('"', '') !== ETag.replaceAll('"', '')) {
      throw new ServiceError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    }
    if (part.size < minimumPart && index < named.length - 1) {
      throw new ServiceError(
        'EntityTooSmall',
        'Your proposed upload is smaller than the minimum allowed size',
      );
    }
    chosen.push(part);
  }
  return chosen;
}

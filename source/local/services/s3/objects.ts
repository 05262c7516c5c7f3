import { randomBytes } from 'node:crypto';
import type * as S3 from '@aws-sdk/client-s3';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { attributesOf } from './attributes.ts';
import type { Bodies } from './bodies.ts';
import { writeChecked } from './checked-body.ts';
import { checkReadConditions, checkWriteConditions, readRange } from './conditions.ts';
import { requireBucket, requireObject } from './s3-errors.ts';
import type { BucketRow, ObjectRow, S3Store } from './s3-store.ts';

/** Keys may have this many bytes. */
const maximumKey = 1_024;

/** Operations on single objects. */
export function objectOperations(backend: Pick<Backend, 'now'>, store: S3Store, bodies: Bodies) {
  const putObject: Operation<S3.PutObjectCommandInput, S3.PutObjectCommandOutput> = async (input) => {
    const { Key = '' } = input;
    const bucket = requireBucket(store, input.Bucket);
    checkKey(Key);
    checkWriteConditions(input, store.object(bucket.name, Key));
    const attributes = attributesOf(input);
    const written = await writeChecked(bodies, input);
    // Another request may have come while the body was written.
    try {
      requireBucket(store, bucket.name);
      checkWriteConditions(input, store.object(bucket.name, Key));
    } catch (error) {
      await bodies.remove(written.file);
      throw error;
    }
    const row: Omit<ObjectRow, 'latest'> = {
      bucket: bucket.name,
      key: Key,
      versionId: newVersion(bucket),
      deleteMarker: 0,
      size: written.size,
      etag: `"${written.md5}"`,
      file: written.file,
      modifiedAt: backend.now(),
      attributes: { ...attributes, checksums: written.checksums },
    };
    await bodies.remove(store.putObject(row));
    return { ETag: row.etag, ServerSideEncryption: 'AES256', ...written.checksums, ...versionOf(row) };
  };

  const getObject: Operation<S3.GetObjectCommandInput, S3.GetObjectCommandOutput> = (input) => {
    const row = requireObject(store, input.Bucket, input.Key, input.VersionId);
    checkReadConditions(input, row);
    const range = readRange(input.Range, row.size);
    return {
      ...describe(row, range === undefined && input.ChecksumMode === 'ENABLED'),
      ...overrides(input),
      ...(range === undefined
        ? {}
        : {
            ContentRange: `bytes ${range.start}-${range.end}/${row.size}`,
            ContentLength: range.end - range.start + 1,
          }),
      Body: bodies.read(row.file, range) as unknown as NonNullable<S3.GetObjectCommandOutput['Body']>,
    };
  };

  const headObject: Operation<S3.HeadObjectCommandInput, S3.HeadObjectCommandOutput> = (input) => {
    const row = requireObject(store, input.Bucket, input.Key, input.VersionId);
    checkReadConditions(input, row);
    const range = readRange(input.Range, row.size);
    return {
      ...describe(row, range === undefined && input.ChecksumMode === 'ENABLED'),
      ...(range === undefined
        ? {}
        : {
            ContentRange: `bytes ${range.start}-${range.end}/${row.size}`,
            ContentLength: range.end - range.start + 1,
          }),
    };
  };

  const copyObject: Operation<S3.CopyObjectCommandInput, S3.CopyObjectCommandOutput> = async (input) => {
    const { Key = '' } = input;
    const bucket = requireBucket(store, input.Bucket);
    checkKey(Key);
    const source = readSource(store, input.CopySource);
    checkReadConditions(
      {
        IfMatch: input.CopySourceIfMatch,
        IfNoneMatch: input.CopySourceIfNoneMatch,
        IfModifiedSince: input.CopySourceIfModifiedSince,
        IfUnmodifiedSince: input.CopySourceIfUnmodifiedSince,
      },
      source,
    );
    const replaced = input.MetadataDirective === 'REPLACE';
    if (
      !replaced &&
      source.bucket === bucket.name &&
      source.key === Key &&
      source.versionId === 'null' &&
      input.StorageClass === undefined
    ) {
      throw new ServiceError(
        'InvalidRequest',
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
      );
    }
    const given = attributesOf(input);
    const row: Omit<ObjectRow, 'latest'> = {
      bucket: bucket.name,
      key: Key,
      versionId: newVersion(bucket),
      deleteMarker: 0,
      size: source.size,
      etag: source.etag,
      file: await bodies.copy(source.file),
      modifiedAt: backend.now(),
      attributes: {
        ...(replaced ? given : source.attributes),
        tags: input.TaggingDirective === 'REPLACE' ? given.tags : source.attributes.tags,
        checksums: source.attributes.checksums,
        storageClass: given.storageClass,
      },
    };
    await bodies.remove(store.putObject(row));
    return {
      CopyObjectResult: {
        ETag: row.etag,
        LastModified: new Date(row.modifiedAt),
        ...row.attributes.checksums,
      },
      ServerSideEncryption: 'AES256',
      ...versionOf(row),
      ...(source.versionId === 'null' ? {} : { CopySourceVersionId: source.versionId }),
    };
  };

  async function remove(
    bucket: BucketRow,
    key: string,
    versionId: string | undefined,
  ): Promise<{ DeleteMarker?: true; VersionId?: string }> {
    const row = store.object(bucket.name, key, versionId);
    if (versionId === undefined && bucket.versioning !== null) {
      const marker: Omit<ObjectRow, 'latest'> = {
        bucket: bucket.name,
        key,
        versionId: newVersion(bucket),
        deleteMarker: 1,
        size: 0,
        etag: '',
        file: '',
        modifiedAt: backend.now(),
        attributes: attributesOf({}),
      };
      await bodies.remove(store.putObject(marker));
      return { DeleteMarker: true, VersionId: marker.versionId };
    }
    // Deleting what is not there is no error.
    if (row === undefined) return versionId === undefined ? {} : { VersionId: versionId };
    store.removeObject(bucket.name, key, row.versionId);
    await bodies.remove(row.file);
    if (versionId === undefined) return {};
    return { VersionId: versionId, ...(row.deleteMarker ? { DeleteMarker: true } : {}) };
  }

  const deleteObject: Operation<S3.DeleteObjectCommandInput, S3.DeleteObjectCommandOutput> = (input) =>
    remove(requireBucket(store, input.Bucket), input.Key ?? '', input.VersionId);

  const deleteObjects: Operation<S3.DeleteObjectsCommandInput, S3.DeleteObjectsCommandOutput> = async (
    input,
  ) => {
    const bucket = requireBucket(store, input.Bucket);
    const objects = input.Delete?.Objects ?? [];
    if (objects.length === 0 || objects.length > 1_000) {
      throw new ServiceError(
        'MalformedXML',
        'The XML you provided was not well-formed or did not validate against our published schema',
      );
    }
    const deleted: S3.DeletedObject[] = [];
    for (const { Key = '', VersionId } of objects) {
      const result = await remove(bucket, Key, VersionId);
      deleted.push({
        Key,
        ...(VersionId === undefined ? {} : { VersionId }),
        ...(result.DeleteMarker && result.VersionId !== undefined
          ? { DeleteMarker: true, DeleteMarkerVersionId: result.VersionId }
          : {}),
      });
    }
    return input.Delete?.Quiet ? {} : { Deleted: deleted };
  };

  return {
    PutObject: putObject,
    GetObject: getObject,
    HeadObject: headObject,
    CopyObject: copyObject,
    DeleteObject: deleteObject,
    DeleteObjects: deleteObjects,
  };
}

/** @throws ServiceError KeyTooLongError */
export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > maximumKey) {
    throw new ServiceError('KeyTooLongError', 'Your key is too long', 400, {
      Size: String(Buffer.byteLength(key)),
      MaxSizeAllowed: String(maximumKey),
    });
  }
}

/** The object that `x-amz-copy-source` names: `/bucket/key?versionId=…`, percent-encoded. */
export function readSource(store: S3Store, source = ''): ObjectRow {
  const [path = '', query = ''] = source.split('?');
  const decoded = decodeURIComponent(path.replace(/^\//, ''));
  const mark = decoded.indexOf('/');
  if (mark === -1) throw new ServiceError('InvalidArgument', 'Invalid copy source object key');
  const versionId = /^versionId=(.+)$/.exec(query)?.[1];
  return requireObject(store, decoded.slice(0, mark), decoded.slice(mark + 1), versionId);
}

export const newVersion = (bucket: BucketRow): string =>
  bucket.versioning === 'Enabled' ? randomBytes(24).toString('base64url') : 'null';

export const versionOf = (row: Pick<ObjectRow, 'versionId'>): { VersionId?: string } =>
  row.versionId === 'null' ? {} : { VersionId: row.versionId };

function describe(row: ObjectRow, withChecksums: boolean): Omit<S3.HeadObjectCommandOutput, '$metadata'> {
  const { metadata, tags, checksums, storageClass } = row.attributes;
  const { Expires: expires, ...headers } = row.attributes.headers;
  return {
    AcceptRanges: 'bytes',
    LastModified: new Date(row.modifiedAt),
    ContentLength: row.size,
    ETag: row.etag,
    ServerSideEncryption: 'AES256',
    ...headers,
    ...(expires === undefined ? {} : { Expires: new Date(expires) }),
    Metadata: metadata,
    ...(withChecksums && Object.keys(checksums).length > 0
      ? { ...checksums, ChecksumType: 'FULL_OBJECT' }
      : {}),
    ...(tags.length > 0 ? { TagCount: tags.length } : {}),
    ...(storageClass === undefined ? {} : { StorageClass: storageClass as S3.StorageClass }),
    ...versionOf(row),
  };
}

/** `response-content-type` and the like, as presigned links have them. */
function overrides(input: S3.GetObjectCommandInput): Record<string, string> {
  const given: [string, string | Date | undefined][] = [
    ['CacheControl', input.ResponseCacheControl],
    ['ContentDisposition', input.ResponseContentDisposition],
    ['ContentEncoding', input.ResponseContentEncoding],
    ['ContentLanguage', input.ResponseContentLanguage],
    ['ContentType', input.ResponseContentType],
  ];
  return Object.fromEntries(given.filter((pair): pair is [string, string] => typeof pair[1] === 'string'));
}

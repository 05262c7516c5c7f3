import type * as S3 from '@aws-sdk/client-s3';
import { type Operation, ServiceError } from '../../backend.ts';
import { requireBucket } from './s3-errors.ts';
import type { ObjectRow, S3Store } from './s3-store.ts';

/** Greater than every key that begins with the text before it. */
const afterAll = '\u{10FFFF}';
const pageSize = 1_000;

type Page = { objects: ObjectRow[]; prefixes: string[]; next: string | undefined };

/** Operations that list what a bucket holds. */
export function listingOperations(store: S3Store) {
  const listObjectsV2: Operation<S3.ListObjectsV2CommandInput, S3.ListObjectsV2CommandOutput> = (input) => {
    const { Prefix = '', Delimiter = '', MaxKeys = pageSize, StartAfter = '', ContinuationToken } = input;
    requireBucket(store, input.Bucket);
    const after = ContinuationToken === undefined ? StartAfter : readToken(ContinuationToken);
    const page = listPage(store, input.Bucket ?? '', Prefix, Delimiter, after, checkLimit(MaxKeys));
    const encode = encoder(input.EncodingType);
    return {
      Name: input.Bucket,
      Prefix: encode(Prefix),
      MaxKeys,
      KeyCount: page.objects.length + page.prefixes.length,
      IsTruncated: page.next !== undefined,
      ...(Delimiter === '' ? {} : { Delimiter: encode(Delimiter) }),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      ...(StartAfter === '' ? {} : { StartAfter: encode(StartAfter) }),
      ...(ContinuationToken === undefined ? {} : { ContinuationToken }),
      ...(page.next === undefined ? {} : { NextContinuationToken: writeToken(page.next) }),
      Contents: page.objects.map((row) => describe(row, encode, input.FetchOwner === true)),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  };

  const listObjects: Operation<S3.ListObjectsCommandInput, S3.ListObjectsCommandOutput> = (input) => {
    const { Prefix = '', Delimiter = '', MaxKeys = pageSize, Marker = '' } = input;
    requireBucket(store, input.Bucket);
    const page = listPage(store, input.Bucket ?? '', Prefix, Delimiter, Marker, checkLimit(MaxKeys));
    const encode = encoder(input.EncodingType);
    return {
      Name: input.Bucket,
      Prefix: encode(Prefix),
      Marker: encode(Marker),
      MaxKeys,
      IsTruncated: page.next !== undefined,
      ...(Delimiter === '' ? {} : { Delimiter: encode(Delimiter) }),
      ...(input.EncodingType === undefined ? {} : { EncodingType: input.EncodingType }),
      ...(page.next === undefined || Delimiter === '' ? {} : { NextMarker: encode(page.next) }),
      Contents: page.objects.map((row) => describe(row, encode, true)),
      CommonPrefixes: page.prefixes.map((prefix) => ({ Prefix: encode(prefix) })),
    };
  };

  const listObjectVersions: Operation<
    S3.ListObjectVersionsCommandInput,
    S3.ListObjectVersionsCommandOutput
  > = (input) => {
    const { Prefix = '', MaxKeys = pageSize, KeyMarker = '', VersionIdMarker } = input;
    requireBucket(store, input.Bucket);
    const encode = encoder(input.EncodingType);
    const rows = store
      .versions(input.Bucket ?? '', larger(Prefix, KeyMarker))
      .filter(({ key }) => key.startsWith(Prefix));
    const marked = rows.findIndex((row) => row.key === KeyMarker && row.versionId === VersionIdMarker);
    const rest =
      marked === -1 ? rows.filter(({ key }) => KeyMarker === '' || key > KeyMarker) : rows.slice(marked + 1);
    const page = rest.slice(0, checkLimit(MaxKeys));
    const last = page.at(-1);
    const truncated = rest.length > page.length;
    const entry = (row: ObjectRow) => ({
      Key: encode(row.key),
      VersionId: row.versionId,
      IsLatest: row.latest === 1,
      LastModified: new Date(row.modifiedAt),
    });
    return {
      Name: input.Bucket,
      Prefix: encode(Prefix),
      MaxKeys,
      IsTruncated: truncated,
      ...(truncated && last ? { NextKeyMarker: encode(last.key), NextVersionIdMarker: last.versionId } : {}),
      Versions: page
        .filter((row) => !row.deleteMarker)
        .map((row) => ({ ...entry(row), ETag: row.etag, Size: row.size, StorageClass: 'STANDARD' as const })),
      DeleteMarkers: page.filter((row) => row.deleteMarker).map(entry),
    };
  };

  return { ListObjectsV2: listObjectsV2, ListObjects: listObjects, ListObjectVersions: listObjectVersions };
}

/**
 * One page of keys after `after`, in the order of their bytes. Keys that share what stands before the next
 * delimiter count as one, and are skipped in one step.
 */
function listPage(
  store: S3Store,
  bucket: string,
  prefix: string,
  delimiter: string,
  after: string,
  limit: number,
): Page {
  const objects: ObjectRow[] = [];
  const prefixes: string[] = [];
  let last: string | undefined;
  let from = after === '' ? prefix : larger(prefix, startAfter(after, prefix, delimiter));
  if (limit === 0) return { objects, prefixes, next: undefined };
  for (;;) {
    const rows = store.page(bucket, from, pageSize);
    let skipped = false;
    for (const row of rows) {
      if (!row.key.startsWith(prefix)) return { objects, prefixes, next: undefined };
      if (objects.length + prefixes.length >= limit) return { objects, prefixes, next: last };
      const end = delimiter === '' ? -1 : row.key.indexOf(delimiter, prefix.length);
      if (end !== -1) {
        const common = row.key.slice(0, end + delimiter.length);
        prefixes.push(common);
        last = common;
        from = common + afterAll;
        skipped = true;
        break;
      }
      objects.push(row);
      last = row.key;
      from = `${row.key}\0`;
    }
    if (!skipped && rows.length < pageSize) return { objects, prefixes, next: undefined };
  }
}

/** After a common prefix, all keys that begin with it have been listed. */
function startAfter(after: string, prefix: string, delimiter: string): string {
  const isCommon =
    delimiter !== '' && after.startsWith(prefix) && after.endsWith(delimiter) && after.length > prefix.length;
  return isCommon ? after + afterAll : `${after}\0`;
}

const larger = (a: string, b: string): string => (Buffer.compare(Buffer.from(a), Buffer.from(b)) > 0 ? a : b);

function checkLimit(limit: number): number {
  if (limit >= 0) return Math.min(limit, pageSize);
  throw new ServiceError('InvalidArgument', 'Argument maxKeys must be an integer between 0 and 2147483647');
}

const writeToken = (key: string): string => Buffer.from(key).toString('base64url');

function readToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString();
  if (token !== '' && writeToken(key) === token) return key;
  throw new ServiceError('InvalidArgument', 'The continuation token provided is incorrect');
}

const encoder = (type: string | undefined) =>
  type === 'url' ? (text: string) => encodeURIComponent(text).replaceAll('%2F', '/') : (text: string) => text;

function describe(row: ObjectRow, encode: (text: string) => string, withOwner: boolean): S3._Object {
  return {
    Key: encode(row.key),
    LastModified: new Date(row.modifiedAt),
    ETag: row.etag,
    Size: row.size,
    StorageClass: (row.attributes.storageClass ?? 'STANDARD') as S3.ObjectStorageClass,
    ...(withOwner ? { Owner: { ID: 'local', DisplayName: 'local' } } : {}),
  };
}

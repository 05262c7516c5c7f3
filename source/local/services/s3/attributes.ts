import { ServiceError } from '../../backend.ts';
import { parsePairs } from '../../wire/http-message.ts';
import type { ObjectAttributes } from './s3-store.ts';

const headerMembers = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
] as const;

type AttributeInput = {
  [member in (typeof headerMembers)[number]]?: string | undefined;
} & {
  Expires?: Date | string | undefined;
  Metadata?: Record<string, string> | undefined;
  Tagging?: string | undefined;
  StorageClass?: string | undefined;
  WebsiteRedirectLocation?: string | undefined;
};

/** S3's limit on user metadata, in bytes. */
const maximumMetadata = 2_048;

/** What a request says of an object besides its body. */
export function attributesOf(input: AttributeInput): ObjectAttributes {
  const headers: Record<string, string> = {};
  for (const member of headerMembers) {
    const value = input[member];
    if (value !== undefined) headers[member] = value;
  }
  // `aws-chunked` belongs to the transfer, not to the object.
  if (headers.ContentEncoding !== undefined) {
    const kept = headers.ContentEncoding.split(',').filter((part) => part.trim() !== 'aws-chunked');
    if (kept.length === 0) delete headers.ContentEncoding;
    else headers.ContentEncoding = kept.join(',').trim();
  }
  headers.ContentType ??= 'binary/octet-stream';
  if (input.WebsiteRedirectLocation !== undefined)
    headers.WebsiteRedirectLocation = input.WebsiteRedirectLocation;
  if (input.Expires !== undefined) headers.Expires = new Date(input.Expires).toUTCString();
  const metadata = input.Metadata ?? {};
  const size = Object.entries(metadata).reduce(
    (sum, [key, value]) => sum + Buffer.byteLength(key + value),
    0,
  );
  if (size > maximumMetadata) {
    throw new ServiceError(
      'MetadataTooLarge',
      'Your metadata headers exceed the maximum allowed metadata size',
      400,
    );
  }
  return {
    headers,
    metadata,
    tags: checkTags(parsePairs(input.Tagging ?? '').map(([Key, Value]) => ({ Key, Value }))),
    checksums: {},
    storageClass: input.StorageClass === 'STANDARD' ? undefined : input.StorageClass,
  };
}

/** @throws ServiceError InvalidTag or BadRequest */
export function checkTags(tags: { Key?: string | undefined; Value?: string | undefined }[], limit = 10) {
  if (tags.length > limit)
    throw new ServiceError('BadRequest', `Object tags cannot be greater than ${limit}`);
  const seen = new Set<string>();
  return tags.map(({ Key = '', Value = '' }) => {
    if (Key === '' || Key.length > 128)
      throw new ServiceError('InvalidTag', 'The TagKey you have provided is invalid');
    if (Value.length > 256) throw new ServiceError('InvalidTag', 'The TagValue you have provided is invalid');
    if (seen.has(Key)) throw new ServiceError('InvalidTag', 'Cannot provide multiple Tags with the same key');
    seen.add(Key);
    return { Key, Value };
  });
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { PutObjectCommandInput, S3 } from '@aws-sdk/client-s3';
import { metadataPrefix } from '../../model/object-headers.ts';
import type { FolderFile } from './folder-files.ts';

/** SHA-256 of a file, and one of that with everything else that the object has. */
export async function digestOf({
  path,
  headers,
  tags,
}: FolderFile): Promise<{ content: Buffer; whole: string }> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  const content = hash.digest();
  const rest = JSON.stringify([Object.entries(headers).sort(), Object.entries(tags).sort()]);
  return { content, whole: createHash('sha256').update(content).update(rest).digest('hex') };
}

export async function sendFile(
  s3: S3,
  Bucket: string,
  file: FolderFile,
  content: Buffer,
  abortSignal: AbortSignal,
): Promise<void> {
  await s3.putObject(
    {
      Bucket,
      Key: file.key,
      // A path makes the SDK read the file twice, for the signature, and never hold it whole.
      Body: createReadStream(file.path),
      ContentLength: file.bytes,
      ChecksumSHA256: content.toString('base64'),
      ...headerFields(file.headers),
      ...(Object.keys(file.tags).length > 0 && { Tagging: new URLSearchParams(file.tags).toString() }),
    },
    { abortSignal },
  );
}

type HeaderFields = Pick<
  PutObjectCommandInput,
  | 'CacheControl'
  | 'ContentDisposition'
  | 'ContentEncoding'
  | 'ContentLanguage'
  | 'ContentType'
  | 'Expires'
  | 'Metadata'
>;

function headerFields(headers: Record<string, string>): HeaderFields {
  const metadata = Object.entries(headers)
    .filter(([name]) => name.startsWith(metadataPrefix))
    .map(([name, value]) => [name.slice(metadataPrefix.length), value]);
  return {
    CacheControl: headers['cache-control'],
    ContentDisposition: headers['content-disposition'],
    ContentEncoding: headers['content-encoding'],
    ContentLanguage: headers['content-language'],
    ContentType: headers['content-type'],
    ...(headers.expires !== undefined && { Expires: new Date(headers.expires) }),
    ...(metadata.length > 0 && { Metadata: Object.fromEntries(metadata) }),
  };
}

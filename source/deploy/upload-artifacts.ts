import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { S3 } from '@aws-sdk/client-s3';
import { hasStatus } from '../aws/aws-error.ts';
import type { Clients } from '../aws/clients.ts';
import { UserError } from '../model/errors.ts';
import { artifactLifetimeDays } from './artifact-bucket.ts';
import { Interrupted, type Run } from './operation.ts';
import { severalAtOnce } from './several-at-once.ts';

/** What is to lie in the bucket. Files are read only when they have to be sent. */
export type Upload = {
  /** The function, or `template`. */
  name: string;
  key: string;
  bytes: number;
  /** SHA-256 of the content, hex. */
  digest: string;
  content: { path: string } | { text: string };
  contentType: string;
};

const uploadsAtOnce = 4;

/** The key of an artifact holds its digest alone, so that an unchanged project is an unchanged stack. */
export const artifactKey = (digest: string): string => `${digest}.zip`;

export function templateUpload(text: string): Upload {
  const digest = createHash('sha256').update(text).digest('hex');
  return {
    name: 'template',
    key: `templates/${digest}.json`,
    bytes: Buffer.byteLength(text),
    digest,
    content: { text },
    contentType: 'application/json',
  };
}

/** Sends what is not in the bucket yet, several at once. Functions with the same code share one object. */
export async function uploadAll(
  run: Run,
  clients: Clients,
  bucket: string,
  uploads: readonly Upload[],
): Promise<void> {
  const s3 = await clients.s3();
  const byKey = Map.groupBy(uploads, (upload) => upload.key);
  await severalAtOnce(byKey.values(), uploadsAtOnce, async (group) => {
    if (run.interrupted.aborted) throw new Interrupted();
    await uploadGroup(run, s3, bucket, group);
  });
}

async function uploadGroup(run: Run, s3: S3, bucket: string, group: readonly Upload[]): Promise<void> {
  const [upload] = group;
  if (upload === undefined) return;
  const report = (status: 'running' | 'sent' | 'present' | 'failed', message?: string) => {
    for (const { name, key, bytes } of group)
      run.emit({ type: 'upload', name, status, key, bytes, ...(message !== undefined && { message }) });
  };
  report('running');
  try {
    if (await isPresent(s3, bucket, upload, run)) return report('present');
    const { content } = upload;
    await s3.putObject(
      {
        Bucket: bucket,
        Key: upload.key,
        Body: 'path' in content ? await readArtifact(content.path) : content.text,
        ContentType: upload.contentType,
        ChecksumSHA256: Buffer.from(upload.digest, 'hex').toString('base64'),
      },
      { abortSignal: run.interrupted },
    );
    report('sent');
  } catch (error) {
    report('failed', error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function readArtifact(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UserError(
      `The artifact ${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      {
        code: 'cannot-read-artifact',
        exitCode: 1,
        hint: 'Build it again with `stp package`.',
      },
    );
  }
}

/** There already, whole, and not about to expire: CloudFormation reads it again when it rolls back. */
async function isPresent(s3: S3, bucket: string, upload: Upload, run: Run): Promise<boolean> {
  try {
    const head = await s3.headObject({ Bucket: bucket, Key: upload.key }, { abortSignal: run.interrupted });
    const age = run.control.now() - (head.LastModified?.getTime() ?? 0);
    return head.ContentLength === upload.bytes && age < (artifactLifetimeDays / 2) * 86_400_000;
  } catch (error) {
    // A HEAD has no body, so that its errors have only a status; who may not list the bucket gets 403 for a
    // missing object.
    if (hasStatus(error, 403, 404)) return false;
    throw error;
  }
}

/** Where CloudFormation finds an object: a template's `TemplateURL`. */
export function objectUrl(clients: Clients, bucket: string, key: string): string {
  const { endpoint, region } = clients.target;
  if (endpoint !== undefined) return `${endpoint.replace(/\/$/, '')}/${bucket}/${key}`;
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${bucket}.s3.${region}.${domain}/${key}`;
}

import type { S3 } from '@aws-sdk/client-s3';
import { hasStatus } from '../../aws/aws-error.ts';
import type { FolderUpload } from '../../synth/synthesize-stack.ts';
import { ensureArtifactBucket } from '../artifact-bucket.ts';
import { deleteObjects } from '../empty-bucket.ts';
import { listResources } from '../list-resources.ts';
import type { Run } from '../operation.ts';
import { severalAtOnce } from '../several-at-once.ts';
import { type FolderFile, readFolder } from './folder-files.ts';
import { digestOf, sendFile } from './send-file.ts';

const uploadsAtOnce = 8;

type Input = {
  folders: readonly FolderUpload[];
  /** Of the project. */
  directory: string;
  stackName: string;
  stackId: string;
};

/**
 * Brings the folders of a deployed stack into their buckets: sends what differs, and removes what an earlier upload has
 * put there and the folder no longer has. What somebody else has put there stays. True where a bucket was changed.
 * @throws UserError `missing-directory`, `empty-directory`; AwsError
 */
export async function uploadFolders(
  run: Run,
  { folders, directory, stackName, stackId }: Input,
): Promise<boolean> {
  if (folders.length === 0) return false;
  const resources = await listResources(await run.clients.cloudFormation(), stackId);
  const artifactBucket = await ensureArtifactBucket(run, run.clients);
  let changed = false;
  for (const folder of folders) {
    const bucket = resources.find((one) => one.LogicalResourceId === folder.logicalId)?.PhysicalResourceId;
    // An override or a condition may have kept it out of the stack.
    if (bucket === undefined) continue;
    const record = { bucket: artifactBucket, key: `folders/${stackName}/${folder.resource}.json` };
    const files = readFolder(folder, directory);
    if (await uploadFolder(run, folder, { bucket, files, record })) changed = true;
  }
  return changed;
}

/** What earlier uploads have put into a bucket: digests of the objects by their keys. */
type Uploaded = Record<string, string>;

async function uploadFolder(
  run: Run,
  { resource, properties }: FolderUpload,
  { bucket, files, record }: { bucket: string; files: FolderFile[]; record: { bucket: string; key: string } },
): Promise<boolean> {
  const s3 = await run.clients.s3();
  const { control, abandoned } = run;
  const signal = AbortSignal.any([control.detach, control.cancel, abandoned]);
  const before = await readRecord(s3, record);
  const there = await sizesOf(s3, bucket);
  const kept = new Set(files.map(({ key }) => key));
  const gone = Object.keys(before).filter((key) => !kept.has(key) && there.has(key));
  const foreign = [...there.keys()].filter((key) => !kept.has(key) && before[key] === undefined);
  if (foreign.length > 0) {
    const objects = foreign.length === 1 ? 'one object' : `${foreign.length} objects`;
    run.notice('info', `${resource} holds ${objects} that no deploy has put there; nothing is done to them.`);
  }
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  const report = (status: 'running' | 'sent' | 'present' | 'failed', message?: string) =>
    run.emit({
      type: 'upload',
      name: resource,
      status,
      key: properties.directoryPath,
      bytes,
      ...(message !== undefined && { message }),
    });
  report('running');
  const uploaded: Uploaded = { ...before };
  let sent = 0;
  try {
    await severalAtOnce(files, uploadsAtOnce, async (file) => {
      signal.throwIfAborted();
      const digest = await digestOf(file);
      if (before[file.key] === digest.whole && there.get(file.key) === file.bytes) return;
      await sendFile(s3, bucket, file, digest.content, signal);
      uploaded[file.key] = digest.whole;
      sent++;
    });
    await deleteObjects(
      s3,
      bucket,
      gone.map((Key) => ({ Key })),
    );
    for (const key of gone) delete uploaded[key];
  } catch (error) {
    if (signal.aborted) {
      run.notice('warning', `The folder of ${resource} is uploaded in part; the next deploy goes on.`);
    } else {
      report('failed', error instanceof Error ? error.message : String(error));
      throw error;
    }
  } finally {
    if (sent > 0 || gone.length > 0) await writeRecord(s3, record, uploaded);
  }
  const parts = [
    sent > 0 ? `${sent} of ${files.length} files sent` : `${files.length} files, all there`,
    ...(gone.length > 0 ? [`${gone.length} removed`] : []),
  ];
  report(sent > 0 || gone.length > 0 ? 'sent' : 'present', parts.join(', '));
  return sent > 0 || gone.length > 0;
}

async function sizesOf(s3: S3, Bucket: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  let token: string | undefined;
  do {
    const page = await s3.listObjectsV2({ Bucket, ...(token !== undefined && { ContinuationToken: token }) });
    for (const { Key, Size } of page.Contents ?? []) if (Key !== undefined) sizes.set(Key, Size ?? 0);
    token = page.NextContinuationToken;
  } while (token !== undefined);
  return sizes;
}

async function readRecord(s3: S3, { bucket, key }: { bucket: string; key: string }): Promise<Uploaded> {
  try {
    const { Body } = await s3.getObject({ Bucket: bucket, Key: key });
    return JSON.parse((await Body?.transformToString()) ?? '{}') as Uploaded;
  } catch (error) {
    // Not there, expired, or cut off: everything is sent again, and nothing is removed.
    if (error instanceof SyntaxError || hasStatus(error, 403, 404)) return {};
    throw error;
  }
}

const writeRecord = (s3: S3, { bucket, key }: { bucket: string; key: string }, uploaded: Uploaded) =>
  s3.putObject({ Bucket: bucket, Key: key, Body: JSON.stringify(uploaded), ContentType: 'application/json' });

/** Buckets are there only once the stack is. */
export function noticeFolders(run: Run, folders: readonly FolderUpload[]): void {
  if (folders.length === 0) return;
  const names = folders.map(({ resource }) => resource).join(', ');
  run.notice('warning', `Nothing is uploaded to ${names}; deploy again once the stack is there.`);
}

import type { S3 } from '@aws-sdk/client-s3';
import { isServiceError } from '../aws/aws-error.ts';
import { AwsError } from '../model/errors.ts';

/** True where the bucket holds at least one object. A bucket that is not there holds none. */
export async function holdsObjects(s3: S3, bucket: string): Promise<boolean> {
  try {
    const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket, MaxKeys: 1 });
    return Contents.length > 0;
  } catch (error) {
    if (isServiceError(error, 'NoSuchBucket')) return false;
    throw error;
  }
}

/** Deletes every object of a bucket, old versions and delete markers too, a thousand at a time. */
export async function emptyBucket(s3: S3, bucket: string, signal: AbortSignal): Promise<void> {
  try {
    const { Status } = await s3.getBucketVersioning({ Bucket: bucket }).catch(() => ({ Status: undefined }));
    for (;;) {
      if (signal.aborted) return;
      const found = Status === undefined ? await listObjects(s3, bucket) : await listVersions(s3, bucket);
      if (found.length === 0) return;
      await deleteObjects(s3, bucket, found);
    }
  } catch (error) {
    if (!isServiceError(error, 'NoSuchBucket')) throw error;
  }
}

type ObjectName = { Key: string; VersionId?: string };

/** @throws AwsError for the first object that S3 does not delete */
export async function deleteObjects(s3: S3, bucket: string, names: readonly ObjectName[]): Promise<void> {
  for (let start = 0; start < names.length; start += 1000) {
    const { Errors = [] } = await s3.deleteObjects({
      Bucket: bucket,
      Delete: { Objects: names.slice(start, start + 1000), Quiet: true },
    });
    const [first] = Errors;
    if (first)
      throw new AwsError(`${first.Key} in ${bucket} cannot be deleted: ${first.Message ?? first.Code}`, {
        code: first.Code ?? 'DeleteFailed',
      });
  }
}

async function listObjects(s3: S3, bucket: string): Promise<ObjectName[]> {
  const { Contents = [] } = await s3.listObjectsV2({ Bucket: bucket, MaxKeys: 1000 });
  return Contents.map(({ Key = '' }) => ({ Key }));
}

async function listVersions(s3: S3, bucket: string): Promise<ObjectName[]> {
  const { Versions = [], DeleteMarkers = [] } = await s3.listObjectVersions({
    Bucket: bucket,
    MaxKeys: 1000,
  });
  return [...Versions, ...DeleteMarkers].map(({ Key = '', VersionId }) => ({
    Key,
    ...(VersionId !== undefined && { VersionId }),
  }));
}

import { ServiceError } from '../../backend.ts';
import type { BucketRow, ObjectRow, S3Store } from './s3-store.ts';

/** @throws ServiceError NoSuchBucket */
export function requireBucket(store: S3Store, name: string | undefined): BucketRow {
  const bucket = store.bucket(name ?? '');
  if (bucket !== undefined) return bucket;
  throw new ServiceError('NoSuchBucket', 'The specified bucket does not exist', 404, {
    BucketName: name ?? '',
  });
}

/**
 * The version that is asked for, or the latest one.
 * @throws ServiceError NoSuchBucket, NoSuchKey, NoSuchVersion or, for a delete marker by its id, MethodNotAllowed
 */
export function requireObject(store: S3Store, bucket = '', key = '', versionId?: string): ObjectRow {
  requireBucket(store, bucket);
  const row = store.object(bucket, key, versionId);
  if (row === undefined && versionId !== undefined) {
    throw new ServiceError('NoSuchVersion', 'The specified version does not exist.', 404, {
      Key: key,
      VersionId: versionId,
    });
  }
  if (row === undefined || (row.deleteMarker && versionId === undefined)) {
    throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404, { Key: key });
  }
  if (row.deleteMarker) {
    throw new ServiceError(
      'MethodNotAllowed',
      'The specified method is not allowed against this resource.',
      405,
    );
  }
  return row;
}

export const preconditionFailed = (condition: string): ServiceError =>
  new ServiceError(
    'PreconditionFailed',
    'At least one of the pre-conditions you specified did not hold',
    412,
    {
      Condition: condition,
    },
  );

import type * as S3 from '@aws-sdk/client-s3';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import type { Bodies } from './bodies.ts';
import { requireBucket } from './s3-errors.ts';
import type { S3Store } from './s3-store.ts';

/** Operations on buckets themselves. */
export function bucketOperations(backend: Pick<Backend, 'now' | 'region'>, store: S3Store, bodies: Bodies) {
  const createBucket: Operation<S3.CreateBucketCommandInput, S3.CreateBucketCommandOutput> = (input) => {
    const { Bucket = '' } = input;
    checkName(Bucket);
    if (store.bucket(Bucket) !== undefined) {
      throw new ServiceError(
        'BucketAlreadyOwnedByYou',
        'Your previous request to create the named bucket succeeded and you already own it.',
        409,
        { BucketName: Bucket },
      );
    }
    store.addBucket(Bucket, backend.now());
    return { Location: `/${Bucket}` };
  };

  const deleteBucket: Operation<S3.DeleteBucketCommandInput, S3.DeleteBucketCommandOutput> = async (
    input,
  ) => {
    const { name } = requireBucket(store, input.Bucket);
    if (!store.isEmpty(name)) {
      throw new ServiceError('BucketNotEmpty', 'The bucket you tried to delete is not empty', 409, {
        BucketName: name,
      });
    }
    const parts = store.uploads(name).flatMap(({ id }) => store.parts(id));
    store.removeBucket(name);
    await bodies.remove(...parts.map(({ file }) => file));
    return {};
  };

  const headBucket: Operation<S3.HeadBucketCommandInput, S3.HeadBucketCommandOutput> = (input) => {
    requireBucket(store, input.Bucket);
    return { BucketRegion: backend.region, AccessPointAlias: false };
  };

  const listBuckets: Operation<S3.ListBucketsCommandInput, S3.ListBucketsCommandOutput> = (input) => {
    const { Prefix = '', MaxBuckets = 10_000, ContinuationToken = '' } = input;
    const found = store
      .buckets()
      .filter(
        ({ name }) => name.startsWith(Prefix) && (ContinuationToken === '' || name > ContinuationToken),
      );
    const page = found.slice(0, MaxBuckets);
    const last = page.at(-1);
    return {
      Buckets: page.map(({ name, createdAt }) => ({
        Name: name,
        CreationDate: new Date(createdAt),
        BucketRegion: backend.region,
      })),
      Owner: { ID: 'local', DisplayName: 'local' },
      ...(found.length > page.length && last ? { ContinuationToken: last.name } : {}),
    };
  };

  const getBucketLocation: Operation<S3.GetBucketLocationCommandInput, S3.GetBucketLocationCommandOutput> = (
    input,
  ) => {
    requireBucket(store, input.Bucket);
    // us-east-1 is the Region whose name S3 does not say.
    if (backend.region === 'us-east-1') return {};
    return { LocationConstraint: backend.region as S3.BucketLocationConstraint };
  };

  const putBucketVersioning: Operation<
    S3.PutBucketVersioningCommandInput,
    S3.PutBucketVersioningCommandOutput
  > = (input) => {
    const { name } = requireBucket(store, input.Bucket);
    const status = input.VersioningConfiguration?.Status;
    if (status !== 'Enabled' && status !== 'Suspended') {
      throw new ServiceError(
        'IllegalVersioningConfigurationException',
        'The Versioning element must be specified',
      );
    }
    store.setVersioning(name, status);
    return {};
  };

  const getBucketVersioning: Operation<
    S3.GetBucketVersioningCommandInput,
    S3.GetBucketVersioningCommandOutput
  > = (input) => {
    const { versioning } = requireBucket(store, input.Bucket);
    return versioning === null ? {} : { Status: versioning };
  };

  return {
    CreateBucket: createBucket,
    DeleteBucket: deleteBucket,
    HeadBucket: headBucket,
    ListBuckets: listBuckets,
    GetBucketLocation: getBucketLocation,
    PutBucketVersioning: putBucketVersioning,
    GetBucketVersioning: getBucketVersioning,
  };
}

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
function checkName(name: string): void {
  const shaped = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !name.includes('..');
  const address = /^\d+\.\d+\.\d+\.\d+$/.test(name);
  if (shaped && !address && !name.startsWith('xn--') && !name.endsWith('-s3alias')) return;
  throw new ServiceError('InvalidBucketName', 'The specified bucket is not valid.', 400, {
    BucketName: name,
  });
}

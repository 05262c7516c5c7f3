import type * as S3 from '@aws-sdk/client-s3';
import type { Operation } from '../../backend.ts';
import { checkTags } from './attributes.ts';
import { versionOf } from './objects.ts';
import { requireObject } from './s3-errors.ts';
import type { S3Store } from './s3-store.ts';

/** Operations on the tags of objects. */
export function objectTagOperations(store: S3Store) {
  const put: Operation<S3.PutObjectTaggingCommandInput, S3.PutObjectTaggingCommandOutput> = (input) => {
    const row = requireObject(store, input.Bucket, input.Key, input.VersionId);
    store.setAttributes(row, { ...row.attributes, tags: checkTags(input.Tagging?.TagSet ?? []) });
    return versionOf(row);
  };

  const get: Operation<S3.GetObjectTaggingCommandInput, S3.GetObjectTaggingCommandOutput> = (input) => {
    const row = requireObject(store, input.Bucket, input.Key, input.VersionId);
    return { TagSet: row.attributes.tags, ...versionOf(row) };
  };

  const remove: Operation<S3.DeleteObjectTaggingCommandInput, S3.DeleteObjectTaggingCommandOutput> = (
    input,
  ) => {
    const row = requireObject(store, input.Bucket, input.Key, input.VersionId);
    store.setAttributes(row, { ...row.attributes, tags: [] });
    return versionOf(row);
  };

  return { PutObjectTagging: put, GetObjectTagging: get, DeleteObjectTagging: remove };
}

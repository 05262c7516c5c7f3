import { sub, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';

/**
 * Bucket names are unique in the world: the account and the Region stand in them. S3 allows 63 characters, of which
 * those two take 12 and up to 15, and the hyphens 2. It allows no capital letters.
 */
export const bucketName = (names: Names, name: string): Value =>
  sub(`${names.physicalName(name, 34).toLowerCase()}-\${AWS::AccountId}-\${AWS::Region}`);

/**
 * ARN of a bucket, or of what a path names in it, written out and not by reference: a bucket waits for the functions
 * that it notifies, and those may neither wait for it by their variables nor by their roles (spec, trap 10).
 */
export const bucketArn = (names: Names, name: string, path = ''): Value =>
  sub(
    `arn:\${AWS::Partition}:s3:::${names.physicalName(name, 34).toLowerCase()}-\${AWS::AccountId}-\${AWS::Region}${path}`,
  );

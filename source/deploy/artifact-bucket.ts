import type { Clients } from '../aws/clients.ts';
import { UserError } from '../model/errors.ts';
import { Interrupted, type Run, sleep } from './operation.ts';
import { findStack, isRunning } from './stack-status.ts';

/** One in each account and Region, shared by all projects. */
export const artifactStackName = 'stp-artifacts';

/** Days after which an artifact is removed. One in use is sent again long before (`upload-artifacts.ts`). */
export const artifactLifetimeDays = 365;

/**
 * CloudFormation gives the bucket its name: a name that can be guessed could be taken by somebody else first.
 */
const template = {
  AWSTemplateFormatVersion: '2010-09-09',
  Description: 'Artifacts of functions that stp deploys: private, encrypted, old ones expire.',
  Resources: {
    ArtifactBucket: {
      Type: 'AWS::S3::Bucket',
      Properties: {
        BucketEncryption: {
          ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
        },
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        LifecycleConfiguration: {
          Rules: [
            { Id: 'expire-old-artifacts', Status: 'Enabled', ExpirationInDays: artifactLifetimeDays },
            {
              Id: 'abort-broken-uploads',
              Status: 'Enabled',
              AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
            },
          ],
        },
      },
    },
  },
  Outputs: { BucketName: { Value: { Ref: 'ArtifactBucket' } } },
};

/** Name of the bucket that artifacts go to; made on the first deploy to an account and Region. */
export async function ensureArtifactBucket(run: Run, clients: Clients): Promise<string> {
  const cloudFormation = await clients.cloudFormation();
  const signal = run.interrupted;
  let stack = await findStack(cloudFormation, artifactStackName, signal);
  const status = stack?.StackStatus;
  // A bucket that could not be made leaves its stack behind, which can only be deleted.
  if (status === 'ROLLBACK_COMPLETE' || status === 'CREATE_FAILED' || status === 'DELETE_FAILED') {
    await cloudFormation.deleteStack({ StackName: stack?.StackId ?? artifactStackName });
    stack = await settled(run, clients, stack?.StackId ?? artifactStackName);
  }
  if (stack === undefined || stack.StackStatus === 'DELETE_COMPLETE') {
    run.notice('info', `Making the artifact bucket of this account and Region (stack ${artifactStackName}).`);
    try {
      await cloudFormation.createStack({
        StackName: artifactStackName,
        TemplateBody: JSON.stringify(template),
        Tags: [{ Key: 'stp:stack-name', Value: artifactStackName }],
      });
    } catch (error) {
      // Another deploy was faster.
      if (!(error instanceof Error) || error.name !== 'AlreadyExistsException') throw error;
    }
  }
  stack = await settled(run, clients, artifactStackName);
  const bucket = stack?.Outputs?.find((output) => output.OutputKey === 'BucketName')?.OutputValue;
  if (bucket !== undefined) return bucket;
  throw new UserError(
    `The artifact bucket could not be made: ${stack?.StackStatusReason ?? stack?.StackStatus}`,
    {
      code: 'no-artifact-bucket',
      exitCode: 1,
      hint: `Look at the stack ${artifactStackName} in CloudFormation; delete it and deploy again.`,
    },
  );
}

/** The stack once nothing is in progress in it. */
async function settled(run: Run, clients: Clients, stackNameOrId: string) {
  const cloudFormation = await clients.cloudFormation();
  for (;;) {
    const stack = await findStack(cloudFormation, stackNameOrId, run.interrupted);
    if (!stack || !isRunning(stack.StackStatus ?? '')) return stack;
    await sleep(run.pollInterval, run.interrupted);
    if (run.interrupted.aborted) throw new Interrupted();
  }
}

import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { Clients } from '../aws/clients.ts';
import type { Artifact, PackagingEvent } from '../packaging/artifact.ts';
import { artifactBucketParameter } from '../synth/synthesize-stack.ts';
import { ensureArtifactBucket } from './artifact-bucket.ts';
import type { ChangeSetRequest } from './change-set.ts';
import type { DeployEventBody } from './deploy-event.ts';
import type { DeployInput } from './deploy-stack.ts';
import type { Run } from './operation.ts';
import { artifactKey, objectUrl, templateUpload, type Upload, uploadAll } from './upload-artifacts.ts';

/** CloudFormation's limit for a template in the request, in bytes. */
const inlineTemplateLimit = 51_200;

/** Builds the artifacts and reports each as it goes. */
export async function packageFunctions(run: Run, input: DeployInput): Promise<Artifact[]> {
  return input.package((event) => {
    const body = artifactEvent(event);
    if (body) run.emit(body);
  }, run.interrupted);
}

function artifactEvent(event: PackagingEvent): DeployEventBody | undefined {
  switch (event.type) {
    case 'started':
      return { type: 'artifact', function: event.function, status: 'building' };
    case 'finished': {
      const { bytes, zippedBytes, digest, milliseconds, outcome } = event.artifact;
      return {
        type: 'artifact',
        function: event.function,
        status: outcome,
        bytes,
        zippedBytes,
        digest,
        milliseconds,
      };
    }
    case 'failed':
      return { type: 'artifact', function: event.function, status: 'failed', message: event.problem.message };
    case 'notice':
      return { type: 'notice', level: 'warning', message: event.message };
  }
}

/** Brings artifacts and, where it is too large for a request, the template into the bucket. */
export async function sendArtifacts(
  run: Run,
  clients: Clients,
  input: DeployInput,
  artifacts: readonly Artifact[],
): Promise<{ template: ChangeSetRequest['template']; parameters: Parameter[] }> {
  const text = JSON.stringify(input.template);
  const inline = Buffer.byteLength(text) <= inlineTemplateLimit;
  if (artifacts.length === 0 && inline) return { template: { TemplateBody: text }, parameters: [] };

  const bucket = await ensureArtifactBucket(run, clients);
  const uploads: Upload[] = artifacts.map((artifact) => ({
    name: artifact.function,
    key: artifactKey(artifact.digest),
    bytes: artifact.zippedBytes,
    digest: artifact.digest,
    content: { path: artifact.path },
    contentType: 'application/zip',
  }));
  const templateFile = inline ? undefined : templateUpload(text);
  await uploadAll(run, clients, bucket, templateFile ? [...uploads, templateFile] : uploads);

  const digests = new Map(artifacts.map((artifact) => [artifact.function, artifact.digest]));
  const keys = input.artifacts.flatMap(({ functionName, keyParameter }) => {
    const digest = digests.get(functionName);
    return digest === undefined ? [] : [{ ParameterKey: keyParameter, ParameterValue: artifactKey(digest) }];
  });
  const takesBucket = input.template.Parameters?.[artifactBucketParameter] !== undefined;
  return {
    template: templateFile
      ? { TemplateURL: objectUrl(clients, bucket, templateFile.key) }
      : { TemplateBody: text },
    parameters: takesBucket
      ? [{ ParameterKey: artifactBucketParameter, ParameterValue: bucket }, ...keys]
      : keys,
  };
}

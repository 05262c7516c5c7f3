import type { Config } from '../model/config.ts';
import type { Template } from '../model/template.ts';
import type { Artifact } from '../packaging/artifact.ts';
import { synthesizeStack } from '../synth/synthesize-stack.ts';

/**
 * The template to deploy, once the artifacts are built: where functions have versions, a version's logical id carries
 * the digest of its code, without which CloudFormation would see nothing new in it.
 */
export function withVersionDigests(
  { config, template }: { config: Config; template: Template },
  artifacts: readonly Pick<Artifact, 'function' | 'digest'>[],
): Template {
  const hasVersions = Object.values(template.Resources).some(({ Type }) => Type === 'AWS::Lambda::Version');
  if (!hasVersions) return template;
  const digests = Object.fromEntries(artifacts.map((artifact) => [artifact.function, artifact.digest]));
  return synthesizeStack(config, { digests }).template;
}

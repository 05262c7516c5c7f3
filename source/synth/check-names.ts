import { describeValue } from '../iam/describe-value.ts';
import type { Value } from '../model/intrinsic.ts';
import type { TemplateResource } from '../model/template.ts';
import { placeOf } from './config-place.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** Names that AWS keeps in small letters, so that names of the config which differ may come to one. */
const nameProperties: Readonly<Record<string, readonly (string | number)[]>> = {
  'AWS::Cognito::UserPoolDomain': ['Domain'],
  'AWS::ECS::Service': ['ServiceConnectConfiguration', 'Services', 0, 'DiscoveryName'],
  'AWS::ElastiCache::ReplicationGroup': ['ReplicationGroupId'],
  'AWS::RDS::DBCluster': ['DBClusterIdentifier'],
  'AWS::RDS::DBInstance': ['DBInstanceIdentifier'],
  'AWS::S3::Bucket': ['BucketName'],
};

function nameOf({ Type, Properties }: TemplateResource): Value | undefined {
  let value: Value | undefined = Properties;
  for (const step of nameProperties[Type] ?? []) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, Value | undefined>)[step];
  }
  return Object.hasOwn(nameProperties, Type) ? value : undefined;
}

/** Two resources that AWS would know by one name: the second could not be made. */
export function checkNames(stack: TemplateBuilder): void {
  const first = new Map<string, string>();
  for (const [logicalId, resource] of Object.entries(stack.resources)) {
    const { Type, Metadata } = resource;
    const name = nameOf(resource);
    if (name === undefined) continue;
    const key = `${Type} ${JSON.stringify(name)}`;
    const owner = Metadata?.['stp:resource'];
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, owner ?? logicalId);
      continue;
    }
    stack.report({
      severity: 'error',
      code: 'name-taken',
      path: placeOf(stack.config, logicalId, owner),
      at: 'key',
      message: `Resources ${other} and ${owner ?? logicalId} would have one name at AWS, ${describeValue(name)}.`,
      suggestion: 'Rename one of them.',
    });
  }
}

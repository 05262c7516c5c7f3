import { describeValue } from '../iam/describe-value.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** Names that AWS keeps in small letters, so that names of the config which differ may come to one. */
const nameProperties: Readonly<Record<string, string>> = {
  'AWS::Cognito::UserPoolDomain': 'Domain',
  'AWS::ElastiCache::ReplicationGroup': 'ReplicationGroupId',
  'AWS::RDS::DBCluster': 'DBClusterIdentifier',
  'AWS::RDS::DBInstance': 'DBInstanceIdentifier',
  'AWS::S3::Bucket': 'BucketName',
};

/** Two resources that AWS would know by one name: the second could not be made. */
export function checkNames(stack: TemplateBuilder): void {
  const first = new Map<string, string>();
  for (const [logicalId, { Type, Properties, Metadata }] of Object.entries(stack.resources)) {
    const name = Properties?.[nameProperties[Type] ?? ''];
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
      path: owner === undefined ? ['cloudformationResources', logicalId] : ['resources', owner],
      at: 'key',
      message: `Resources ${other} and ${owner ?? logicalId} would have one name at AWS, ${describeValue(name)}.`,
      suggestion: 'Rename one of them.',
    });
  }
}

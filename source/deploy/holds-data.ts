import type { TemplateResource } from '../model/template.ts';

/** Types whose removal or replacement loses what users put there. Log groups are not among them. */
const dataTypes = new Set([
  'AWS::Cognito::UserPool',
  'AWS::DocDB::DBCluster',
  'AWS::DynamoDB::GlobalTable',
  'AWS::DynamoDB::Table',
  'AWS::EC2::Volume',
  'AWS::EFS::FileSystem',
  'AWS::ElastiCache::CacheCluster',
  'AWS::ElastiCache::ReplicationGroup',
  'AWS::ElastiCache::ServerlessCache',
  'AWS::MemoryDB::Cluster',
  'AWS::MSK::Cluster',
  'AWS::Neptune::DBCluster',
  'AWS::OpenSearchService::Domain',
  'AWS::RDS::DBCluster',
  'AWS::RDS::DBInstance',
  'AWS::Redshift::Cluster',
  'AWS::S3::Bucket',
  'AWS::S3Express::DirectoryBucket',
  'AWS::SecretsManager::Secret',
  'MongoDB::Atlas::Cluster',
  'MongoDB::Atlas::ServerlessInstance',
]);

export const holdsData = (resourceType: string): boolean => dataTypes.has(resourceType);

/** True where the template says that the old one stays or is kept as a snapshot. */
export function isKept(resource: TemplateResource | undefined, when: 'removed' | 'replaced'): boolean {
  const policy = when === 'removed' ? resource?.DeletionPolicy : resource?.UpdateReplacePolicy;
  return (
    policy === 'Retain' || policy === 'Snapshot' || (when === 'removed' && policy === 'RetainExceptOnCreate')
  );
}

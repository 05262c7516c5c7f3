/** Primary regions of Upstash, which are AWS's; else the nearest of the continent. */
const primaryRegions = [
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'eu-west-1',
  'eu-central-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
];

/** Where a resource of a stack in `region` is made. */
export function nearestRegion(region: string): string {
  if (primaryRegions.includes(region)) return region;
  const continent = region.split('-')[0];
  return primaryRegions.find((one) => one.startsWith(`${continent}-`)) ?? 'us-east-1';
}

import * as Type from 'typebox';
import { defineResource, type LocalFinding } from '../../model/descriptor.ts';
import { dedicatedTiers, flexTiers, isFlexTier, tierNumber } from '../../model/mongo-db-atlas-tiers.ts';
import { closedObject, oneOf, staticSwitch, staticText } from '../schema.ts';
import { addProvided, checkProvider, providedParams, providedVariables } from './provided.ts';

const nodes = (description: string) =>
  Type.Optional(Type.Integer({ 'stp:static': true, description, default: 0, minimum: 0, maximum: 50 }));

const replication = closedObject(
  {
    numElectableNodes: Type.Optional(
      oneOf([3, 5, 7], { description: 'Nodes that can become the primary.', default: 3 }),
    ),
    numReadOnlyNodes: nodes('Nodes that are only read from.'),
    numAnalyticsNodes: nodes('Nodes for long queries, which do not slow the others down.'),
  },
  { title: 'Replication', description: 'Nodes of each shard.' },
);

const autoScaling = closedObject(
  {
    minClusterTier: Type.Optional(
      oneOf(dedicatedTiers, { description: 'Smallest tier. Default: that of the cluster.' }),
    ),
    maxClusterTier: Type.Optional(
      oneOf(dedicatedTiers, { description: 'Largest tier. Without it the tier stays.' }),
    ),
    disableDiskScaling: Type.Optional(
      staticSwitch({ description: 'Whether full disks stay as they are.', default: false }),
    ),
    disableScaleDown: Type.Optional(
      staticSwitch({ description: 'Whether the tier never gets smaller again.', default: false }),
    ),
  },
  { title: 'Scaling', description: 'How Atlas adapts the cluster to its load.' },
);

const schema = closedObject({
  clusterTier: oneOf([...flexTiers, ...dedicatedTiers], {
    title: 'Tier',
    description: 'Size of the cluster. M2 and M5 are Flex clusters.',
    examples: ['M10'],
  }),
  version: Type.Optional(
    oneOf(['5.0', '6.0', '7.0', '8.0'], { title: 'Version', description: 'Of MongoDB.', default: '7.0' }),
  ),
  region: Type.Optional(
    staticText({
      title: 'Region',
      description: "Region of AWS. Default: the stack's.",
      examples: ['eu-west-1'],
      pattern: '^[a-z]{2}(?:-[a-z]+)+-[0-9]$',
      'stp:format': 'a Region such as eu-west-1',
    }),
  ),
  diskSizeGB: Type.Optional(
    Type.Integer({
      'stp:static': true,
      title: 'Disk',
      description: 'GB of each node. Default: as the tier has it.',
      minimum: 10,
      maximum: 4096,
    }),
  ),
  numShards: Type.Optional(
    Type.Integer({
      'stp:static': true,
      title: 'Shards',
      description: 'Parts that the data is spread over; more than one needs M30 or larger.',
      default: 1,
      minimum: 1,
      maximum: 50,
    }),
  ),
  replication: Type.Optional(replication),
  enableBackups: Type.Optional(
    staticSwitch({ title: 'Backups', description: 'Takes snapshots every day.', default: false }),
  ),
  enablePointInTimeRecovery: Type.Optional(
    staticSwitch({
      title: 'Point-in-time recovery',
      description: 'Can bring back every moment of the last days; needs "enableBackups".',
      default: false,
    }),
  ),
  biConnector: Type.Optional(
    closedObject(
      {
        enabled: staticSwitch({ description: 'Lets the data be asked in SQL.', default: false }),
        readPreference: Type.Optional(
          oneOf(['primary', 'secondary', 'analytics'], { description: 'Nodes that answer.' }),
        ),
      },
      { title: 'BI Connector', description: 'SQL for tools that know nothing else.' },
    ),
  ),
  autoScaling: Type.Optional(autoScaling),
  adminUserCredentials: Type.Optional(
    closedObject(
      {
        userName: staticText({ description: 'Its name.', minLength: 1 }),
        password: Type.String({ description: 'Best a secret: $Secret(…).', minLength: 8 }),
      },
      { title: 'Administrator', description: 'A user for people; functions need none.' },
    ),
  ),
});

export type MongoDbAtlasProperties = Type.Static<typeof schema>;

/** What a Flex cluster does not have. */
const dedicatedOnly = [
  'version',
  'diskSizeGB',
  'numShards',
  'replication',
  'enableBackups',
  'enablePointInTimeRecovery',
  'biConnector',
  'autoScaling',
] as const;

/** Spec 13.9. */
export const mongoDbAtlasCluster = defineResource({
  type: 'mongo-db-atlas-cluster',
  title: 'MongoDB Atlas cluster',
  description: 'A MongoDB cluster that Atlas runs.',
  schema,

  *check({ type, properties }, { config }) {
    yield* checkProvider(type, config);
    yield* checkTier(properties);
    const { accessibilityMode: mode } = config.sections?.providerConfig?.mongoDbAtlas?.accessibility ?? {};
    if (mode === 'vpc' || mode === 'scoping-workloads-in-vpc') {
      yield {
        code: 'unsupported-accessibility',
        path: [],
        at: 'key',
        message: `"accessibilityMode: ${mode}" in "providerConfig" needs a network peering of Atlas with the VPC, which this version does not make.`,
        suggestion: 'Use internet or whitelisted-ips-only.',
      };
    }
  },

  synth: addProvided,
  params: (resource, names) => providedParams(resource, names),
  connect: (resource, names) => ({
    statements: [],
    variables: providedVariables(resource, names),
    knowsRoles: true,
  }),
});

function* checkTier(properties: Partial<MongoDbAtlasProperties>): Iterable<LocalFinding> {
  const { clusterTier, numShards = 1, autoScaling: scaling = {} } = properties;
  if (clusterTier === undefined) return;
  if (isFlexTier(clusterTier)) {
    yield {
      severity: 'warning',
      code: 'atlas-flex',
      path: ['clusterTier'],
      message: `There is no ${clusterTier} at Atlas any more; it makes a Flex cluster in its place.`,
    };
    for (const name of dedicatedOnly) {
      if (properties[name] === undefined) continue;
      yield {
        code: 'atlas-flex-property',
        path: [name],
        at: 'key',
        message: `"${name}" needs a cluster of M10 or larger, and ${clusterTier} is a Flex cluster.`,
      };
    }
    return;
  }
  if (numShards > 1 && tierNumber(clusterTier) < 30) {
    yield {
      code: 'atlas-shards',
      path: ['numShards'],
      message: `More than one shard needs M30 or larger, and this is ${clusterTier}.`,
    };
  }
  if (properties.enablePointInTimeRecovery && !properties.enableBackups) {
    yield {
      code: 'atlas-recovery',
      path: ['enablePointInTimeRecovery'],
      message: 'Point-in-time recovery needs "enableBackups: true".',
    };
  }
  if (scaling.minClusterTier !== undefined && scaling.maxClusterTier === undefined) {
    yield {
      code: 'atlas-scaling',
      path: ['autoScaling', 'minClusterTier'],
      message: '"minClusterTier" has no effect without "maxClusterTier".',
      suggestion: 'Add "maxClusterTier".',
    };
  }
}

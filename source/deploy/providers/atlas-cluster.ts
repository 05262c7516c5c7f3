import { isFlexTier } from '../../model/mongo-db-atlas-tiers.ts';
import type { MongoDbAtlasProperties } from '../../synth/synthesize-stack.ts';

type HardwareSpec = { instanceSize: string; nodeCount: number; diskSizeGB?: number };

type AutoScaling = {
  compute:
    | { enabled: false }
    | { enabled: true; maxInstanceSize: string; minInstanceSize?: string; scaleDownEnabled: boolean };
  diskGB: { enabled: boolean };
};

type RegionConfig = {
  providerName: 'AWS';
  regionName: string;
  priority: number;
  electableSpecs: HardwareSpec;
  readOnlySpecs?: HardwareSpec;
  analyticsSpecs?: HardwareSpec;
  autoScaling: AutoScaling;
};

/** A cluster of M10 or larger, as version 2024-08-05 of Atlas's API and later ones have it. */
export type DedicatedCluster = {
  name: string;
  clusterType: 'REPLICASET' | 'SHARDED';
  mongoDBMajorVersion: string;
  backupEnabled: boolean;
  pitEnabled: boolean;
  biConnector: { enabled: boolean; readPreference?: string };
  /** One for each shard. */
  replicationSpecs: { regionConfigs: RegionConfig[] }[];
};

/** The tier below M10, which has no settings. */
export type FlexCluster = {
  name: string;
  providerSettings: { backingProviderName: 'AWS'; regionName: string };
};

/** `EU_WEST_1` for `eu-west-1`. */
const atlasRegion = (region: string): string => region.toUpperCase().replaceAll('-', '_');

/** `R40` for `M40 Low-CPU (R40)`. */
const instanceSizeOf = (tier: string): string => /\((R\d+)\)/.exec(tier)?.[1] ?? tier;

/** The request that makes the cluster; also what it has to be from then on. */
export function clusterBody(
  name: string,
  properties: MongoDbAtlasProperties,
  stackRegion: string,
): DedicatedCluster | FlexCluster {
  const { clusterTier, replication = {}, numShards = 1, biConnector } = properties;
  const regionName = atlasRegion(properties.region ?? stackRegion);
  if (isFlexTier(clusterTier)) {
    return { name, providerSettings: { backingProviderName: 'AWS', regionName } };
  }
  const nodes = (nodeCount: number): HardwareSpec => ({
    instanceSize: instanceSizeOf(clusterTier),
    nodeCount,
    ...(properties.diskSizeGB === undefined ? {} : { diskSizeGB: properties.diskSizeGB }),
  });
  const { numElectableNodes = 3, numReadOnlyNodes = 0, numAnalyticsNodes = 0 } = replication;
  const shard = {
    regionConfigs: [
      {
        providerName: 'AWS' as const,
        regionName,
        priority: 7,
        electableSpecs: nodes(numElectableNodes),
        ...(numReadOnlyNodes > 0 ? { readOnlySpecs: nodes(numReadOnlyNodes) } : {}),
        ...(numAnalyticsNodes > 0 ? { analyticsSpecs: nodes(numAnalyticsNodes) } : {}),
        autoScaling: autoScalingOf(properties),
      },
    ],
  };
  return {
    name,
    clusterType: numShards > 1 ? 'SHARDED' : 'REPLICASET',
    mongoDBMajorVersion: properties.version ?? '7.0',
    backupEnabled: properties.enableBackups ?? false,
    pitEnabled: properties.enablePointInTimeRecovery ?? false,
    biConnector: { enabled: false, ...biConnector },
    replicationSpecs: Array.from({ length: numShards }, () => shard),
  };
}

function autoScalingOf({ clusterTier, autoScaling = {} }: MongoDbAtlasProperties): AutoScaling {
  const { minClusterTier = clusterTier, maxClusterTier, disableScaleDown = false } = autoScaling;
  return {
    compute:
      maxClusterTier === undefined
        ? { enabled: false }
        : {
            enabled: true,
            maxInstanceSize: instanceSizeOf(maxClusterTier),
            // Atlas refuses a smallest size for what does not shrink.
            ...(disableScaleDown ? {} : { minInstanceSize: instanceSizeOf(minClusterTier) }),
            scaleDownEnabled: !disableScaleDown,
          },
    diskGB: { enabled: !autoScaling.disableDiskScaling },
  };
}

/** What Atlas has scaled by itself is left as it is: the config says where it begins. */
export function withScaledSizes(wanted: DedicatedCluster, found: DedicatedCluster): DedicatedCluster {
  const replicationSpecs = wanted.replicationSpecs.map(({ regionConfigs }, shard) => ({
    regionConfigs: regionConfigs.map((config, region) => {
      const now = found.replicationSpecs[shard]?.regionConfigs[region];
      const { compute, diskGB } = config.autoScaling;
      const scaled = (spec: HardwareSpec, before: HardwareSpec | undefined): HardwareSpec => ({
        ...spec,
        ...(compute.enabled && before ? { instanceSize: before.instanceSize } : {}),
        ...(diskGB.enabled && spec.diskSizeGB !== undefined
          ? { diskSizeGB: Math.max(spec.diskSizeGB, before?.diskSizeGB ?? 0) }
          : {}),
      });
      return {
        ...config,
        electableSpecs: scaled(config.electableSpecs, now?.electableSpecs),
        ...(config.readOnlySpecs && { readOnlySpecs: scaled(config.readOnlySpecs, now?.readOnlySpecs) }),
        ...(config.analyticsSpecs && { analyticsSpecs: scaled(config.analyticsSpecs, now?.analyticsSpecs) }),
      };
    }),
  }));
  return { ...wanted, replicationSpecs };
}

/** Where properties of the config are in a cluster; the innermost name that is known counts. */
const propertyAt: Readonly<Record<string, string>> = {
  clusterType: 'numShards',
  mongoDBMajorVersion: 'version',
  backupEnabled: 'enableBackups',
  pitEnabled: 'enablePointInTimeRecovery',
  biConnector: 'biConnector',
  replicationSpecs: 'numShards',
  regionName: 'region',
  electableSpecs: 'replication',
  readOnlySpecs: 'replication',
  analyticsSpecs: 'replication',
  instanceSize: 'clusterTier',
  diskSizeGB: 'diskSizeGB',
  autoScaling: 'autoScaling',
};

/** Properties of the config in which `found` is not what is wanted; what it has besides does not matter. */
export function differencesOf(wanted: unknown, found: unknown, property = ''): string[] {
  if (Array.isArray(wanted) && Array.isArray(found) && wanted.length !== found.length) return [property];
  if (typeof wanted !== 'object' || wanted === null) return wanted === found ? [] : [property];
  const other = (found ?? {}) as Record<string, unknown>;
  const names = Object.entries(wanted).flatMap(([key, value]) =>
    differencesOf(value, other[key], propertyAt[key] ?? property),
  );
  return [...new Set(names)];
}

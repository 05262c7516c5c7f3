import type {
  GlobalSecondaryIndexDescription,
  KeySchemaElement,
  LocalSecondaryIndexDescription,
  Projection,
  ProvisionedThroughputDescription,
  TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { Catalog } from './catalog.ts';
import type { ItemStore } from './item-store.ts';
import type { KeyNames, SecondaryIndex, Table, Throughput } from './table.ts';

/** A table in the words of the API. */
export function tableDescription(catalog: Catalog, store: ItemStore, table: Table): TableDescription {
  const { items, bytes } = catalog.counts(table);
  const arn = catalog.arn(table);
  const local = table.indexes.filter(({ scope }) => scope === 'local');
  const global = table.indexes.filter(({ scope }) => scope === 'global');
  return {
    TableName: table.name,
    TableArn: arn,
    TableId: table.uniqueId,
    TableStatus: table.status,
    CreationDateTime: new Date(table.createdAt),
    AttributeDefinitions: Object.entries(table.attributeTypes).map(([name, type]) => ({
      AttributeName: name,
      AttributeType: type,
    })),
    KeySchema: keySchema(table.keys),
    ItemCount: items,
    TableSizeBytes: bytes,
    ProvisionedThroughput: throughput(table.throughput),
    DeletionProtectionEnabled: table.deletionProtection,
    WarmThroughput: { ReadUnitsPerSecond: 12_000, WriteUnitsPerSecond: 4_000, Status: 'ACTIVE' },
    ...billing(table),
    ...stream(table, arn),
    ...(table.tableClass && { TableClassSummary: { TableClass: table.tableClass } }),
    ...(table.encryption?.Enabled && {
      SSEDescription: { Status: 'ENABLED' as const, SSEType: 'KMS' as const },
    }),
    ...(local.length > 0 && {
      LocalSecondaryIndexes: local.map((index) => describeIndex(store, index, arn)),
    }),
    ...(global.length > 0 && {
      GlobalSecondaryIndexes: global.map((index) => describeGlobalIndex(store, index, arn)),
    }),
  };
}

/** `arn:…/stream/2026-01-31T10:00:00.000` while the table has, or has had, a stream. */
function stream(table: Table, arn: string): Partial<TableDescription> {
  if (!table.stream) return {};
  const label = new Date(table.stream.enabledAt).toISOString().slice(0, -1);
  return {
    LatestStreamLabel: label,
    LatestStreamArn: `${arn}/stream/${label}`,
    ...(table.stream.enabled && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: table.stream.viewType },
    }),
  };
}

function billing(table: Table): Partial<TableDescription> {
  if (table.billingMode === 'PROVISIONED' && table.billingModeChangedAt === undefined) return {};
  return {
    BillingModeSummary: {
      BillingMode: table.billingMode,
      LastUpdateToPayPerRequestDateTime: new Date(table.billingModeChangedAt ?? table.createdAt),
    },
  };
}

function describeIndex(
  store: ItemStore,
  index: SecondaryIndex,
  tableArn: string,
): LocalSecondaryIndexDescription {
  const { items, bytes } = store.indexCounts(index);
  return {
    IndexName: index.name,
    IndexArn: `${tableArn}/index/${index.name}`,
    KeySchema: keySchema(index.keys),
    Projection: projection(index),
    ItemCount: items,
    IndexSizeBytes: bytes,
  };
}

function describeGlobalIndex(
  store: ItemStore,
  index: SecondaryIndex,
  tableArn: string,
): GlobalSecondaryIndexDescription {
  return {
    ...describeIndex(store, index, tableArn),
    IndexStatus: index.status,
    ...(index.status === 'CREATING' && { Backfilling: true }),
    ProvisionedThroughput: throughput(index.throughput),
  };
}

function keySchema({ hash, range }: KeyNames): KeySchemaElement[] {
  const schema: KeySchemaElement[] = [{ AttributeName: hash, KeyType: 'HASH' }];
  if (range !== undefined) schema.push({ AttributeName: range, KeyType: 'RANGE' });
  return schema;
}

function projection({ projection: { type, attributes } }: SecondaryIndex): Projection {
  return attributes.length > 0
    ? { ProjectionType: type, NonKeyAttributes: attributes }
    : { ProjectionType: type };
}

function throughput({ read, write }: Throughput): ProvisionedThroughputDescription {
  return { ReadCapacityUnits: read, WriteCapacityUnits: write, NumberOfDecreasesToday: 0 };
}

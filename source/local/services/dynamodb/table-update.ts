import type { GlobalSecondaryIndexUpdate, UpdateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { ServiceError } from '../../backend.ts';
import { Constraints } from './constraints.ts';
import { invalidParameters, validationError } from './errors.ts';
import { keyAttributes, type SecondaryIndex, type Table } from './table.ts';
import { attributeTypesOf, checkStream, checkThroughput, defineGlobalIndex } from './table-definition.ts';

/**
 * The table after an UpdateTable request; a new or deleted index is in its passing state.
 * Throws `ValidationException`, `LimitExceededException`, `ResourceNotFoundException`.
 */
export function updatedTable(
  table: Table,
  input: UpdateTableCommandInput,
  now: number,
  newIndexId: number,
): Table {
  refuseEmpty(input);
  new Constraints().oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST']).enforce();
  const next = withStream(withCapacity(table, input, now), input, now);
  const indexes = updatedIndexes(next, input, newIndexId);
  return {
    ...next,
    indexes,
    attributeTypes: usedTypes({ ...next, indexes }, input),
    ...(input.DeletionProtectionEnabled !== undefined && {
      deletionProtection: input.DeletionProtectionEnabled,
    }),
    ...(input.TableClass && { tableClass: input.TableClass }),
    ...(input.SSESpecification && { encryption: input.SSESpecification }),
  };
}

function refuseEmpty(input: UpdateTableCommandInput): void {
  const { TableName: _name, AttributeDefinitions: _definitions, ...changes } = input;
  if (Object.values(changes).some((value) => value !== undefined)) return;
  throw validationError(
    'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
  );
}

function withCapacity(table: Table, input: UpdateTableCommandInput, now: number): Table {
  const billingMode = input.BillingMode ?? table.billingMode;
  if (billingMode === table.billingMode && !input.ProvisionedThroughput) return table;
  const throughput = checkThroughput(billingMode, input.ProvisionedThroughput);
  if (billingMode === table.billingMode) {
    if (throughput.read === table.throughput.read && throughput.write === table.throughput.write) {
      throw validationError(
        `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${throughput.read}. Requested ReadCapacityUnits: ${throughput.read}. Current WriteCapacityUnits provisioned for the table: ${throughput.write}. Requested WriteCapacityUnits: ${throughput.write}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
      );
    }
    return { ...table, throughput };
  }
  return { ...table, billingMode, throughput, billingModeChangedAt: now };
}

function withStream(table: Table, input: UpdateTableCommandInput, now: number): Table {
  if (!input.StreamSpecification) return table;
  const stream = checkStream(input.StreamSpecification);
  if (!stream) {
    if (!table.stream?.enabled) throw validationError('Table has no stream to disable');
    return { ...table, stream: { ...table.stream, enabled: false } };
  }
  if (table.stream?.enabled) {
    throw validationError(`Table already has an enabled stream: TableName: ${table.name}`);
  }
  return { ...table, stream: { ...stream, enabledAt: now } };
}

function updatedIndexes(table: Table, input: UpdateTableCommandInput, newId: number): SecondaryIndex[] {
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  if (updates.filter(({ Create, Delete }) => Create ?? Delete).length > 1) {
    throw new ServiceError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
  }
  let { indexes } = table;
  for (const update of updates) indexes = withIndexUpdate({ ...table, indexes }, input, update, newId);
  return indexes;
}

function withIndexUpdate(
  table: Table,
  input: UpdateTableCommandInput,
  { Create, Update, Delete }: GlobalSecondaryIndexUpdate,
  newId: number,
): SecondaryIndex[] {
  if (Create) {
    const types = attributeTypesOf(input.AttributeDefinitions ?? []);
    const index = defineGlobalIndex(Create, { ...table.attributeTypes, ...types }, table.billingMode);
    if (table.indexes.some(({ name }) => name === index.name)) {
      throw validationError('Attempting to create an index which already exists');
    }
    if (table.indexes.filter(({ scope }) => scope === 'global').length >= 20) {
      throw new ServiceError(
        'LimitExceededException',
        'Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of 20',
      );
    }
    return [...table.indexes, { ...index, id: newId, status: 'CREATING' }];
  }
  if (Update) {
    const throughput = checkThroughput('PROVISIONED', Update.ProvisionedThroughput);
    return replaced(table, Update.IndexName, (index) => ({ ...index, throughput, status: 'UPDATING' }));
  }
  if (Delete) return replaced(table, Delete.IndexName, (index) => ({ ...index, status: 'DELETING' }));
  throw invalidParameters('One of GlobalSecondaryIndexUpdate.Update, Create, Delete must not be null');
}

function replaced(
  table: Table,
  name: string | undefined,
  change: (index: SecondaryIndex) => SecondaryIndex,
): SecondaryIndex[] {
  if (!table.indexes.some((index) => index.scope === 'global' && index.name === name)) {
    throw new ServiceError('ResourceNotFoundException', 'Requested resource not found');
  }
  return table.indexes.map((index) => (index.name === name ? change(index) : index));
}

/** Definitions of attributes that no key uses any more go, new ones come with the index that uses them. */
function usedTypes(table: Table, input: UpdateTableCommandInput): Table['attributeTypes'] {
  const given = attributeTypesOf(input.AttributeDefinitions ?? []);
  const all = { ...table.attributeTypes, ...given };
  for (const [name, type] of Object.entries(table.attributeTypes)) {
    if (all[name] !== type) {
      throw invalidParameters(`Cannot change the type of the attribute ${name} of an existing table`);
    }
  }
  const staying = table.indexes.filter(({ status }) => status !== 'DELETING');
  const used = new Set([table.keys, ...staying.map(({ keys }) => keys)].flatMap(keyAttributes));
  return Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)));
}

import { randomUUID } from 'node:crypto';
import type {
  CreateTableCommandInput,
  CreateTableCommandOutput,
  DeleteTableCommandInput,
  DeleteTableCommandOutput,
  DescribeTableCommandInput,
  DescribeTableCommandOutput,
  ListTablesCommandInput,
  ListTablesCommandOutput,
  Tag,
  UpdateTableCommandInput,
  UpdateTableCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Backend, Operation } from '../../backend.ts';
import type { Catalog } from './catalog.ts';
import { Constraints } from './constraints.ts';
import { resourceInUse, validationError } from './errors.ts';
import type { ItemStore } from './item-store.ts';
import type { SecondaryIndex, Table } from './table.ts';
import { checkStream, defineTable } from './table-definition.ts';
import { tableDescription } from './table-description.ts';
import type { TableLifecycle } from './table-lifecycle.ts';
import { updatedTable } from './table-update.ts';

export type TableServices = {
  backend: Backend;
  catalog: Catalog;
  store: ItemStore;
  lifecycle: TableLifecycle;
};

/** Operations on tables as a whole. */
export function tableOperations({ backend, catalog, store, lifecycle }: TableServices) {
  const describe = (table: Table) => tableDescription(catalog, store, table);

  const createTable: Operation<CreateTableCommandInput, CreateTableCommandOutput> = (input) => {
    const definition = defineTable(input);
    const stream = checkStream(input.StreamSpecification);
    if (catalog.find(definition.name)) throw resourceInUse(`Table already exists: ${definition.name}`);
    const now = backend.now();
    const firstId = catalog.nextIndexId();
    const table = catalog.add({
      ...definition,
      indexes: definition.indexes.map(
        (index, offset): SecondaryIndex => ({ ...index, id: firstId + offset, status: 'CREATING' }),
      ),
      uniqueId: randomUUID(),
      createdAt: now,
      status: 'CREATING',
      deletionProtection: input.DeletionProtectionEnabled ?? false,
      tags: tagRecord(input.Tags),
      ...(stream && { stream: { ...stream, enabledAt: now } }),
      ...(input.TableClass && { tableClass: input.TableClass }),
      ...(input.SSESpecification && { encryption: input.SSESpecification }),
    });
    lifecycle.settle(table);
    return { TableDescription: describe(table) };
  };

  const describeTable: Operation<DescribeTableCommandInput, DescribeTableCommandOutput> = (input) => ({
    Table: describe(catalog.named(input.TableName)),
  });

  const updateTable: Operation<UpdateTableCommandInput, UpdateTableCommandOutput> = (input) => {
    const table = catalog.named(input.TableName);
    refuseBusy(table);
    const updated = updatedTable(table, input, backend.now(), catalog.nextIndexId());
    const next = catalog.replace({ ...updated, status: 'UPDATING' });
    lifecycle.settle(next);
    return { TableDescription: describe(next) };
  };

  const deleteTable: Operation<DeleteTableCommandInput, DeleteTableCommandOutput> = (input) => {
    const table = catalog.named(input.TableName);
    refuseBusy(table);
    if (table.deletionProtection) {
      throw validationError(
        'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
      );
    }
    const next = catalog.replace({ ...table, status: 'DELETING' });
    lifecycle.settle(next);
    return { TableDescription: describe(next) };
  };

  const listTables: Operation<ListTablesCommandInput, ListTablesCommandOutput> = (input) => {
    const { ExclusiveStartTableName: start, Limit: limit = 100 } = input;
    new Constraints().range('limit', input.Limit, 1, 100).enforce();
    const names = catalog
      .all()
      .map(({ name }) => name)
      .filter((name) => start === undefined || name > start);
    const page = names.slice(0, limit);
    const last = page.at(-1);
    return names.length > limit && last !== undefined
      ? { TableNames: page, LastEvaluatedTableName: last }
      : { TableNames: page };
  };

  return {
    CreateTable: createTable,
    DescribeTable: describeTable,
    UpdateTable: updateTable,
    DeleteTable: deleteTable,
    ListTables: listTables,
  };
}

export function tagRecord(tags: Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key = '', Value = '' }) => [Key, Value]));
}

function refuseBusy(table: Table): void {
  const doing = { CREATING: 'created', UPDATING: 'updated', DELETING: 'deleted' };
  const verb = Object.entries(doing).find(([status]) => status === table.status)?.[1];
  if (!verb) return;
  throw resourceInUse(
    `Attempt to change a resource which is still in use: Table is being ${verb}: ${table.name}`,
  );
}

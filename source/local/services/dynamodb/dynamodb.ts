import type { Backend, Service } from '../../backend.ts';
import { batchOperations } from './batch-operations.ts';
import { Catalog } from './catalog.ts';
import { itemOperations } from './item-operations.ts';
import { ItemStore } from './item-store.ts';
import { queryOperations } from './query-operations.ts';
import { TableLifecycle } from './table-lifecycle.ts';
import { tableOperations } from './table-operations.ts';
import { settingOperations } from './table-settings.ts';
import { transactOperations } from './transact-operations.ts';

/** DynamoDB: tables, items, indexes, expressions, batches and transactions, in the backend's database. */
export function createDynamoDb(backend: Backend): Service {
  const catalog = new Catalog(backend);
  const store = new ItemStore(backend.database);
  const lifecycle = new TableLifecycle(backend, catalog, store);
  const tables = { backend, catalog, store, lifecycle };
  return {
    operations: {
      ...tableOperations(tables),
      ...settingOperations(tables),
      ...itemOperations(catalog, store),
      ...batchOperations(catalog, store),
      ...transactOperations(backend, catalog, store),
      ...queryOperations(catalog, store),
    },
    async start() {
      lifecycle.resume();
    },
    async stop() {
      lifecycle.stop();
    },
  };
}

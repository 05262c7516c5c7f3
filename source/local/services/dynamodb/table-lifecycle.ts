import { setImmediate } from 'node:timers/promises';
import type { Backend } from '../../backend.ts';
import type { Catalog } from './catalog.ts';
import type { ItemStore } from './item-store.ts';
import type { Position } from './key-encoding.ts';
import type { SecondaryIndex, Table } from './table.ts';

// About what AWS takes, in milliseconds; the pace makes less of it.
const createTime = 8_000;
const updateTime = 5_000;
const indexTime = 30_000;
const deleteTime = 5_000;

/**
 * Brings tables and indexes out of their passing states (`CREATING`, `UPDATING`, `DELETING`) after the request
 * that put them there has been answered, and again after a restart.
 */
export class TableLifecycle {
  readonly #backend: Backend;
  readonly #catalog: Catalog;
  readonly #store: ItemStore;
  #stopped = false;

  constructor(backend: Backend, catalog: Catalog, store: ItemStore) {
    this.#backend = backend;
    this.#catalog = catalog;
    this.#store = store;
  }

  /** Takes up what a killed process left behind. */
  resume(): void {
    for (const table of this.#catalog.all()) this.settle(table);
  }

  /** No state is changed any more; the next start resumes. */
  stop(): void {
    this.#stopped = true;
  }

  /** Starts whatever leads the table out of its state; does not wait for it. */
  settle(table: Table): void {
    this.#settle(table).catch((error: unknown) => {
      this.#backend.log(`dynamodb: table ${table.name}: ${error instanceof Error ? error.stack : error}`);
    });
  }

  async #settle(table: Table): Promise<void> {
    switch (table.status) {
      case 'CREATING':
        await this.#backend.pace(createTime);
        return this.#activate(table);
      case 'DELETING':
        await this.#backend.pace(deleteTime);
        return this.#delete(table);
      case 'UPDATING':
        await this.#backend.pace(updateTime);
        for (const index of table.indexes) {
          if (index.status === 'CREATING') await this.#fill(table, index);
          if (index.status === 'DELETING' && !this.#stopped) this.#store.purgeIndex(index);
        }
        return this.#activate(table);
    }
  }

  async #fill(table: Table, index: SecondaryIndex): Promise<void> {
    await this.#backend.pace(indexTime);
    let position: Position | undefined;
    do {
      if (this.#stopped) return;
      position = this.#store.backfill(table, index, position);
      await setImmediate();
    } while (position);
  }

  async #delete(table: Table): Promise<void> {
    do {
      await setImmediate();
      if (this.#stopped) return;
    } while (this.#store.purgeItems(table));
    for (const index of table.indexes) this.#store.purgeIndex(index);
    this.#catalog.remove(table);
  }

  #activate(table: Table): void {
    const current = this.#catalog.current(table);
    if (this.#stopped || !current) return;
    const indexes = current.indexes
      .filter(({ status }) => status !== 'DELETING')
      .map((index) => ({ ...index, status: 'ACTIVE' as const }));
    this.#catalog.replace({ ...current, status: 'ACTIVE', indexes });
  }
}

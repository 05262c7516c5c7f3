import type { DatabaseSync } from 'node:sqlite';

/** Runs the body in a transaction of its own: all of its writes stay, or, when it throws, none. */
export function inTransaction<T>(database: DatabaseSync, body: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = body();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../model/errors.ts';

/** Of the tables of all services together; raised where a state written before can no longer be read. */
const stateFormat = 1;

/**
 * Opens `state.db`, where everything is kept that is not a body of an object: WAL, so that a killed process
 * loses nothing that was committed.
 * @throws UserError when another process has it, the file is damaged or cannot be written; nothing is deleted.
 */
export function openDatabase(directory: string): DatabaseSync {
  const file = join(directory, 'state.db');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true });
    // Held until this process ends, however it ends: the one lock that keeps two servers off one project.
    database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    // Reads the whole schema, so that a damaged file is found here and not in the middle of a deploy.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw new Error(String(check?.quick_check));
    requireFormat(database);
    database.exec(
      'CREATE TABLE IF NOT EXISTS stp_ports (name TEXT PRIMARY KEY, port INTEGER NOT NULL UNIQUE)',
    );
    return database;
  } catch (error) {
    database?.close();
    if (isBusy(error)) {
      throw new UserError(`${directory} is in use by another embedded AWS`, {
        code: 'local-in-use',
        hint: 'Stop it with `stp local stop`.',
        exitCode: 1,
        cause: error,
      });
    }
    throw new UserError(`${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'local-state-unusable',
      hint: 'Mend or move the file, or run `stp local reset` to start with an empty embedded AWS.',
      exitCode: 1,
      cause: error,
    });
  }
}

function requireFormat(database: DatabaseSync): void {
  const format = database.prepare('PRAGMA user_version').get()?.user_version;
  const isNew = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()?.tables === 0;
  if (!isNew && format !== stateFormat) {
    throw new Error(
      `it was written by another version of stp (format ${format}, this one has ${stateFormat})`,
    );
  }
  database.exec(`PRAGMA user_version = ${stateFormat}`);
}

/** Whether a server holds the database of this directory. */
export function databaseInUse(directory: string): boolean {
  const file = join(directory, 'state.db');
  if (!existsSync(file)) return false;
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; COMMIT');
    return false;
  } catch (error) {
    return isBusy(error);
  } finally {
    database.close();
  }
}

/** SQLITE_BUSY is 5; its extended codes have further bits. */
const isBusy = (error: unknown): boolean => (((error as { errcode?: number }).errcode ?? 0) & 0xff) === 5;

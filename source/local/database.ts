import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { UserError } from '../model/errors.ts';

/**
 * Opens `state.db`, where everything is kept that is not a body of an object: WAL, so that a killed process
 * loses nothing that was committed.
 * @throws UserError when the file is damaged or cannot be written; nothing is deleted or repaired.
 */
export function openDatabase(directory: string): DatabaseSync {
  const file = join(directory, 'state.db');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { enableForeignKeyConstraints: true, timeout: 5_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    // Reads the whole schema, so that a damaged file is found here and not in the middle of a deploy.
    database.prepare('SELECT count(*) FROM sqlite_schema').get();
    const check = database.prepare('PRAGMA quick_check(1)').get();
    if (check?.quick_check !== 'ok') throw new Error(String(check?.quick_check));
    database.exec(
      'CREATE TABLE IF NOT EXISTS stp_ports (name TEXT PRIMARY KEY, port INTEGER NOT NULL UNIQUE)',
    );
    return database;
  } catch (error) {
    database?.close();
    throw new UserError(`${file} cannot be used: ${error instanceof Error ? error.message : String(error)}`, {
      code: 'local-state-unusable',
      hint: 'Mend or move the file, or run `stp local reset` to start with an empty embedded AWS.',
      exitCode: 1,
      cause: error,
    });
  }
}

import type { FunctionConfiguration } from '@aws-sdk/client-lambda';
import type { Backend } from '../../backend.ts';
import { functionNotFound } from './errors.ts';
import { type FunctionReference, functionArn } from './function-name.ts';

export type FunctionRecord = {
  configuration: FunctionConfiguration;
  /** Another one for each change of code or configuration: warm environments belong to one. */
  generation: string;
};

/** What belongs to a function and is not part of its configuration; `qualifier` is `$LATEST` or a version. */
export type SettingKind = 'policy' | 'tags' | 'concurrency' | 'event-invoke-config';

export type FunctionStore = {
  find(name: string, version?: string): FunctionRecord | undefined;
  /** @throws ServiceError ResourceNotFoundException */
  get(reference: FunctionReference): FunctionRecord;
  put(record: FunctionRecord): void;
  /** With everything that belongs to it; with a version, that version alone. */
  remove(name: string, version?: string): void;
  /** The latest of every function, by name; `after` is the last name of the page before. */
  list(after: string, limit: number): FunctionRecord[];
  /** `$LATEST` first, then by number. */
  versions(name: string): FunctionRecord[];
  all(): FunctionRecord[];
  setting<T>(name: string, kind: SettingKind, qualifier?: string): T | undefined;
  settings<T>(name: string, kind: SettingKind): { qualifier: string; value: T }[];
  setSetting(name: string, kind: SettingKind, value: unknown, qualifier?: string): void;
  removeSetting(name: string, kind: SettingKind, qualifier?: string): boolean;
};

const latest = '$LATEST';

export function createFunctionStore(backend: Backend): FunctionStore {
  const { database } = backend;
  database.exec(`
    CREATE TABLE IF NOT EXISTS lambda_functions (
      name TEXT NOT NULL, version TEXT NOT NULL, record TEXT NOT NULL, PRIMARY KEY (name, version)
    ) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS lambda_settings (
      name TEXT NOT NULL, kind TEXT NOT NULL, qualifier TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (name, kind, qualifier)
    ) WITHOUT ROWID;
  `);
  const select = database.prepare('SELECT record FROM lambda_functions WHERE name = ? AND version = ?');
  const upsert = database.prepare('INSERT OR REPLACE INTO lambda_functions VALUES (?, ?, ?)');
  const page = database.prepare(
    "SELECT record FROM lambda_functions WHERE version = '$LATEST' AND name > ? ORDER BY name LIMIT ?",
  );
  const versionsOf = database.prepare(
    'SELECT record FROM lambda_functions WHERE name = ? ORDER BY CAST(version AS INTEGER)',
  );
  const everything = database.prepare('SELECT record FROM lambda_functions');
  const selectSetting = database.prepare(
    'SELECT value FROM lambda_settings WHERE name = ? AND kind = ? AND qualifier = ?',
  );
  const selectSettings = database.prepare(
    'SELECT qualifier, value FROM lambda_settings WHERE name = ? AND kind = ? ORDER BY qualifier',
  );
  const upsertSetting = database.prepare('INSERT OR REPLACE INTO lambda_settings VALUES (?, ?, ?, ?)');
  const deleteSetting = database.prepare(
    'DELETE FROM lambda_settings WHERE name = ? AND kind = ? AND qualifier = ?',
  );

  const parse = (row: Record<string, unknown>): FunctionRecord => JSON.parse(String(row.record));
  const find = (name: string, version = latest): FunctionRecord | undefined => {
    const row = select.get(name, version);
    return row && parse(row);
  };

  return {
    find,
    get({ name, qualifier }) {
      const record = find(name, qualifier);
      if (record === undefined) throw functionNotFound(functionArn(backend, name, qualifier));
      return record;
    },
    put(record) {
      const { FunctionName: name = '', Version: version = latest } = record.configuration;
      upsert.run(name, version, JSON.stringify(record));
    },
    remove(name, version) {
      if (version === undefined) {
        database.prepare('DELETE FROM lambda_functions WHERE name = ?').run(name);
        database.prepare('DELETE FROM lambda_settings WHERE name = ?').run(name);
      } else {
        database.prepare('DELETE FROM lambda_functions WHERE name = ? AND version = ?').run(name, version);
        database.prepare('DELETE FROM lambda_settings WHERE name = ? AND qualifier = ?').run(name, version);
      }
    },
    list: (after, limit) => page.all(after, limit).map(parse),
    versions: (name) => versionsOf.all(name).map(parse),
    all: () => everything.all().map(parse),
    setting(name, kind, qualifier = latest) {
      const row = selectSetting.get(name, kind, qualifier);
      return row && JSON.parse(String(row.value));
    },
    settings: (name, kind) =>
      selectSettings
        .all(name, kind)
        .map((row) => ({ qualifier: String(row.qualifier), value: JSON.parse(String(row.value)) })),
    setSetting(name, kind, value, qualifier = latest) {
      upsertSetting.run(name, kind, qualifier, JSON.stringify(value));
    },
    removeSetting: (name, kind, qualifier = latest) => deleteSetting.run(name, kind, qualifier).changes > 0,
  };
}

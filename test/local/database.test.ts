import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { databaseInUse, openDatabase } from '../../source/local/database.ts';
import { UserError } from '../../source/model/errors.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'stp-database-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

function errorOf(run: () => unknown): UserError {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('what was written is there when it is opened again', () => {
  const first = openDatabase(directory);
  first.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)');
  first.close();
  const second = openDatabase(directory);
  expect(second.prepare('SELECT a FROM t').all()).toEqual([{ a: 1 }]);
  second.close();
});

test('one process at a time', () => {
  expect(databaseInUse(directory)).toBe(false);
  const holder = openDatabase(directory);
  expect(databaseInUse(directory)).toBe(true);
  expect(errorOf(() => openDatabase(directory))).toMatchObject({ code: 'local-in-use', exitCode: 1 });
  holder.close();
  expect(databaseInUse(directory)).toBe(false);
});

test('a damaged file is named and left as it is', () => {
  const file = join(directory, 'state.db');
  writeFileSync(file, 'x'.repeat(5000));
  const error = errorOf(() => openDatabase(directory));
  expect(error.code).toBe('local-state-unusable');
  expect(error.message).toContain(file);
  expect(error.hint).toContain('stp local reset');
  expect(readFileSync(file, 'utf8')).toBe('x'.repeat(5000));
});

test('a state of another format is refused and left as it is', () => {
  const file = join(directory, 'state.db');
  const other = new DatabaseSync(file);
  other.exec('CREATE TABLE t (a); PRAGMA user_version = 77');
  other.close();
  expect(errorOf(() => openDatabase(directory)).message).toMatch(
    /written by another version of stp \(format 77/,
  );
  const again = new DatabaseSync(file);
  expect(again.prepare('PRAGMA user_version').get()).toEqual({ user_version: 77 });
  again.close();
});

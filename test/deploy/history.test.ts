import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listDeployments, openRecord, readDeployment } from '../../source/deploy/history.ts';
import { at, plan, result } from './recorded-events.ts';

let directory: string;
beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), 'stp-history-')), 'history');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const started = (id: string) =>
  at({
    type: 'started',
    operation: 'deploy',
    id,
    serviceName: 'blog',
    stage: 'dev',
    stackName: 'blog-dev',
    region: 'eu-west-1',
    target: { kind: 'aws' },
    programVersion: '0.1.0',
    resources: [],
  });

test('what is written event by event comes back whole, newest operation first', () => {
  for (const [id, status] of [
    ['20261124T030000Z-aaaa', 'succeeded'],
    ['20261124T040000Z-bbbb', 'rolledBack'],
  ] as const) {
    const record = openRecord(directory, id);
    for (const event of [started(id), plan('create', ['add Table', 'add Role']), result(status)])
      expect(record.write(event)).toBeUndefined();
    record.close();
  }
  expect(listDeployments(directory)).toMatchObject([
    { id: '20261124T040000Z-bbbb', stack: 'blog-dev', status: 'rolledBack', changes: 2 },
    { id: '20261124T030000Z-aaaa', stack: 'blog-dev', status: 'succeeded', changes: 2 },
  ]);
  expect(readDeployment(directory, '20261124T03').map((event) => event.type)).toEqual([
    'started',
    'plan',
    'result',
  ]);
});

test('a program killed in the middle of a line loses that line alone', () => {
  const record = openRecord(directory, 'killed');
  record.write(started('killed'));
  record.write(plan('create', ['add Table']));
  record.close();
  appendFileSync(join(directory, 'killed.ndjson'), '{"at":"2026-11-24T03:00:02.000Z","type":"res');
  expect(readDeployment(directory, 'killed')).toHaveLength(2);
  const [deployment] = listDeployments(directory);
  expect(deployment).toMatchObject({ id: 'killed', changes: 1 });
  expect(deployment).not.toHaveProperty('status');
});

test('a file that is no record is passed over', () => {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, 'notes.ndjson'), 'not json\n{"a":1}\n');
  writeFileSync(join(directory, 'README'), 'hello');
  expect(listDeployments(directory)).toEqual([]);
});

test('a folder that cannot be made is told once and then is no concern', () => {
  writeFileSync(`${directory}-file`, '');
  const record = openRecord(join(`${directory}-file`, 'history'), 'x');
  expect(record.write(started('x'))).toMatch(/ENOTDIR/);
  expect(record.write(started('x'))).toBeUndefined();
  record.close();
});

test('a full disk is told once', () => {
  mkdirSync(directory, { recursive: true });
  symlinkSync('/dev/full', join(directory, 'x.ndjson'));
  const record = openRecord(directory, 'x');
  expect(record.write(started('x'))).toMatch(/ENOSPC/);
  expect(record.write(started('x'))).toBeUndefined();
});

test('the record has one JSON object per line', () => {
  const record = openRecord(directory, 'lines');
  record.write(at({ type: 'notice', level: 'info', message: 'two\nlines' }));
  record.write(result('succeeded'));
  record.close();
  const lines = readFileSync(join(directory, 'lines.ndjson'), 'utf8').split('\n');
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ message: 'two\nlines' });
});

test('an id that is not there, or begins several, is an error of use', () => {
  expect(() => readDeployment(directory, 'none')).toThrow('No deployment `none` is recorded.');
  openRecord(directory, 'ab1').write(started('ab1'));
  openRecord(directory, 'ab2').write(started('ab2'));
  expect(() => readDeployment(directory, 'ab')).toThrow('begins the ids of 2 deployments');
});

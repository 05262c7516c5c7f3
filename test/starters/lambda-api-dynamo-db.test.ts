import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { FunctionToPackage } from '../../source/packaging/artifact.ts';
import { packageFunctions } from '../../source/packaging/package-functions.ts';

const project = join(import.meta.dirname, '../../starters/lambda-api-dynamo-db/files');
const cacheDirectory = mkdtempSync(join(tmpdir(), 'stp-starter-'));
afterAll(() => rmSync(cacheDirectory, { recursive: true, force: true }));

type Resource = { type: string; properties: { packaging: FunctionToPackage['packaging'] } };
const config = parse(readFileSync(join(project, 'stacktape.yml'), 'utf8')) as {
  resources: Record<string, Resource>;
};

test('its types hold', () => {
  execFileSync(process.execPath, [
    join(import.meta.dirname, '../../node_modules/typescript/bin/tsc'),
    '-p',
    project,
  ]);
});

test('its functions package to a few kilobytes, because Lambda brings the SDK', async () => {
  const functions = Object.entries(config.resources)
    .filter(([, resource]) => resource.type === 'function')
    .map(([name, resource]) => ({
      name,
      runtime: 'nodejs24.x',
      architecture: 'x86_64' as const,
      packaging: resource.properties.packaging,
    }));
  const artifacts = await packageFunctions(functions, {
    directory: project,
    cacheDirectory,
    onEvent: () => {},
  });
  expect(artifacts.map((artifact) => artifact.function)).toEqual(['savePost', 'getPosts']);
  expect(artifacts.every((artifact) => artifact.zippedBytes < 10_000)).toBe(true);
});

describe('savePost refuses with status 400', () => {
  const valid = { title: 'Hello', content: 'My first post', authorEmail: 'me@example.com' };
  test.each([
    ['no body', null, 'The body must be a JSON object.'],
    ['no JSON', '{', 'The body must be a JSON object.'],
    ['a list', '[]', 'The body must be a JSON object.'],
    ['no title', JSON.stringify({ ...valid, title: ' ' }), 'title must be a text that is not empty.'],
    [
      'a number as content',
      JSON.stringify({ ...valid, content: 1 }),
      'content must be a text that is not empty.',
    ],
    ['no address', JSON.stringify({ ...valid, authorEmail: 'me' }), 'authorEmail must be an email address.'],
  ])('%s', async (_what, body, error) => {
    const { default: savePost } = await import(`${project}/src/lambdas/save-post.ts`);
    const response = await savePost({ body });
    expect(response.statusCode).toBe(400);
    expect(JSON.parse(response.body)).toEqual({ message: 'error', error });
  });
});

test('without its table a function answers 500 and does not say why to the caller', async () => {
  const { default: getPosts } = await import(`${project}/src/lambdas/get-posts.ts`);
  expect(await getPosts()).toMatchObject({
    statusCode: 500,
    body: '{"message":"error","error":"The posts could not be read."}',
  });
});

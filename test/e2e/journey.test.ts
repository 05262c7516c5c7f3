import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonLines, makeWorkplace } from './installed-program.ts';

type Workplace = Awaited<ReturnType<typeof makeWorkplace>>;

describe('the whole journey, line by line', () => {
  let place: Workplace;
  let project: string;

  beforeAll(async () => {
    place = await makeWorkplace();
    project = await place.makeProject();
  });
  afterAll(() => place.dispose());

  const stp = (...args: string[]) => place.run('stp', args, { in: 'my-app' });

  test('validate', async () => {
    const plain = await stp('validate');
    expect(plain.stdout).toBe('✓ stacktape.yml is valid');
    expect(plain.exitCode).toBe(0);
    expect(jsonLines((await stp('validate', '--json')).stdout)).toEqual([
      { type: 'result', valid: true, file: 'stacktape.yml', errors: 0, warnings: 0 },
    ]);
  });

  test('synth prints one template, the same each time, as JSON and YAML', async () => {
    const [first, second] = [await stp('synth'), await stp('synth')];
    expect(first.stdout).toBe(second.stdout);
    const template = JSON.parse(String(first.stdout));
    expect(Object.keys(template.Resources)).toContain('SavePostFunction');
    expect(template.Resources.StpMainApiGatewayPostPostsRoute.Properties.RouteKey).toBe('POST /posts');
    const yaml = await stp('synth', '--format', 'yaml');
    expect(yaml.stdout).toContain('  SavePostFunction:\n    Type: AWS::Lambda::Function');
  });

  test('package builds, then finds everything in the cache', async () => {
    const first = jsonLines((await stp('package', '--json')).stdout);
    const second = jsonLines((await stp('package', '--json')).stdout);
    const of = (lines: Record<string, unknown>[], key: string) =>
      lines.filter(({ type }) => type === 'artifact').map((line) => line[key]);
    expect(of(first, 'outcome')).toEqual(['built', 'built']);
    expect(of(second, 'outcome')).toEqual(['cached', 'cached']);
    expect(of(first, 'digest')).toEqual(of(second, 'digest'));
    expect(of(first, 'function').toSorted()).toEqual(['getPosts', 'savePost']);
  });

  test('deploy, twice', async () => {
    const first = jsonLines((await stp('deploy', '--local', '--stage', 'dev', '--json')).stdout);
    const result = first.at(-1);
    expect(result).toMatchObject({ type: 'result', status: 'succeeded' });
    expect(Object.keys(result?.outputs as object)).toEqual(['MainApiGatewayUrl']);
    const phases = first.filter(({ type, status }) => type === 'phase' && status === 'done');
    expect(phases.map(({ phase }) => phase)).toEqual([
      'check',
      'package',
      'upload',
      'review',
      'execute',
      'finish',
    ]);
    for (const event of first) expect(event.at).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);

    await appendFile(join(project, 'stacktape.yml'), '\nstackConfig: { stackInfoDirectory: about }\n');
    const second = await stp('deploy', '--local');
    expect(second.exitCode).toBe(0);
    expect(second.stdout).toContain('nothing to change');
    const about = JSON.parse(await readFile(join(project, 'about/my-app-dev.json'), 'utf8'));
    expect(about.outputs).toEqual(result?.outputs);
    expect(about.resources.map(({ resource }: { resource: string }) => resource)).toContain('getPosts');
  });

  test('the deployed API answers, and its functions have logged', async () => {
    const info = jsonLines((await stp('info', '--local', '--json')).stdout);
    const { outputs } = info.at(-1) as { outputs: Record<string, string> };
    const url = `${outputs.MainApiGatewayUrl}/posts`;
    const post = { title: 'One', content: 'Two', authorEmail: 'three@example.com' };
    const saved = await fetch(url, { method: 'POST', body: JSON.stringify(post) });
    expect(await saved.json()).toMatchObject({ message: 'success', data: post });
    const read = (await (await fetch(url)).json()) as { data: unknown[] };
    expect(read.data).toEqual([expect.objectContaining(post)]);
    expect((await fetch(url, { method: 'POST', body: '{"title":1}' })).status).toBe(400);
    expect((await fetch(`${outputs.MainApiGatewayUrl}/nothing`)).status).toBe(404);

    const table = info.find(({ resource }) => resource === 'mainDynamoDbTable');
    expect(table).toMatchObject({
      resourceType: 'dynamo-db-table',
      children: [{ resourceType: 'AWS::DynamoDB::Table' }],
    });

    const logs = jsonLines((await stp('logs', '--local', '--since', '10m', '--json')).stdout);
    const entries = logs.filter(({ type }) => type === 'log');
    expect(new Set(entries.map((entry) => entry.function))).toEqual(new Set(['savePost', 'getPosts']));
    expect(entries.filter(({ message }) => String(message).startsWith('REPORT'))).toHaveLength(3);
    const times = entries.map(({ timestamp }) => String(timestamp));
    expect(times).toEqual(times.toSorted());
    expect(logs.at(-1)).toMatchObject({ type: 'result', entries: entries.length });

    const filtered = await stp('logs', 'getPosts', '--local', '--filter', 'REPORT -START');
    expect(String(filtered.stdout).split('\n')).toHaveLength(1);
    expect(filtered.stdout).toContain(' getPosts ');
  });

  test('invoke', async () => {
    const result = await stp('invoke', 'getPosts', '--local', '--json');
    expect(result.exitCode).toBe(0);
    const [line] = jsonLines(result.stdout);
    expect(line).toMatchObject({ type: 'result', function: 'getPosts', payload: { statusCode: 200 } });
    expect(line?.durationMs).toBeGreaterThan(0);
    expect(line?.memoryUsedMb).toBeGreaterThan(0);
    const unknown = await stp('invoke', 'getPost', '--local');
    expect(unknown.exitCode).toBe(2);
    expect(unknown.stderr).toContain('Did you mean getPosts?');
  });

  test('a changed function is one change, and what it does is new', async () => {
    const file = join(project, 'src/lambdas/get-posts.ts');
    const source = await readFile(file, 'utf8');
    await writeFile(file, source.replace('success(200, posts)', 'success(200, { changed: posts })'));
    const events = jsonLines((await stp('deploy', '--local', '--json')).stdout);
    const plan = events.find(({ type }) => type === 'plan') as { changes: Record<string, unknown>[] };
    expect(plan.changes).toMatchObject([{ action: 'modify', resource: 'getPosts', losesData: false }]);
    const [answer] = jsonLines((await stp('invoke', 'getPosts', '--local', '--json')).stdout);
    expect(JSON.stringify(answer?.payload)).toContain('changed');
  });

  test('what is kept survives a restart of the embedded AWS', async () => {
    const before = jsonLines((await stp('local', 'status', '--json')).stdout)[0];
    expect(before).toMatchObject({
      running: true,
      stacks: expect.arrayContaining([{ name: 'my-app-dev', status: 'UPDATE_COMPLETE' }]),
    });
    expect((await stp('local', 'stop')).exitCode).toBe(0);
    expect(jsonLines((await stp('local', 'status', '--json')).stdout)[0]).toMatchObject({ running: false });
    const [answer] = jsonLines((await stp('invoke', 'getPosts', '--local', '--json')).stdout);
    expect(JSON.stringify(answer?.payload)).toContain('three@example.com');
    const after = jsonLines((await stp('local', 'status', '--json')).stdout)[0];
    expect(after?.endpoint).toBe(before?.endpoint);
  });

  test('a change that loses data is asked about: refused without a terminal, done with --yes', async () => {
    const file = join(project, 'stacktape.yml');
    const text = await readFile(file, 'utf8');
    await writeFile(file, text.replace('name: id', 'name: slug'));
    const refused = await stp('deploy', '--local');
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toContain('its data is lost');
    expect(refused.stderr).toContain('--yes');
    await writeFile(file, text);
    const [answer] = jsonLines((await stp('invoke', 'getPosts', '--local', '--json')).stdout);
    expect(JSON.stringify(answer?.payload)).toContain('three@example.com');

    await writeFile(file, text.replace('name: id', 'name: slug'));
    const events = jsonLines((await stp('deploy', '--local', '--yes', '--json')).stdout);
    expect(events.at(-1)).toMatchObject({ type: 'result', status: 'succeeded' });
    const plan = events.find(({ type }) => type === 'plan') as { changes: Record<string, unknown>[] };
    expect(plan.changes).toContainEqual(
      expect.objectContaining({ action: 'replace', resource: 'mainDynamoDbTable', losesData: true }),
    );
    const [after] = jsonLines((await stp('invoke', 'getPosts', '--local', '--json')).stdout);
    expect(JSON.stringify(after?.payload)).not.toContain('three@example.com');
  });

  test('delete wants --yes without a terminal, then deletes; again it is nothing to do', async () => {
    const refused = await stp('delete', '--local');
    expect(refused.exitCode).toBe(2);
    expect(`${refused.stdout}${refused.stderr}`).toContain('--yes');
    const deleted = await stp('delete', '--local', '--yes');
    expect(deleted.exitCode).toBe(0);
    const again = jsonLines((await stp('delete', '--local', '--yes', '--json')).stdout);
    expect(again.at(-1)).toMatchObject({ type: 'result', status: 'succeeded' });
    expect((await stp('info', '--local')).exitCode).toBe(1);
  });
});

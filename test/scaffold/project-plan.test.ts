import { join } from 'node:path';
import { expect, test } from 'vitest';
import { nameProblem, serviceNameFrom } from '../../source/scaffold/project-name.ts';
import { planProject } from '../../source/scaffold/project-plan.ts';
import { listStarters, readStarter, startersFolder } from '../../source/scaffold/read-starter.ts';
import { createWorkspace, starterFiles, writeFiles } from './workspace.ts';

const plan = (folder: string, name: string, stp = 'stp') =>
  planProject({ starter: readStarter(join(folder, 'starter')), directory: '/p', name, stp });

test('a plan names the project in its config and in package.json and leaves the rest as it is', () => {
  const folder = createWorkspace(starterFiles);
  const { files, ...rest } = plan(folder, 'MyShop', 'npx -p create-stp-app@1.2.3 stp');
  expect(rest).toEqual({ directory: '/p', starter: 'starter', name: 'MyShop' });
  expect(files.map((file) => file.path)).toEqual(['.gitignore', 'package.json', 'src/a.ts', 'stacktape.yml']);
  expect(files[3]).toMatchObject({ contents: '# Posts\nserviceName: MyShop\nresources: {}\n' });
  const manifest = files[1] && 'contents' in files[1] ? JSON.parse(files[1].contents) : undefined;
  expect(manifest).toEqual({
    name: 'myshop',
    scripts: { deploy: 'npx -p create-stp-app@1.2.3 stp deploy', check: 'tsc' },
  });
  expect(files[2]).toMatchObject({ source: join(folder, 'starter/src/a.ts') });
});

test('a config without a name gets one, and a name that YAML would read as something else is quoted', () => {
  const folder = createWorkspace({ 'starter/stacktape.yml': 'resources: {}\n' });
  expect(plan(folder, 'no').files[0]).toMatchObject({ contents: "serviceName: 'no'\n\nresources: {}\n" });
});

test('what a folder is called becomes a service name', () => {
  expect(serviceNameFrom('my-app')).toBe('my-app');
  expect(serviceNameFrom('My Café_2!')).toBe('My-Cafe-2');
  expect(serviceNameFrom('2026-shop')).toBe('shop');
  expect(serviceNameFrom('x'.repeat(200))).toHaveLength(64);
  expect(() => serviceNameFrom('日本')).toThrow(/no service name can be made/);
  expect(nameProblem('my-app')).toBeUndefined();
  expect(nameProblem('my_app')).toContain('letters, digits and hyphens');
  expect(nameProblem('x'.repeat(65))).toContain('longer than 64');
});

test('the bundled starters say what they are', () => {
  const starters = listStarters(startersFolder());
  expect(starters.map((starter) => starter.id)).toContain('lambda-api-dynamo-db');
  for (const { id, ...rest } of starters) {
    expect(Object.values(rest).every((value) => value.length > 0)).toBe(true);
    expect(readStarter(join(startersFolder(), id)).files.map((file) => file.path)).toEqual(
      expect.arrayContaining(['.gitignore', 'README.md', 'stacktape.yml']),
    );
  }
});

test('a starter is refused where it has no config or reaches outside of itself', async () => {
  const folder = createWorkspace(starterFiles);
  expect(() => readStarter(folder)).toThrow(/no stacktape\.yml/);
  const { symlinkSync } = await import('node:fs');
  writeFiles(folder, { secret: 'x' });
  symlinkSync(join(folder, 'starter/src/a.ts'), join(folder, 'starter/b.ts'));
  expect(readStarter(join(folder, 'starter')).files.map((file) => file.path)).toContain('b.ts');
  symlinkSync(join(folder, 'secret'), join(folder, 'starter/c.ts'));
  expect(() => readStarter(join(folder, 'starter'))).toThrow(/c\.ts is a link to something/);
});

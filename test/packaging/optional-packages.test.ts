import { expect, test } from 'vitest';
import { PackagingError } from '../../source/packaging/packaging-error.ts';
import { createProject, esFunction, outcomes } from './project.ts';

const manifest = (rest: object): string =>
  JSON.stringify({ name: 'queries', version: '1.0.0', main: 'index.js', ...rest });

/** A function that uses a package, which loads others in one way or another. */
const project = (rest: object, code: string, entry = '') =>
  createProject({
    'node_modules/queries/package.json': manifest(rest),
    'node_modules/queries/index.js': code,
    'src/find.ts': `import queries from 'queries';\n${entry}export default () => queries;\n`,
  });
const find = esFunction('find', 'src/find.ts');

test.each([
  ['late, without a word', {}, "exports.driver = () => require('mariadb/callback');"],
  ['late, with import()', {}, "export default () => import('@acme/driver');"],
  [
    'as an optional peer',
    { peerDependenciesMeta: { mysql: { optional: true } } },
    "import mysql from 'mysql';\nexport default mysql;",
  ],
  [
    'as an optional dependency',
    { optionalDependencies: { mysql: '2' } },
    "module.exports = require('mysql');",
  ],
])(
  'a package that is not installed and that another gets along without stays outside: %s',
  async (_, rest, code) => {
    expect(outcomes(await project(rest, code).package([find]))).toEqual(['find built']);
  },
);

test.each([
  ['a dependency', { dependencies: { mysql: '2' } }, "module.exports = () => require('mysql');", ''],
  ['a peer', { peerDependencies: { mysql: '2' } }, "module.exports = () => require('mysql');", ''],
  ['at the top of an ES module', {}, "import mysql from 'mysql';\nexport default mysql;", ''],
  ["by the project's own code as well", {}, "module.exports = () => require('mysql');", "import 'mysql';\n"],
])('one that is needed is missed: %s', async (_, rest, code, entry) => {
  const failure = await project(rest, code, entry)
    .package([find])
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.message).toContain('Could not resolve "mysql"');
});

test('several functions get along without it, the one that imports it itself is alone in missing it', async () => {
  const shop = project({}, "module.exports = () => require('mysql');");
  shop.write({
    'src/save.ts': "import 'mysql';\nimport queries from 'queries';\nexport default () => queries;\n",
  });
  const list = esFunction('list', 'src/find.ts');
  expect(outcomes(await shop.package([find, list]))).toEqual(['find built', 'list built']);
  const failure = await shop
    .package([find, esFunction('other', 'src/find.ts'), esFunction('save', 'src/save.ts')])
    .catch((error: unknown) => error);
  if (!(failure instanceof PackagingError)) throw failure;
  expect(failure.problems.map((problem) => problem.function)).toEqual(['save']);
});

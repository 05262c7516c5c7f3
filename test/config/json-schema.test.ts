import { globSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkSchema } from '../../source/config/check-schema.ts';
import { configSchema } from '../../source/config/config-schema.ts';
import { resolveLocalDirectives } from '../../source/config/directives/resolve-local.ts';
import { configJsonSchema } from '../../source/config/json-schema.ts';
import type { SchemaNode } from '../../source/config/schema-node.ts';
import { functionWith, read } from './read.ts';
import { schemaPlaces, smallest } from './schema-places.ts';

const schema = JSON.parse(configJsonSchema());
// Keywords for editors, which are none of the standard.
const ajv = new Ajv({ strict: true, strictTypes: false, allowUnionTypes: true });
ajv.addVocabulary(['enumDescriptions', 'patternErrorMessage']);
const validate = ajv.compile(schema);

const accepts = (config: unknown): boolean => validate(structuredClone(config));
const acceptsText = (text: string): boolean => accepts(parse(text, { merge: true }));

/** What our own check says of the schema alone; names and rules between properties are no part of it. */
function checkFinds(config: unknown): string[] {
  const codes: string[] = [];
  const held = structuredClone(config);
  for (const { code } of resolveLocalDirectives({ config: held, stage: 'dev', region: 'us-east-1' }))
    codes.push(code);
  checkSchema(held, configSchema, [], {
    report: ({ code }) => codes.push(code),
    reference() {},
    connection() {},
    unresolved() {},
    number() {},
  });
  return codes;
}

const configs = globSync('test/synth/configs/**/*.yml').sort();

test('a right config is right in the editor too', () => {
  expect(configs.length).toBeGreaterThan(20);
  const refused = configs
    .map((file) => ({ file, text: readFileSync(file, 'utf8') }))
    .filter(({ text }) => read(text).config !== undefined && !acceptsText(text))
    .map(({ file }) => file);
  expect(refused).toEqual([]);
});

test('the starters are right', () => {
  for (const file of globSync('starters/**/stacktape.yml')) {
    expect([file, acceptsText(readFileSync(file, 'utf8'))]).toEqual([file, true]);
  }
});

const values: readonly unknown[] = [
  null,
  'lots',
  '',
  1.5,
  -1,
  1e9,
  true,
  [],
  ['a'],
  ['a', 'a'],
  {},
  { nothing: 1 },
  { type: 'nothing' },
];

/** Where the two judge differently: the place, the value, who accepts it. */
function differences(
  configOf: (place: ReturnType<typeof schemaPlaces>[number]) => readonly unknown[],
): unknown[] {
  const found: unknown[] = [];
  for (const place of schemaPlaces()) {
    for (const value of configOf(place)) {
      const config = place.configWith(value);
      const problems = checkFinds(config);
      if (accepts(config) !== (problems.length === 0)) found.push([place.name, value, problems]);
    }
  }
  return found;
}

describe('the editor judges as the validator does, at every place of every descriptor', () => {
  test('wrong values and right ones', () => {
    expect(differences(({ node }) => [smallest(node), ...values, ...edges(node)])).toEqual([]);
  });

  test('directives, also such as wait for CloudFormation', () => {
    const directives = ["$ResourceParam('a', 'b')", "$Secret('a.b')", '$Stage'];
    expect(differences(() => directives)).toEqual([]);
  });

  test('directives that are known before the deployment fit wherever their result does', () => {
    const wrong: string[] = [];
    for (const place of schemaPlaces().filter(({ path }) => path.length > 0)) {
      const value = smallest(place.node);
      // What has to differ from its neighbours, or is its own key, is no place for the same directive.
      const config = { ...(place.configWith('$Var().value') as object), variables: { value } };
      if (place.path[0] === 'variables' || checkFinds(config).length > 0) continue;
      if (!accepts(config)) wrong.push(place.name);
    }
    expect(wrong).toEqual([]);
  });
});

/** Just inside the bounds and just outside. */
function edges({
  minimum,
  maximum,
  minItems,
  maxItems,
  minLength,
  maxLength,
  items,
  enum: allowed,
}: SchemaNode) {
  const list = (length: number) => Array.from({ length }, (_, index) => `${index}`);
  return [
    ...(minimum === undefined ? [] : [minimum, minimum - 1]),
    ...(maximum === undefined ? [] : [maximum, maximum + 1]),
    ...(minItems === undefined || items?.type !== 'string'
      ? []
      : [list(minItems), list(Math.max(0, minItems - 1))]),
    ...(maxItems === undefined || items?.type !== 'string' ? [] : [list(maxItems), list(maxItems + 1)]),
    ...(minLength === undefined ? [] : ['x'.repeat(minLength)]),
    ...(maxLength === undefined ? [] : ['x'.repeat(maxLength), 'x'.repeat(maxLength + 1)]),
    ...(allowed ?? []),
  ];
}

describe('what a person writes', () => {
  test.each([
    ['a misspelt property', functionWith('      memry: 512\n')],
    ['a wrong type', functionWith('      memory: lots\n')],
    ['a number in quotes', functionWith('      timeout: "10"\n')],
    ['a number out of bounds', functionWith('      memory: 64\n')],
    ['a part of a megabyte', functionWith('      memory: 512.5\n')],
    ['no value', functionWith('      timeout:\n')],
    ['a text for a list', functionWith('      events: posts\n')],
    ['an entry twice', functionWith('      connectTo: [posts, posts]\n')],
    [
      'a required property left out',
      functionWith('      iamRoleStatements: [{ Action: ["s3:GetObject"] }]\n'),
    ],
    ['a retention that CloudWatch has not', functionWith('      logging: { retentionDays: 8 }\n')],
    ['an unknown resource type', 'resources:\n  api:\n    type: http-api-gatway\n'],
    ['an unknown event type', functionWith('      events: [{ type: http, properties: {} }]\n')],
    ['a property of another branch', functionWith('').replace('entryfilePath', 'packagePath')],
    ['a list as a config', '- a\n'],
    ['a text as a config', 'just words\n'],
    ['no resources', 'serviceName: blog\n'],
    ['a key of its own', 'a: 1\nresources:\n  api: { type: http-api-gateway }\n'],
    ['a directive where the value has to be known', functionWith("      timeout: $Secret('x')\n")],
    ['a resource beside the others', 'resources:\n  api: http-api-gateway\n'],
  ])('%s is refused by both', (_name, text) => {
    expect(read(text).problems.length).toBeGreaterThan(0);
    expect(acceptsText(text)).toBe(false);
  });

  test.each([
    [
      'a directive for a number',
      `${functionWith('      memory: $Var().memory\n')}variables: { memory: 512 }\n`,
    ],
    ['one that CloudFormation resolves', functionWith("      memory: $SsmParam('memory')\n")],
    ['one inside a text', `serviceName: blog-$Stage()\n${functionWith('')}`],
    [
      'one for a whole mapping',
      `${functionWith('      logging: $Var().logging\n')}variables: { logging: { retentionDays: 7 } }\n`,
    ],
  ])('%s is accepted by both', (_name, text) => {
    expect(read(text).problems).toEqual([]);
    expect(acceptsText(text)).toBe(true);
  });
});

test('each property that an editor completes is told about', () => {
  expect(schema.properties.resources.additionalProperties.properties.type.anyOf[0].enum).toContain(
    'function',
  );
  expect(
    schema.properties.resources.additionalProperties.properties.type.anyOf[0].enumDescriptions,
  ).toContain('Function: Code that runs on AWS Lambda when something invokes it.');
});

test('each property says what it is for, and in words what a text has to look like', () => {
  const places = schemaPlaces();
  // Of a branch the type tells what it is; `x` stands for names that a config gives.
  const silent = places.filter(({ name, node, path }) => {
    const isNamed = typeof path.at(-1) === 'string' && !/(?:[\]}]|\.(?:x|type|properties))$/.test(name);
    return isNamed && node.description === undefined && node.title === undefined;
  });
  expect(silent.map(({ name }) => name)).toEqual([]);
  const patterns = places.filter(({ node }) => node.pattern !== undefined);
  expect(patterns.length).toBeGreaterThan(10);
  expect(patterns.filter(({ node }) => node['stp:format'] === undefined).map(({ name }) => name)).toEqual([]);
});

describe('what editors show', () => {
  type Node = { [keyword: string]: Node } & { description?: string; title?: string };
  const functionBranch = (): Node => {
    const branches = (schema as Node).properties?.resources?.additionalProperties?.allOf as unknown as Node[];
    const branch = branches.find((one) => one.if?.properties?.type?.const === ('function' as unknown));
    if (!branch?.then?.properties?.properties) throw new Error('no branch for functions');
    return branch.then.properties.properties;
  };

  test('bounds and defaults stand in the descriptions', () => {
    const properties = functionBranch().properties;
    expect(properties?.timeout?.description).toBe('Seconds. From 1 to 900. Default: 3.');
    expect(properties?.layers?.description).toContain('At most 5.');
  });

  test('`properties` has the words of its type', () => {
    expect(functionBranch()).toMatchObject({
      title: 'Function',
      description: 'Code that runs on AWS Lambda when something invokes it.',
    });
  });

  test('whole entries have names', () => {
    expect(functionBranch().properties?.environment?.items?.title).toBe('Environment variables: entry');
    expect((schema as Node).properties?.resources?.additionalProperties?.title).toBe('Resource');
  });

  test('a directive that comes too late is refused in our words', () => {
    expect(configJsonSchema()).not.toContain('"not"');
    expect(acceptsText(functionWith(`      connectTo: ["$ResourceParam('posts', 'name')"]\n`))).toBe(false);
    expect(acceptsText(functionWith('      connectTo: [$Var().table]\n'))).toBe(true);
  });
});

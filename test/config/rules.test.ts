import { describe, expect, test } from 'vitest';
import { functionWith, places, read } from './read.ts';

const problemsOf = (properties: string, options = {}) =>
  read(functionWith(properties), options).problems.map(({ code, message, expected }) =>
    [code, message, expected].filter((part) => part !== undefined).join(' | '),
  );

const event = (properties: string) => `        - { type: http-api-gateway, properties: { ${properties} } }\n`;

describe('functions', () => {
  test.each([
    [
      'memory: 64',
      'out-of-bounds | Function getPosts: "memory" has to be at least 128, not 64. | an integer from 128 to 10240',
    ],
    [
      'memory: 512.5',
      'wrong-type | Function getPosts: "memory" has to be an integer, not the number 512.5. | an integer from 128 to 10240',
    ],
    [
      'timeout: 901',
      'out-of-bounds | Function getPosts: "timeout" has to be at most 900, not 901. | an integer from 1 to 900',
    ],
    ['timeout:', 'wrong-type | Function getPosts: "timeout" has no value. | an integer from 1 to 900'],
    [
      'events: posts',
      'wrong-type | Function getPosts: "events" has to be a list, not the text "posts". | a list',
    ],
    [
      'logging: { retentionDays: 8 }',
      'wrong-value | Function getPosts: "retentionDays" cannot be the number 8. | one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653',
    ],
    [
      'logging: { disabled: "yes" }',
      'wrong-type | Function getPosts: "disabled" has to be true or false, not the text "yes". | true or false',
    ],
    [
      'volumeMounts: []',
      'unsupported-property | Function getPosts: property "volumeMounts" is not supported by this version yet.',
    ],
    ['connectTo: [posts, posts]', 'duplicate-entry | Function getPosts: "posts" is in "connectTo" already.'],
    [
      'iamRoleStatements: [{ Action: ["s3:GetObject"] }]',
      'missing-property | Function getPosts: property "Resource" is missing in entry 1 of "iamRoleStatements". | a text, or a list',
    ],
    [
      'environment: [{ name: AWS_REGION, value: x }]',
      'reserved-variable | Function getPosts: environment variable AWS_REGION is set by Lambda itself and cannot be changed.',
    ],
    [
      'environment: [{ name: my-var, value: x }]',
      'invalid-variable-name | Function getPosts: "my-var" cannot be the name of an environment variable. | two or more letters, digits and underscores, a letter first',
    ],
    [
      `environment: [{ name: BIG, value: ${'x'.repeat(4100)} }]`,
      'environment-too-large | Function getPosts: the environment variables take 4194 bytes with NODE_OPTIONS; Lambda allows 4096.',
    ],
    [
      'environment: [{ name: ZIP, value: 01234 }]',
      'ambiguous-number | Function getPosts: 01234 is read as the number 1234.',
    ],
    [
      'runtime: python3.14',
      'runtime-mismatch | Function getPosts: runtime python3.14 cannot run the entry file "src/get-posts.ts", which is JavaScript or TypeScript. | one of nodejs24.x, nodejs22.x, nodejs20.x, nodejs18.x, nodejs16.x, nodejs26.x',
    ],
    [
      'runtime: nodejs18.x',
      'deprecated-runtime | Function getPosts: AWS deprecated runtime nodejs18.x on 2025-09-01; from 2027-02-01 it takes no new functions with it, from 2027-03-03 no changes.',
    ],
  ])('%s', (property, problem) => {
    expect(problemsOf(`      ${property}\n`)).toEqual([problem]);
  });

  test.each([
    ['src/a.rb', 'unsupported-extension'],
    ['src/Makefile', 'unsupported-extension'],
    ['src/get.posts.py', 'invalid-entry-name'],
  ])('%s', (entryfilePath, code) => {
    const text = functionWith('').replace('src/get-posts.ts', entryfilePath);
    expect(read(text).problems.map((problem) => problem.code)).toEqual([code]);
  });

  test('an artifact of their own needs what nothing else tells', () => {
    const artifact = (properties: string, runtime = '') =>
      `resources:\n  f:\n    type: function\n    properties:\n      packaging: { type: custom-artifact, properties: { ${properties} } }\n${runtime}`;
    const codes = (text: string, options = {}) => read(text, options).problems.map(({ code }) => code);
    expect(codes(artifact('packagePath: dist'))).toEqual(['runtime-missing']);
    const node = '      runtime: nodejs24.x\n';
    expect(codes(artifact('packagePath: dist', node))).toEqual(['missing-property']);
    expect(codes(artifact('packagePath: dist, handler: index.js', node))).toEqual(['invalid-handler']);
    expect(codes(artifact("packagePath: dist, handler: 'index.js:go'", node))).toEqual([]);
    expect(codes(artifact('packagePath: dist', '      runtime: provided.al2023\n'))).toEqual([]);
    expect(
      codes(artifact("packagePath: dist, handler: 'index.js:go'", node), { pathKind: () => undefined }),
    ).toEqual(['artifact-missing']);
  });

  test('one mistake does not hide another', () => {
    const text = functionWith(
      `      memory: lots\n      runtime: java25\n      environment: [{ name: AWS_REGION, value: x }]\n      events:\n${event('httpApiGatewayName: api, method: get, path: /a')}${event('httpApiGatewayName: api, method: GET, path: a')}`,
    );
    expect(places(text, { pathKind: () => undefined })).toEqual([
      '11:83 missing-entry-file',
      '12:15 wrong-type',
      '13:16 runtime-mismatch',
      '14:29 reserved-variable',
      '16:84 wrong-value',
      '17:95 invalid-route',
    ]);
  });
});

test('a directive with a mistake of its own causes no other', () => {
  for (const property of [
    'packaging: $Nothing()',
    'environment: $Nothing()',
    'environment: [$Nothing()]',
    'environment: [{ name: $Nothing(), value: 1 }]',
    'events: [$Nothing()]',
    'events: [{ type: http-api-gateway, properties: $Nothing() }]',
    'events: [{ type: $Nothing(), properties: {} }]',
    'connectTo: [$Nothing()]',
    'runtime: $Nothing()',
    'timeout: $Nothing()',
    'logging: $Nothing()',
    'tags: [{ name: a, value: $Nothing() }]',
  ]) {
    const text = functionWith(property.startsWith('packaging') ? '' : `      ${property}\n`);
    const problems = read(
      property.startsWith('packaging') ? text.replace(/packaging: .*/, property) : text,
    ).problems.map(({ code }) => code);
    expect([property, problems]).toEqual([property, ['unknown-directive']]);
  }
  for (const part of [
    'resources: $Nothing()\n',
    'resources:\n  a: $Nothing()\n',
    'resources:\n  a: { type: $Nothing() }\n',
  ]) {
    expect(places(part).map((place) => place.split(' ')[1])).toEqual(['unknown-directive']);
  }
});

describe('routes', () => {
  const routes = (...events: string[]) =>
    problemsOf(`      events:\n${events.map(event).join('')}`).map((one) => one.split(' | ')[0]);
  const route = (method: string, path: string) =>
    `httpApiGatewayName: api, method: '${method}', path: '${path}'`;

  test.each([
    ['GET', '*'],
    ['GET', '$default'],
    ['GET', 'posts'],
    ['GET', '/posts?x'],
    ['GET', '/a b'],
    ['GET', '/posts/{id'],
    ['GET', '/{proxy+}/x'],
    ['GET', '/x{id}'],
  ])('%s %s is none', (method, path) => {
    expect(routes(route(method, path))).toEqual(['invalid-route']);
  });

  test.each([
    ['GET', '/'],
    ['GET', '/posts/{id}/comments/{commentId}'],
    ['*', '/{proxy+}'],
    ['*', '*'],
    ['*', '$default'],
  ])('%s %s is one', (method, path) => {
    expect(routes(route(method, path))).toEqual([]);
  });

  test('the same one twice, by whatever name', () => {
    expect(routes(route('*', '*'), route('*', '$default'))).toEqual(['duplicate-route']);
    expect(routes(route('GET', '/a'), route('POST', '/a'), route('*', '/a'))).toEqual([]);
  });

  test('one payload format for each function', () => {
    expect(routes(route('GET', '/a'), `${route('GET', '/b')}, payloadFormat: '2.0'`)).toEqual([
      'mixed-payload-formats',
    ]);
    expect(routes(`${route('GET', '/a')}, payloadFormat: '1.0'`, route('GET', '/b'))).toEqual([]);
  });

  test('a number where a text is meant', () => {
    const [problem] = read(
      functionWith(`      events:\n${event(`${route('GET', '/a')}, payloadFormat: 2.0`)}`),
    ).problems;
    expect(problem).toMatchObject({ code: 'wrong-value', expected: 'one of 1.0, 2.0' });
  });
});

describe('other resources', () => {
  const table = (properties: string) =>
    read(`resources:\n  posts:\n    type: dynamo-db-table\n    properties: { ${properties} }\n`).problems.map(
      ({ code }) => code,
    );
  const id = 'primaryKey: { partitionKey: { name: id, type: string } }';

  test('a table whose keys contradict each other', () => {
    expect(
      table(`${id}, secondaryIndexes: [{ name: byId, partitionKey: { name: id, type: number } }]`),
    ).toEqual(['conflicting-attribute-type']);
    expect(
      table('primaryKey: { partitionKey: { name: id, type: string }, sortKey: { name: id, type: string } }'),
    ).toEqual(['duplicate-key']);
    expect(table('')).toEqual(['missing-property']);
  });

  test('credentials from every origin', () => {
    const cors = (more: string) =>
      read(
        `resources:\n  api:\n    type: http-api-gateway\n    properties: { cors: { enabled: true, allowCredentials: true${more} } }\n`,
      ).problems.map(({ code }) => code);
    expect(cors('')).toEqual(['cors-credentials']);
    expect(cors(", allowedOrigins: ['*']")).toEqual(['cors-credentials']);
    expect(cors(', allowedOrigins: [https://example.com]')).toEqual([]);
  });

  test('names', () => {
    expect(places('resources:\n  my-api:\n    type: http-api-gateway\n')).toEqual([
      '2:3 invalid-resource-name',
    ]);
    expect(places('serviceName: 1st\nresources:\n  api:\n    type: http-api-gateway\n')).toEqual([
      '1:14 wrong-format',
    ]);
  });
});

test('a thousand functions are checked in time that does not grow with their square', () => {
  const one = (index: number) => `  f${index}:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }
      memry: 1
      connectTo: [posts]
      events:
        - { type: http-api-gateway, properties: { httpApiGatewayName: api, method: GET, path: /f${index} } }
`;
  const text = `${functionWith('')}${Array.from({ length: 1000 }, (_, index) => one(index)).join('')}`;
  const { problems } = read(text);
  expect(problems).toHaveLength(1000);
  expect(problems.every(({ code }) => code === 'unknown-property')).toBe(true);
});

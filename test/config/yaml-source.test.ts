import { describe, expect, test } from 'vitest';
import { places, read, readRight } from './read.ts';

const api = 'resources:\n  api:\n    type: http-api-gateway\n';

describe('what YAML allows and a config does not', () => {
  test.each([
    ['a key twice', `${api}  api:\n    type: http-api-gateway\n`, '4:3 duplicate-key'],
    ['several documents', `${api}---\n${api}`, '4:1 several-documents'],
    ['a list', '- a\n- b\n', '1:1 not-a-mapping'],
    ['a list as key', 'resources:\n  ? [a, b]\n  : c\n', '2:5 invalid-key'],
    ['an alias inside of itself', `${api}    properties: &p { cors: *p }\n`, '4:28 endless-alias'],
    ['an alias of nothing', `variables: { a: &base 1, b: *bsae }\n${api}`, '1:29 unknown-alias'],
    ['many levels', `${api}variables: ${'['.repeat(150)}${']'.repeat(150)}\n`, '4:111 nested-too-deeply'],
    ['no resources', 'resources: {}\n', '1:1 no-resources'],
    ['no value', 'resources:\n', '1:1 wrong-type'],
  ])('%s', (_name, text, place) => {
    expect(places(text)).toEqual([place]);
  });

  test('what follows from a bracket that is not closed is not told', () => {
    const text = `${api}    properties: { cors: $Format('{}', 'a') }\n    overrides: { ApiApi: {} }\n`;
    expect(read(text).problems).toMatchObject([
      {
        code: 'yaml-syntax',
        message: 'Unexpected "{".',
        suggestion: 'Inside of { } and [ ] a directive has to be in double quotes.',
      },
    ]);
    expect(places(`${api}}\n${api}`)).toEqual(['4:1 yaml-syntax']);
  });

  test('aliases of aliases without end', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const entries =
        level === 0
          ? 'x'
          : Array(10)
              .fill(`*l${level - 1}`)
              .join(', ');
      return `  l${level}: &l${level} [${entries}]`;
    });
    expect(places(`variables:\n${levels.join('\n')}\n${api}`)).toEqual(['1:1 too-many-aliases']);
  });
});

test('brackets without end', () => {
  for (const text of ['['.repeat(20_000), '{a: '.repeat(20_000), '- '.repeat(20_000)]) {
    const { config, problems } = read(`${api}variables:\n  ${text}`);
    expect(config).toBeUndefined();
    expect(problems.length).toBeLessThan(5);
  }
});

describe('what YAML has and a config may use', () => {
  test('anchors, aliases and merge keys', () => {
    const config = readRight(`variables:
  base: &base { logging: { retentionDays: 7 }, payloadFormat: '2.0' }
resources:
  api:
    type: http-api-gateway
    properties: { <<: *base, payloadFormat: '1.0' }
  other:
    type: http-api-gateway
    properties: *base
`);
    expect(config.resources.map(({ properties }) => properties)).toEqual([
      { logging: { retentionDays: 7 }, payloadFormat: '1.0' },
      { logging: { retentionDays: 7 }, payloadFormat: '2.0' },
    ]);
  });

  test('a mistake that came through an alias is shown where it is written', () => {
    expect(
      places(`variables:
  base: &base { payloadFormat: '3.0' }
resources:
  api:
    type: http-api-gateway
    properties: { <<: *base }
`),
    ).toEqual(['2:32 wrong-value']);
  });

  test('a byte order mark and Windows line ends, without shifting columns', () => {
    const text = `\uFEFF${api}    typo: 1\n`.replaceAll('\n', '\r\n');
    expect(places(text)).toEqual(['4:5 unknown-property']);
    expect(read(text).problems[0]?.frame).not.toContain('\r');
  });

  test('keys that JavaScript has other ideas about', () => {
    expect(places(`${api}__proto__: { serviceName: evil }\nconstructor: 1\n`)).toEqual([
      '4:1 unknown-property',
      '5:1 unknown-property',
    ]);
    expect(readRight(api).serviceName).toBe('project');
  });
});

test('every key and value can be located', () => {
  const loaded = read(`${api}    properties:\n      payloadFormat: "2.0"\n`);
  const path = ['resources', 'api', 'properties', 'payloadFormat'];
  expect(loaded.locate(path)).toEqual({
    file: '/project/stacktape.yml',
    line: 5,
    column: 22,
    endLine: 5,
    endColumn: 27,
  });
  expect(loaded.locate(path, 'key')).toMatchObject({ line: 5, column: 7, endColumn: 20 });
  expect(loaded.locate(['resources', 'nothing'])).toBeUndefined();
});

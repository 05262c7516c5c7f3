import * as Type from 'typebox';
import type { LocalFinding } from '../../../model/descriptor.ts';
import { isKnownLater, type Value } from '../../../model/intrinsic.ts';
import { closedObject } from '../../schema.ts';

const values = Type.Array(Type.String({ minLength: 1 }), {
  description: 'One of them has to fit.',
  minItems: 1,
});

const texts = (title: string, description: string, examples: string[]) =>
  Type.Optional(
    Type.Array(Type.String({ examples, minLength: 1 }), {
      title,
      description,
      examples: [examples],
      minItems: 1,
    }),
  );

/** What a request has to be for a rule of a load balancer (spec 6.12). */
export const conditionProperties = {
  paths: texts('Paths', 'One of them has to fit; * stands for any text.', ['/posts', '/posts/*']),
  methods: texts('Methods', 'One of them has to be the method.', ['GET']),
  hosts: texts('Hosts', 'One of them has to be the host; * stands for any text.', ['api.example.com']),
  headers: Type.Optional(
    Type.Array(
      closedObject({
        headerName: Type.String({ description: 'Name of the header.', minLength: 1 }),
        values,
      }),
      { title: 'Headers', description: 'Each has to have one of its values.', minItems: 1 },
    ),
  ),
  queryParams: Type.Optional(
    Type.Array(
      closedObject({
        paramName: Type.String({ description: 'Name of the parameter.', minLength: 1 }),
        values,
      }),
      { title: 'Query parameters', description: 'Each has to have one of its values.', minItems: 1 },
    ),
  ),
  sourceIps: texts('Addresses of clients', 'Ranges, one of which the client has to be in.', [
    '203.0.113.0/24',
  ]),
};

type Properties = Type.Static<Type.TObject<typeof conditionProperties>>;

/**
 * AWS's limits on the values of a rule's conditions together, and of one of them.
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 */
const maximumValues = 5;
const maximumOfOne = 3;

/** `Conditions` of a rule. */
export function conditionsOf({
  paths,
  methods,
  hosts,
  headers,
  queryParams,
  sourceIps,
}: Properties): Value[] {
  const list = (Field: string, config: string, Values: readonly string[] | undefined): Value[] =>
    Values ? [{ Field, [config]: { Values } }] : [];
  return [
    ...list('path-pattern', 'PathPatternConfig', paths),
    ...list('http-request-method', 'HttpRequestMethodConfig', methods),
    ...list('host-header', 'HostHeaderConfig', hosts),
    ...(headers ?? []).map(({ headerName, values: Values }) => ({
      Field: 'http-header',
      HttpHeaderConfig: { HttpHeaderName: headerName, Values },
    })),
    ...(queryParams ?? []).map(({ paramName, values: wanted }) => ({
      Field: 'query-string',
      QueryStringConfig: { Values: wanted.map((one) => ({ Key: paramName, Value: one })) },
    })),
    ...list('source-ip', 'SourceIpConfig', sourceIps),
  ];
}

export function* checkConditions(properties: Properties): Iterable<LocalFinding> {
  const conditions = valuesOf(properties);
  const count = conditions.reduce((sum, { values }) => sum + values.length, 0);
  if (count === 0) {
    yield {
      code: 'no-condition',
      path: [],
      at: 'key',
      message: 'The event has no condition.',
      expected: 'at least one of paths, methods, hosts, headers, queryParams, sourceIps',
    };
  } else if (count > maximumValues) {
    yield {
      code: 'too-many-conditions',
      path: [],
      at: 'key',
      message: `The conditions have ${count} values; a rule of a load balancer can have ${maximumValues}.`,
      suggestion: 'Use wildcards, or two events with a priority each.',
    };
  }
  for (const { path, values } of conditions) {
    if (count > maximumValues || values.length <= maximumOfOne) continue;
    yield {
      code: 'too-many-conditions',
      path,
      message: `One condition of a load balancer's rule can have ${maximumOfOne} values, not ${values.length}.`,
      suggestion: 'Use wildcards, or two events with a priority each.',
    };
  }
  yield* checkValues(properties);
}

/** The values of each condition, and where they stand. */
function valuesOf(properties: Properties): { path: (string | number)[]; values: readonly unknown[] }[] {
  const lists = (['paths', 'methods', 'hosts', 'sourceIps'] as const).map((key) => ({
    path: [key],
    values: properties[key] ?? [],
  }));
  const named = (['headers', 'queryParams'] as const).flatMap((key) =>
    (properties[key] ?? []).map(({ values }, index) => ({ path: [key, index, 'values'], values })),
  );
  return [...lists, ...named];
}

/** @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
const forms = {
  methods: { pattern: /^[A-Z_-]{1,40}$/, expected: 'a method in capital letters, such as GET' },
  paths: { pattern: /^[/*?].{0,127}$/, expected: 'a path with a slash first, such as /posts/*' },
  sourceIps: { pattern: /^[0-9a-fA-F.:]+\/\d{1,3}$/, expected: 'a range such as 203.0.113.0/24' },
} as const;

function* checkValues(properties: Properties): Iterable<LocalFinding> {
  for (const key of ['methods', 'paths', 'sourceIps'] as const) {
    for (const [index, value] of (properties[key] ?? []).entries()) {
      if (typeof value !== 'string' || isKnownLater(value) || forms[key].pattern.test(value)) continue;
      yield {
        code: 'invalid-condition',
        path: [key, index],
        message: `"${value}" is nothing that a load balancer compares with.`,
        expected: forms[key].expected,
      };
    }
  }
}

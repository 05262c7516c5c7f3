import type { Integration, Route } from '@aws-sdk/client-apigatewayv2';

export type MatchedRoute = {
  route: Route;
  integration: Integration | undefined;
  parameters: Record<string, string>;
};

export type RouteTable = {
  /** `path` as it was sent, without the stage, percent-encoded. */
  match(method: string, path: string): MatchedRoute | undefined;
};

type Segment = { kind: 'literal' | 'parameter' | 'greedy'; text: string };
type Entry = { route: Route; method: string; segments: Segment[] };

/**
 * Routing by API Gateway's rules: among the routes that match, the more specific path wins (a literal over
 * `{parameter}` over `{greedy+}`, from the left), then the named method over ANY, and `$default` comes last.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
 */
export function createRouteTable(routes: readonly Route[], integrations: readonly Integration[]): RouteTable {
  const byId = new Map(integrations.map((integration) => [integration.IntegrationId, integration]));
  const entries = routes.flatMap((route) => parseRoute(route) ?? []).sort(bySpecificity);
  const fallback = routes.find((route) => route.RouteKey === '$default');
  const found = (route: Route, parameters: Record<string, string>): MatchedRoute => ({
    route,
    parameters,
    integration: byId.get(route.Target?.replace(/^integrations\//, '')),
  });
  return {
    match(method, path) {
      const parts = path.slice(1).split('/');
      for (const entry of entries) {
        if (entry.method !== 'ANY' && entry.method !== method) continue;
        const parameters = matchSegments(entry.segments, parts);
        if (parameters) return found(entry.route, parameters);
      }
      return fallback && found(fallback, {});
    },
  };
}

const routeKeyPattern = /^(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) (\/\S*)$/;

/** Whether a route key is one: `GET /posts/{id}`, `ANY /{proxy+}`, `$default`. */
export const isRouteKey = (routeKey: string): boolean =>
  routeKey === '$default' || routeKeyPattern.test(routeKey);

function parseRoute(route: Route): Entry | undefined {
  const [, method, path] = routeKeyPattern.exec(route.RouteKey ?? '') ?? [];
  if (method === undefined || path === undefined) return undefined;
  return { route, method, segments: path.slice(1).split('/').map(parseSegment) };
}

function parseSegment(text: string): Segment {
  const [, name, plus] = /^\{([^{}+]+)(\+)?\}$/.exec(text) ?? [];
  if (name === undefined) return { kind: 'literal', text };
  return { kind: plus ? 'greedy' : 'parameter', text: name };
}

const ranks = { literal: 0, parameter: 1, greedy: 2 } as const;

function bySpecificity(a: Entry, b: Entry): number {
  for (let index = 0; index < Math.min(a.segments.length, b.segments.length); index++) {
    const difference =
      ranks[a.segments[index]?.kind ?? 'greedy'] - ranks[b.segments[index]?.kind ?? 'greedy'];
    if (difference !== 0) return difference;
  }
  return b.segments.length - a.segments.length || Number(a.method === 'ANY') - Number(b.method === 'ANY');
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const parameters: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    if (segment.kind === 'greedy') {
      const rest = parts.slice(index).join('/');
      if (rest === '') return undefined;
      return { ...parameters, [segment.text]: decode(rest) };
    }
    const part = parts[index];
    if (part === undefined) return undefined;
    if (segment.kind === 'literal') {
      if (decode(part) !== segment.text && part !== segment.text) return undefined;
    } else if (part === '') return undefined;
    else parameters[segment.text] = decode(part);
  }
  return segments.length === parts.length ? parameters : undefined;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

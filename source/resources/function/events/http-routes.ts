import type { EventUse, LocalFinding } from '../../../model/descriptor.ts';

type Route = { httpApiGatewayName: string; method: string; path: string; payloadFormat?: string };
type Use = EventUse<Route>;
type Gateway = { payloadFormat?: string };
type Findings = Iterable<LocalFinding & { about: EventUse }>;

/** `GET /posts`, `ANY /posts`, `$default`. */
export function routeKey({ method, path }: Pick<Route, 'method' | 'path'>): string {
  if (path === '*' || path === '$default') return '$default';
  return `${method === '*' ? 'ANY' : method} ${path}`;
}

type FormatSource = {
  event: { properties: Pick<Route, 'payloadFormat'> };
  gateway: Gateway | undefined;
};
export const payloadFormat = ({ event, gateway }: FormatSource): string =>
  event.properties.payloadFormat ?? gateway?.payloadFormat ?? '1.0';

/** A route without the names of its parameters, by which API Gateway tells routes apart. */
const shapeOf = (route: string): string => route.replaceAll(/\{[^{}+]+(\+?)\}/g, '{$1}');

/** Routes that API Gateway refuses beside one that is there. */
export function* duplicateRoutes(uses: readonly Use[]): Findings {
  const taken = new Map<string, Use>();
  for (const use of uses) {
    const { httpApiGatewayName } = use.event.properties;
    const route = routeKey(use.event.properties);
    const key = `${httpApiGatewayName} ${shapeOf(route)}`;
    const first = taken.get(key);
    if (!first) {
      taken.set(key, use);
      continue;
    }
    const by =
      first.owner === use.owner ? 'an earlier event of the same function' : `function ${first.owner.name}`;
    const firstRoute = routeKey(first.event.properties);
    const events = ['resources', first.owner.name, 'properties', 'events'];
    yield {
      about: use as EventUse,
      path: ['path'],
      ...(route === firstRoute
        ? {
            code: 'duplicate-route',
            message: `Route "${route}" of ${httpApiGatewayName} is taken already by ${by}.`,
            suggestion: 'Change the method or the path of one of them.',
          }
        : {
            code: 'conflicting-route',
            message: `Route "${route}" of ${httpApiGatewayName} differs from "${firstRoute}" of ${by} in names of parameters only, and API Gateway refuses the second.`,
            suggestion: 'Change more of the path of one of them.',
          }),
      related: [
        {
          path: [...events, first.event.index, 'properties', 'path'],
          message: `"${firstRoute}" is taken here`,
        },
      ],
    };
  }
}

/** A function has one integration at a gateway, and one shape of event to read (spec 6.1). */
export function* mixedPayloadFormats(
  uses: readonly Use[],
  gatewayOf: (name: string) => { properties: Gateway } | undefined,
): Findings {
  const firstOf = new Map<string, { use: Use; format: string }>();
  for (const use of uses) {
    const gateway = gatewayOf(use.event.properties.httpApiGatewayName)?.properties;
    const format = payloadFormat({ event: use.event, gateway });
    const first = firstOf.get(use.owner.name);
    if (!first) firstOf.set(use.owner.name, { use, format });
    else if (first.format !== format) {
      const path = ['resources', use.owner.name, 'properties', 'events', first.use.event.index];
      yield {
        about: use as EventUse,
        code: 'mixed-payload-formats',
        path: use.event.properties.payloadFormat === undefined ? [] : ['payloadFormat'],
        message: `This event has payload format ${format}, another http-api-gateway event of the function has ${first.format}.`,
        expected: 'the same payload format for every http-api-gateway event of a function',
        related: [{ path, message: `payload format ${first.format}` }],
      };
    }
  }
}

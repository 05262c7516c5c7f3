import type { LocalFinding } from '../../model/descriptor.ts';
import type { ConfigPath } from '../../model/diagnostic.ts';
import { atMostOne } from '../exactly-one.ts';
import type { RouteTo } from './cdn-schema.ts';
import { hasOwnHost } from './cdn-target.ts';
import {
  allMethods,
  type CachingOptions,
  cacheableMethods,
  type ForwardingOptions,
  readMethods,
} from './policy-schema.ts';

/** @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CachePolicyConfig.html */
export function* checkCaching(
  caching: CachingOptions,
  target: RouteTo,
  allowedMethods: readonly string[] | undefined,
  path: ConfigPath,
): Iterable<LocalFinding> {
  const { cacheMethods, cachePolicyId, cacheKeyParameters = {} } = caching;
  if (cacheMethods) {
    yield* checkMethods(cacheMethods, [readMethods, cacheableMethods], [...path, 'cacheMethods']);
    if (cacheMethods.includes('OPTIONS') && allowedMethods && !allowedMethods.includes('OPTIONS')) {
      yield {
        code: 'method-not-forwarded',
        path: [...path, 'cacheMethods'],
        message: 'Answers to OPTIONS cannot be kept where "allowedMethods" has no OPTIONS.',
      };
    }
  }
  if (cachePolicyId !== undefined) {
    const parts = ['minTTL', 'defaultTTL', 'maxTTL', 'cacheKeyParameters'] as const;
    for (const part of parts) yield* atMostOne(caching, ['cachePolicyId', part], path);
  }
  yield* checkSeconds(caching, path);
  for (const [key, choice] of Object.entries(cacheKeyParameters)) {
    yield* checkChoice(choice, [...path, 'cacheKeyParameters', key]);
  }
  const { whitelist } = cacheKeyParameters.headers ?? {};
  yield* checkHost(whitelist, target, [...path, 'cacheKeyParameters', 'headers', 'whitelist']);
}

/** @see https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_OriginRequestPolicyConfig.html */
export function* checkForwarding(
  forwarding: ForwardingOptions,
  target: RouteTo,
  path: ConfigPath,
): Iterable<LocalFinding> {
  const { allowedMethods, headers, originRequestPolicyId } = forwarding;
  if (allowedMethods)
    yield* checkMethods(
      allowedMethods,
      [readMethods, cacheableMethods, allMethods],
      [...path, 'allowedMethods'],
    );
  const parts = ['cookies', 'headers', 'queryString'] as const;
  for (const part of parts) {
    if (originRequestPolicyId !== undefined)
      yield* atMostOne(forwarding, ['originRequestPolicyId', part], path);
    const choice = forwarding[part];
    if (choice) yield* checkChoice(choice, [...path, part]);
  }
  if (!headers) return;
  const at = [...path, 'headers'];
  yield* checkHost(headers.whitelist, target, [...at, 'whitelist']);
  const index = indexOfHeader(headers.whitelist, 'authorization');
  if (index >= 0) {
    yield {
      code: 'authorization-header',
      path: [...at, 'whitelist', index],
      message: 'CloudFront forwards Authorization only as a part of the cache key, or with all headers.',
      suggestion: 'Name it in "cachingOptions.cacheKeyParameters.headers.whitelist".',
    };
  }
  if (headers.allViewerAndWhitelistCloudFront && hasOwnHost(target)) {
    yield {
      code: 'host-header',
      path: [...at, 'allViewerAndWhitelistCloudFront'],
      at: 'key',
      message: `With these headers goes Host, and ${ownerOfHost(target)} knows no name but its own.`,
      suggestion: 'Use "allViewer", which leaves Host out there, or "whitelist".',
    };
  }
}

/** Those that are given, in their order. */
function* checkSeconds(caching: CachingOptions, path: ConfigPath): Iterable<LocalFinding> {
  const given = (['minTTL', 'defaultTTL', 'maxTTL'] as const).flatMap((key) => {
    const seconds = caching[key];
    return seconds === undefined ? [] : [{ key, seconds }];
  });
  for (const [index, { key, seconds }] of given.entries()) {
    const before = given[index - 1];
    if (!before || before.seconds <= seconds) continue;
    yield {
      code: 'unordered-seconds',
      path: [...path, key],
      message: `"${key}" is ${seconds}, less than "${before.key}", which is ${before.seconds}.`,
      expected: 'minTTL ≤ defaultTTL ≤ maxTTL',
    };
  }
}

/** Exactly one of the keys, and that switched on. */
function* checkChoice(choice: object, path: ConfigPath): Iterable<LocalFinding> {
  const chosen = Object.entries(choice).filter(([, value]) => value !== false);
  if (chosen.length === 1) return;
  yield {
    code: chosen.length === 0 ? 'missing-property' : 'conflicting-properties',
    path,
    at: 'key',
    message:
      chosen.length === 0
        ? `"${path.at(-1)}" says nothing.`
        : `${chosen.map(([key]) => `"${key}"`).join(' and ')} cannot be used together.`,
    expected: 'one of its properties',
  };
}

function* checkMethods(
  methods: readonly string[],
  sets: readonly (readonly string[])[],
  path: ConfigPath,
): Iterable<LocalFinding> {
  const given = new Set(methods);
  if (sets.some((set) => set.length === given.size && set.every((method) => given.has(method)))) return;
  yield {
    code: 'unfit-methods',
    path,
    message: `CloudFront has no distributions with ${methods.join(', ')} alone.`,
    expected: sets.map((set) => set.join(', ')).join('; or '),
  };
}

const indexOfHeader = (headers: readonly string[] = [], name: string): number =>
  headers.findIndex((header) => header.toLowerCase() === name);

function* checkHost(
  whitelist: readonly string[] | undefined,
  target: RouteTo,
  path: ConfigPath,
): Iterable<LocalFinding> {
  const index = indexOfHeader(whitelist, 'host');
  if (index < 0 || !hasOwnHost(target)) return;
  yield {
    code: 'host-header',
    path: [...path, index],
    message: `Header Host cannot be forwarded: ${ownerOfHost(target)} knows no name but its own.`,
    suggestion: 'Remove it.',
  };
}

const ownerOfHost = ({ type }: RouteTo): string =>
  type === 'bucket' ? 'a bucket' : type === 'function' ? 'a function' : 'an API';

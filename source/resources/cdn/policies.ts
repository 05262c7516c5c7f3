import { ref, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import type { RouteTo } from './cdn-schema.ts';
import { hasOwnHost } from './cdn-target.ts';
import { type CachingOptions, type ForwardingOptions, maximumSeconds } from './policy-schema.ts';
import { globalName } from './url-functions.ts';

/**
 * Policies that AWS keeps, by their ids. They are taken wherever they do, since an account may have few of its own.
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-origin-request-policies.html
 */
export const managed = {
  cachingOptimized: '658327ea-f89d-4fab-a63d-7e88639e58f6',
  cachingDisabled: '4135ea2d-6df8-44a3-9df3-4b5a84be39ad',
  allViewerExceptHost: 'b689b0a8-53d0-40ab-baf2-68738e2966ac',
  corsOfBuckets: '88a5eaf4-2fd4-4709-b370-b4c650ea3fcf',
} as const;

/** A bucket answers them differently by its CORS rules, so that each origin has an answer of its own. */
const corsHeaders = ['Origin', 'Access-Control-Request-Headers', 'Access-Control-Request-Method'];

const day = 86_400;

/** A route whose policies are wanted. */
export type PolicyRoute = {
  owner: string;
  /** Parts policies of one CDN from each other. */
  specifier: string;
  target: RouteTo;
  cachingOptions?: CachingOptions | undefined;
  forwardingOptions?: ForwardingOptions | undefined;
};

/** Whether it is a bucket that answers by CORS rules. */
function hasCors({ type, properties }: RouteTo, stack: StackBuilder): boolean {
  if (type !== 'bucket') return false;
  const bucket = stack.resource<{ cors?: { enabled?: boolean } }>(properties.bucketName, 'bucket');
  return bucket.properties.cors?.enabled === true;
}

/**
 * What is kept. Files of buckets are kept for a day where they do not say it themselves; answers of others are not kept
 * unless it is asked for, since they may be for one user alone.
 */
export function cachePolicy(route: PolicyRoute, stack: StackBuilder): Value {
  const { target, cachingOptions: options = {} } = route;
  const isBucket = target.type === 'bucket';
  const { cachePolicyId, minTTL, defaultTTL, maxTTL = maximumSeconds, cacheKeyParameters: key } = options;
  if (cachePolicyId !== undefined) return cachePolicyId;
  // CloudFront refuses a policy of one's own that keeps nothing and has a key.
  if (maxTTL === 0) return managed.cachingDisabled;
  const isDefault =
    minTTL === undefined && defaultTTL === undefined && options.maxTTL === undefined && key === undefined;
  const cors = hasCors(target, stack);
  if (isDefault && !isBucket) return managed.cachingDisabled;
  if (isDefault && !cors && !options.disableCompression) return managed.cachingOptimized;
  const compressed = !options.disableCompression;
  return addPolicy(route, stack, 'CachePolicy', {
    MinTTL: minTTL ?? 0,
    DefaultTTL: defaultTTL ?? Math.min(Math.max(isBucket ? day : 0, minTTL ?? 0), maxTTL),
    MaxTTL: maxTTL,
    ParametersInCacheKeyAndForwardedToOrigin: {
      EnableAcceptEncodingGzip: compressed,
      EnableAcceptEncodingBrotli: compressed,
      HeadersConfig: headers(key?.headers ?? (cors ? { whitelist: corsHeaders } : { none: true })),
      CookiesConfig: cookies(key?.cookies ?? { none: true }),
      QueryStringsConfig: queryStrings(key?.queryString ?? (isBucket ? { none: true } : { all: true })),
    },
  });
}

/** What reaches the origin besides the cache key. A bucket has use for nothing but the headers of CORS. */
export function originRequestPolicy(route: PolicyRoute, stack: StackBuilder): Value | undefined {
  const { target, forwardingOptions: options = {} } = route;
  if (options.originRequestPolicyId !== undefined) return options.originRequestPolicyId;
  const isBucket = target.type === 'bucket';
  const cors = hasCors(target, stack);
  if (!options.cookies && !options.headers && !options.queryString) {
    if (!isBucket) return managed.allViewerExceptHost;
    return cors ? managed.corsOfBuckets : undefined;
  }
  const part = isBucket ? { none: true } : { all: true };
  const byDefault = isBucket ? (cors ? { whitelist: corsHeaders } : { none: true }) : { allExcept: ['Host'] };
  return addPolicy(route, stack, 'OriginRequestPolicy', {
    HeadersConfig: headers(withoutHost(options.headers ?? byDefault, target)),
    CookiesConfig: cookies(options.cookies ?? part),
    QueryStringsConfig: queryStrings(options.queryString ?? part),
  });
}

/** A choice of the config: one of its keys is there. */
type Choice = {
  none?: boolean;
  all?: boolean;
  whitelist?: readonly string[];
  allExcept?: readonly string[];
  allViewer?: boolean;
  allViewerAndWhitelistCloudFront?: readonly string[];
};

function withoutHost(choice: Choice, target: RouteTo): Choice {
  if (!hasOwnHost(target)) return choice;
  if (choice.allViewer) return { allExcept: ['Host'] };
  const { allExcept } = choice;
  if (!allExcept || allExcept.some((header) => header.toLowerCase() === 'host')) return choice;
  return { allExcept: ['Host', ...allExcept] };
}

/** The name of the choice in CloudFront, which is that of the config, and the list that goes with it. */
function chosen(choice: Choice): { behavior: string; list: readonly string[] | undefined } {
  const found = Object.entries(choice).find(([, value]) => value !== undefined && value !== false);
  const [behavior, value] = found ?? ['none', true];
  return { behavior, list: Array.isArray(value) ? value : undefined };
}

function headers(choice: Choice): Value {
  const { behavior, list } = chosen(choice);
  return { HeaderBehavior: behavior, Headers: list };
}

function cookies(choice: Choice): Value {
  const { behavior, list } = chosen(choice);
  return { CookieBehavior: behavior, Cookies: list };
}

function queryStrings(choice: Choice): Value {
  const { behavior, list } = chosen(choice);
  return { QueryStringBehavior: behavior, QueryStrings: list };
}

function addPolicy(
  { owner, specifier }: PolicyRoute,
  stack: StackBuilder,
  kind: 'CachePolicy' | 'OriginRequestPolicy',
  config: Record<string, Value>,
): Value {
  const id = stack.names.logicalId(owner, `AWS::CloudFront::${kind}`, { specifier });
  stack.add(owner, id, {
    Type: `AWS::CloudFront::${kind}`,
    Properties: { [`${kind}Config`]: { Name: globalName(stack, `${owner}-${specifier}`), ...config } },
  });
  return ref(id);
}

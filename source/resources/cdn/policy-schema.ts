import * as Type from 'typebox';
import { closedObject, oneOf, staticSwitch, staticText } from '../schema.ts';

/** The sets of methods that CloudFront knows. */
export const readMethods = ['GET', 'HEAD'] as const;
export const cacheableMethods = [...readMethods, 'OPTIONS'] as const;
export const allMethods = [...cacheableMethods, 'PUT', 'PATCH', 'POST', 'DELETE'] as const;

/** A year. */
export const maximumSeconds = 31_536_000;

const seconds = (description: string) =>
  Type.Optional(Type.Integer({ 'stp:static': true, description, minimum: 0, maximum: maximumSeconds }));

const names = (description: string) =>
  Type.Optional(Type.Array(staticText({ minLength: 1 }), { description, minItems: 1 }));

const none = Type.Optional(staticSwitch({ description: 'None of them.' }));
const all = Type.Optional(staticSwitch({ description: 'All of them.' }));
const whitelist = names('Those that are named.');
const allExcept = names('All but those that are named.');

export const cachingOptionsSchema = closedObject(
  {
    cacheMethods: Type.Optional(
      Type.Array(oneOf(cacheableMethods), {
        description: 'Methods whose answers are kept: GET and HEAD, or OPTIONS too. Default: GET and HEAD.',
        minItems: 2,
      }),
    ),
    minTTL: seconds('Seconds that answers are kept at least. Default: 0.'),
    defaultTTL: seconds(
      'Seconds that answers are kept that do not say it themselves. Default: a day for buckets, else 0.',
    ),
    maxTTL: seconds('Seconds that answers are kept at most; 0 keeps none. Default: a year.'),
    disableCompression: Type.Optional(
      staticSwitch({ description: 'Whether answers are sent as they are.', default: false }),
    ),
    cacheKeyParameters: Type.Optional(
      closedObject(
        {
          cookies: Type.Optional(
            closedObject({ none, whitelist, allExcept, all }, { description: 'Cookies. Default: none.' }),
          ),
          headers: Type.Optional(
            closedObject(
              { none, whitelist },
              { description: 'Headers. Default: none, and for buckets with CORS those of it.' },
            ),
          ),
          queryString: Type.Optional(
            closedObject(
              { none, whitelist, all },
              { description: 'Query parameters. Default: none for buckets, else all.' },
            ),
          ),
        },
        {
          title: 'Cache key',
          description: 'What besides the path makes another answer. It reaches the origin too.',
        },
      ),
    ),
    cachePolicyId: Type.Optional(
      Type.String({ description: 'A cache policy that is there, in place of all this.', minLength: 1 }),
    ),
  },
  { title: 'Caching', description: 'Which answers are kept, and how long.' },
);

export const forwardingOptionsSchema = closedObject(
  {
    customRequestHeaders: Type.Optional(
      Type.Array(
        closedObject({
          headerName: staticText({ description: 'Its name.', minLength: 1 }),
          value: Type.String({ description: 'Its value.' }),
        }),
        { description: 'Headers that the origin gets in every request.' },
      ),
    ),
    allowedMethods: Type.Optional(
      Type.Array(oneOf(allMethods), {
        description:
          'Methods that reach the origin: GET and HEAD, these and OPTIONS, or all. Default: those three for buckets, else all.',
        minItems: 2,
      }),
    ),
    cookies: Type.Optional(
      closedObject(
        { none, whitelist, all },
        { description: 'Cookies. Default: none for buckets, else all.' },
      ),
    ),
    headers: Type.Optional(
      closedObject(
        {
          none,
          whitelist,
          allViewer: Type.Optional(
            staticSwitch({
              description:
                'All of the request. APIs, functions and buckets do not get Host, which is not theirs.',
            }),
          ),
          allViewerAndWhitelistCloudFront: names(
            'All of the request, and those of CloudFront that are named.',
          ),
          allExcept,
        },
        { description: 'Headers. Default: all but Host, and for buckets those of CORS.' },
      ),
    ),
    queryString: Type.Optional(
      closedObject(
        { none, whitelist, all },
        { description: 'Query parameters. Default: none for buckets, else all.' },
      ),
    ),
    originRequestPolicyId: Type.Optional(
      Type.String({
        description: 'An origin request policy that is there, in place of cookies, headers and queryString.',
        minLength: 1,
      }),
    ),
  },
  {
    title: 'Forwarding',
    description: 'What of a request reaches the origin besides the cache key.',
  },
);

export type CachingOptions = Type.Static<typeof cachingOptionsSchema>;
export type ForwardingOptions = Type.Static<typeof forwardingOptionsSchema>;

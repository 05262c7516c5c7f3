import * as Type from 'typebox';
import type { Config } from '../../model/config.ts';
import { defineResource } from '../../model/descriptor.ts';
import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import { checkAlarms } from '../alarms/resolve-alarms.ts';
import { alarmProperties } from '../alarms/schema.ts';
import { cdnSchema } from '../cdn/cdn-schema.ts';
import { checkCdn } from '../cdn/check-cdn.ts';
import { addCdn, cdnParams } from '../cdn/distribution.ts';
import { corsConfiguration } from '../cors.ts';
import { customDomainsOf, customDomainsSchema, domainParams } from '../domains/custom-domains.ts';
import { httpMethods, payloadFormats } from '../function/events/http-api-gateway.ts';
import { disabledSchema, retentionSchema } from '../log-groups/retention.ts';
import { closedObject, oneOf, staticSwitch } from '../schema.ts';
import { addApiDomains, checkApiDomains } from './domains.ts';

const logFormats = ['JSON', 'CLF', 'XML', 'CSV'] as const;

const corsSchema = closedObject(
  {
    enabled: staticSwitch({
      title: 'Enabled',
      description: 'Answers what browsers ask before they call.',
      default: false,
    }),
    allowedOrigins: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Origins of the pages that may call.',
        default: ['*'],
        minItems: 1,
      }),
    ),
    allowedHeaders: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Headers that requests may have. Default: those that AWS and browsers use most.',
      }),
    ),
    allowedMethods: Type.Optional(
      Type.Array(oneOf(httpMethods), { description: 'Default: the methods of the routes and OPTIONS.' }),
    ),
    allowCredentials: Type.Optional(staticSwitch({ description: 'Whether requests may bring cookies.' })),
    exposedResponseHeaders: Type.Optional(
      Type.Array(Type.String(), { description: 'Headers of the answer that the page may read.' }),
    ),
    maxAge: Type.Optional(Type.Integer({ description: 'Seconds.', minimum: -1, maximum: 86_400 })),
  },
  { title: 'CORS', description: 'Which web pages of other origins may call the API.' },
);

const schema = closedObject({
  cors: Type.Optional(corsSchema),
  logging: Type.Optional(
    closedObject(
      {
        disabled: disabledSchema,
        format: Type.Optional(oneOf(logFormats, { description: 'Format of a line.', default: 'JSON' })),
        retentionDays: retentionSchema(30),
      },
      { title: 'Access log', description: 'One line for each request.', 'stp:later': ['logForwarding'] },
    ),
  ),
  payloadFormat: Type.Optional(
    oneOf(payloadFormats, { title: 'Payload format', description: 'Shape of the event.', default: '1.0' }),
  ),
  customDomains: Type.Optional(customDomainsSchema('Domains that the API has besides its own address.')),
  cdn: Type.Optional(
    cdnSchema(
      {},
      'CloudFront in front of the API, which keeps answers near the clients. Without "cachingOptions" it keeps none.',
    ),
  ),
  ...alarmProperties('http-api-gateway'),
});

export type HttpApiGatewayProperties = Type.Static<typeof schema>;

/** Spec 13.1. */
export const httpApiGateway = defineResource({
  type: 'http-api-gateway',
  title: 'HTTP API Gateway',
  description: 'A public HTTPS address whose routes invoke functions.',
  schema,

  *check({ name, properties }, context) {
    yield* checkAlarms({ name, type: 'http-api-gateway', properties }, context);
    if (properties.customDomains) yield* checkApiDomains(name, properties.customDomains, context);
    if (properties.cdn) yield* checkCdn({ name, type: 'http-api-gateway', cdn: properties.cdn }, context);
    const { cors } = properties;
    const origins = cors?.allowedOrigins ?? ['*'];
    if (cors?.enabled && cors.allowCredentials && Array.isArray(origins) && origins.includes('*')) {
      yield {
        code: 'cors-credentials',
        path: cors.allowedOrigins ? ['cors', 'allowedOrigins'] : ['cors', 'allowCredentials'],
        message: 'Browsers refuse credentials from an API that allows every origin.',
        expected: 'allowedOrigins without "*" where allowCredentials is on',
      };
    }
  },

  synth({ name, properties }, stack) {
    const { names } = stack;
    const api = names.logicalId(name, 'AWS::ApiGatewayV2::Api');
    stack.add(name, api, {
      Type: 'AWS::ApiGatewayV2::Api',
      Properties: {
        Name: names.physicalName(name, 128),
        ProtocolType: 'HTTP',
        CorsConfiguration: properties.cors?.enabled
          ? corsConfiguration(properties.cors, methodsOf(name, stack.config))
          : undefined,
      },
    });
    const logGroup = names.logicalId(name, 'AWS::Logs::LogGroup');
    const logged = !properties.logging?.disabled;
    if (logged) {
      stack.add(name, logGroup, {
        Type: 'AWS::Logs::LogGroup',
        Properties: {
          LogGroupName: `/aws/vendedlogs/${names.stackName}/api-gateway/${name}/access-logs`,
          RetentionInDays: properties.logging?.retentionDays ?? 30,
        },
      });
    }
    stack.add(name, names.logicalId(name, 'AWS::ApiGatewayV2::Stage'), {
      Type: 'AWS::ApiGatewayV2::Stage',
      Properties: {
        ApiId: ref(api),
        StageName: '$default',
        AutoDeploy: true,
        AccessLogSettings: logged
          ? {
              DestinationArn: getAtt(logGroup, 'Arn'),
              Format: accessLogFormat(properties.logging?.format ?? 'JSON'),
            }
          : undefined,
      },
    });
    addApiDomains(name, properties.customDomains, stack);
    if (properties.cdn) addCdn({ name, type: 'http-api-gateway', cdn: properties.cdn }, stack);
    stack.output(names.logicalId(name, 'Url'), {
      Description: `Address of ${name}`,
      Value: getAtt(api, 'ApiEndpoint'),
    });
  },

  params({ name, properties }, names) {
    const url = getAtt(names.logicalId(name, 'AWS::ApiGatewayV2::Api'), 'ApiEndpoint');
    // `https://{id}.execute-api.{region}.amazonaws.com`: the third part between slashes.
    const domain: Value = { 'Fn::Select': [2, { 'Fn::Split': ['/', url] }] };
    return {
      domain,
      url,
      ...domainParams(customDomainsOf(properties.customDomains)),
      canonicalDomain: domain,
      ...cdnParams(name, properties.cdn, names),
    };
  },
});

/** The methods of the gateway's routes and OPTIONS; `*` stands for all of them. */
function methodsOf(gatewayName: string, config: Config): string[] {
  const methods = new Set<string>();
  for (const resource of config.resources) {
    const events = resource.type === 'function' ? resource.properties.events : undefined;
    if (!Array.isArray(events)) continue;
    for (const { type, properties } of events as { type: string; properties: Record<string, string> }[]) {
      if (type === 'http-api-gateway' && properties.httpApiGatewayName === gatewayName && properties.method) {
        methods.add(properties.method);
      }
    }
  }
  if (methods.has('*')) return ['*'];
  return [...methods.add('OPTIONS')].sort();
}

const logFields = [
  'requestId',
  'ip',
  'requestTime',
  'httpMethod',
  'routeKey',
  'status',
  'protocol',
  'responseLength',
];

const variableOf = (field: string): string => `$context.${field === 'ip' ? 'identity.sourceIp' : field}`;

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html */
function accessLogFormat(format: (typeof logFormats)[number]): string {
  switch (format) {
    case 'JSON':
      return `{${logFields.map((field) => `"${field}":"${variableOf(field)}"`).join(',')}}`;
    case 'CSV':
      return logFields.map(variableOf).join(',');
    case 'XML':
      return `<request id="$context.requestId">${logFields
        .slice(1)
        .map((field) => `<${field}>${variableOf(field)}</${field}>`)
        .join('')}</request>`;
    case 'CLF':
      return '$context.identity.sourceIp - - [$context.requestTime] "$context.httpMethod $context.routeKey $context.protocol" $context.status $context.responseLength $context.requestId';
  }
}

import * as Type from 'typebox';
import { defineEvent } from '../../../model/descriptor.ts';
import { ref, sub } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import type { HttpApiGatewayProperties } from '../../http-api-gateway/http-api-gateway.ts';
import { closedObject, oneOf, staticText } from '../../schema.ts';
import { timeoutOf } from '../limits.ts';
import { authorization, authorizerSchema } from './http-authorizer.ts';
import { duplicateRoutes, mixedPayloadFormats, payloadFormat, routeKey } from './http-routes.ts';

export const httpMethods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', '*'] as const;
export const payloadFormats = ['1.0', '2.0'] as const;

const schema = closedObject({
  httpApiGatewayName: staticText({
    title: 'Gateway',
    description: 'Name of an http-api-gateway of this config.',
    'stp:resource': ['http-api-gateway'],
  }),
  method: oneOf(httpMethods, { title: 'Method', description: 'HTTP method; `*` for all.' }),
  path: staticText({
    title: 'Path',
    description:
      'Path with parameters as `{id}` and, at its end, `{proxy+}`; `*` for all that no other route takes.',
    examples: ['/posts', '/posts/{id}', '/{proxy+}', '*'],
    minLength: 1,
  }),
  payloadFormat: Type.Optional(
    oneOf(payloadFormats, { title: 'Payload format', description: "Default: the gateway's, else 1.0." }),
  ),
  authorizer: Type.Optional(authorizerSchema),
});

type Properties = Type.Static<typeof schema>;

/** Without `{` and `}` this is the part of a logical id; see `StackBuilder.claimId` for what that loses. */
const routeSpecifier = ({ method, path }: Properties): string =>
  `${method === '*' ? 'any' : method}-${path === '*' || path === '$default' ? 'default' : path}`;

/** API Gateway gives up after 30 s; half a second more than the function has lets its own timeout be seen first. */
const integrationTimeout = (seconds: number): number => Math.round(Math.min(seconds + 0.5, 29) * 1000);

/** Spec 6.1. */
export const httpApiGatewayEvent = defineEvent({
  type: 'http-api-gateway',
  title: 'HTTP API',
  description: 'A request to an HTTP API Gateway.',
  schema,

  *check(event) {
    const { method, path } = event.properties;
    const at = ['path'];
    if (path === '*' || path === '$default') {
      if (method !== '*') {
        yield {
          code: 'invalid-route',
          path: ['method'],
          message: `Path "${path}" takes what no other route takes and works with method "*" only, not with ${method}.`,
          expected: '"*"',
        };
      }
    } else if (!path.startsWith('/')) {
      yield {
        code: 'invalid-route',
        path: at,
        message: `Path "${path}" does not start with a slash.`,
        expected: 'a path such as /posts or /posts/{id}, or *',
        suggestion: `Did you mean "/${path}"?`,
      };
    } else if (/[?#\s]/.test(path) || !/^(\/([^/{}]*|\{[^/{}+]+\}))*(\/\{[^/{}+]+\+\})?$/.test(path)) {
      yield {
        code: 'invalid-route',
        path: at,
        message: `Path "${path}" is not a route of an HTTP API.`,
        expected: 'parameters that are whole segments, such as /posts/{id}; {proxy+} only at the end',
      };
    }
  },

  *checkAll(uses, context) {
    yield* duplicateRoutes(uses);
    yield* mixedPayloadFormats(uses, (name) =>
      context.resource<HttpApiGatewayProperties>(name, 'http-api-gateway'),
    );
  },

  synth(event, owner, stack) {
    const { httpApiGatewayName: gatewayName } = event.properties;
    const gateway = stack.resource<HttpApiGatewayProperties>(gatewayName, 'http-api-gateway').properties;
    const api = stack.names.logicalId(gatewayName, 'AWS::ApiGatewayV2::Api');
    const integration = addIntegration(stack, {
      owner: owner.name,
      gatewayName,
      api,
      format: payloadFormat({ event, gateway }),
      timeout: timeoutOf(owner),
    });
    const key = routeKey(event.properties);
    const base = stack.names.logicalId(undefined, 'AWS::ApiGatewayV2::Route', {
      specifier: `${gatewayName}-${routeSpecifier(event.properties)}`,
    });
    const { authorizer } = event.properties;
    stack.add(owner.name, stack.claimId(base, `${gatewayName} ${key}`), {
      Type: 'AWS::ApiGatewayV2::Route',
      Properties: {
        ApiId: ref(api),
        RouteKey: key,
        Target: sub(`integrations/\${${integration}}`),
        ...(authorizer ? authorization(stack, { authorizer, gatewayName, api }) : {}),
      },
    });
  },

  sample: () => ({
    version: '1.0',
    resource: '/posts',
    path: '/posts',
    httpMethod: 'GET',
    headers: { host: 'example.execute-api.us-east-1.amazonaws.com', accept: 'application/json' },
    multiValueHeaders: {
      host: ['example.execute-api.us-east-1.amazonaws.com'],
      accept: ['application/json'],
    },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    requestContext: {
      accountId: '000000000000',
      apiId: 'example',
      domainName: 'example.execute-api.us-east-1.amazonaws.com',
      domainPrefix: 'example',
      extendedRequestId: 'sample',
      httpMethod: 'GET',
      identity: { sourceIp: '127.0.0.1', userAgent: 'stp' },
      path: '/posts',
      protocol: 'HTTP/1.1',
      requestId: 'sample',
      requestTime: '01/Jan/2026:00:00:00 +0000',
      requestTimeEpoch: 1_767_225_600_000,
      resourceId: null,
      resourcePath: '/posts',
      stage: '$default',
    },
    pathParameters: null,
    stageVariables: null,
    body: null,
    isBase64Encoded: false,
  }),
});

/** One integration and one permission for each function and gateway, however many routes there are. */
function addIntegration(
  stack: StackBuilder,
  of: { owner: string; gatewayName: string; api: string; format: string; timeout: number },
): string {
  const specifier = of.gatewayName;
  const id = stack.names.logicalId(of.owner, 'AWS::ApiGatewayV2::Integration', { specifier });
  stack.addOnce(of.owner, id, () => ({
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref(of.api),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: stack.functionTarget(of.owner),
      PayloadFormatVersion: of.format,
      TimeoutInMillis: integrationTimeout(of.timeout),
    },
  }));
  const permission = stack.names.logicalId(of.owner, 'AWS::Lambda::Permission', { specifier });
  stack.addOnce(of.owner, permission, () => ({
    Type: 'AWS::Lambda::Permission',
    Properties: {
      Action: 'lambda:InvokeFunction',
      FunctionName: stack.functionTarget(of.owner),
      Principal: 'apigateway.amazonaws.com',
      SourceArn: sub(`arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${of.api}}/*`),
    },
  }));
  return id;
}

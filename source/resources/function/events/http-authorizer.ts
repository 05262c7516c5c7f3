import * as Type from 'typebox';
import { getAtt, ref, sub, type Value } from '../../../model/intrinsic.ts';
import type { StackBuilder } from '../../../model/stack-builder.ts';
import { fitName } from '../../names.ts';
import { closedObject, staticSwitch, staticText, type VariantOf, variants } from '../../schema.ts';

/** @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html */
const source = {
  request: '\\$request\\.(?:header|querystring)\\..+',
  context: '\\$(?:context|stageVariables)\\..+',
};

type SourceRules = { description: string; pattern: string; maxItems?: number };

const identitySources = ({ description, pattern, ...bounds }: SourceRules) =>
  Type.Optional(
    Type.Array(
      staticText({
        examples: ['$request.header.Authorization'],
        pattern,
        'stp:format': 'a selection such as $request.header.Authorization',
      }),
      { description, minItems: 1, ...bounds },
    ),
  );

const branches = {
  cognito: {
    title: 'User pool',
    description: 'Requests need a token of a user pool.',
    schema: closedObject({
      userPoolName: staticText({
        title: 'User pool',
        description: 'Name of a user-auth-pool of this config.',
        'stp:resource': ['user-auth-pool'],
      }),
      // API Gateway looks for a token in one place.
      identitySources: identitySources({
        description: 'Where the token is. Default: the Authorization header.',
        pattern: `^${source.request}$`,
        maxItems: 1,
      }),
    }),
  },
  lambda: {
    title: 'Function',
    description: 'A function decides about each request.',
    schema: closedObject({
      functionName: staticText({
        title: 'Function',
        description: 'Name of the function that decides.',
        'stp:resource': ['function'],
      }),
      identitySources: identitySources({
        description: 'What has to be in a request before the function is asked.',
        pattern: `^(?:${source.request}|${source.context})$`,
      }),
      iamResponse: Type.Optional(
        staticSwitch({
          description: 'The function answers with a policy, not with yes or no.',
          default: false,
        }),
      ),
      cacheResultSeconds: Type.Optional(
        Type.Integer({
          'stp:static': true,
          description: 'How long an answer holds for the same identity.',
          default: 0,
          minimum: 0,
          maximum: 3600,
        }),
      ),
    }),
  },
} as const;

/** Who may use a route (spec 6.1). */
export const authorizerSchema = variants(branches, {
  noun: 'authorizer',
  title: 'Authorizer',
  description: 'Who may use the route; everyone without it.',
});

type Authorizer = VariantOf<typeof branches>;

const standardSource = '$request.header.Authorization';

/** Properties of a route that is guarded. One authorizer serves all routes of a gateway that ask for the same. */
export function authorization(
  stack: StackBuilder,
  { authorizer, gatewayName, api }: { authorizer: Authorizer; gatewayName: string; api: string },
): Record<string, Value> {
  const subject =
    authorizer.type === 'cognito' ? authorizer.properties.userPoolName : authorizer.properties.functionName;
  const base = stack.names.logicalId(gatewayName, 'AWS::ApiGatewayV2::Authorizer', { specifier: subject });
  const id = stack.claimId(base, JSON.stringify(authorizer));
  stack.addOnce(gatewayName, id, () => ({
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: ref(api),
      Name: fitName(id, 128),
      ...(authorizer.type === 'cognito' ? cognito(authorizer, stack) : lambda(authorizer, stack)),
    },
  }));
  if (authorizer.type === 'lambda') {
    // Named by the authorizer, of which a function may have several.
    stack.addOnce(gatewayName, `${id}Permission`, () => ({
      Type: 'AWS::Lambda::Permission',
      Properties: {
        Action: 'lambda:InvokeFunction',
        FunctionName: stack.functionTarget(subject),
        Principal: 'apigateway.amazonaws.com',
        SourceArn: sub(
          `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${${api}}/authorizers/\${${id}}`,
        ),
      },
    }));
  }
  return { AuthorizerId: ref(id), AuthorizationType: authorizer.type === 'cognito' ? 'JWT' : 'CUSTOM' };
}

function cognito(
  { properties }: Extract<Authorizer, { type: 'cognito' }>,
  { names }: StackBuilder,
): Record<string, Value> {
  const pool = names.logicalId(properties.userPoolName, 'AWS::Cognito::UserPool');
  const client = names.logicalId(properties.userPoolName, 'AWS::Cognito::UserPoolClient');
  return {
    AuthorizerType: 'JWT',
    IdentitySource: properties.identitySources ?? [standardSource],
    JwtConfiguration: { Issuer: getAtt(pool, 'ProviderURL'), Audience: [ref(client)] },
  };
}

function lambda(
  { properties }: Extract<Authorizer, { type: 'lambda' }>,
  stack: StackBuilder,
): Record<string, Value | undefined> {
  const seconds = properties.cacheResultSeconds ?? 0;
  return {
    AuthorizerType: 'REQUEST',
    AuthorizerUri: sub(
      'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${target}/invocations',
      { target: stack.functionTarget(properties.functionName) },
    ),
    AuthorizerPayloadFormatVersion: '2.0',
    EnableSimpleResponses: !properties.iamResponse,
    AuthorizerResultTtlInSeconds: seconds,
    // An answer can be kept only where something tells the same identity.
    IdentitySource: properties.identitySources ?? (seconds > 0 ? [standardSource] : undefined),
  };
}

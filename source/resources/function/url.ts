import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import type { LocalFinding } from '../../model/descriptor.ts';
import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { corsConfiguration } from '../cors.ts';
import { closedObject, oneOf, staticSwitch } from '../schema.ts';
import { aliasId, aliasName, hasAlias } from './alias.ts';

/** Lambda takes no `OPTIONS` here: it answers those requests itself. */
const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', '*'] as const;

const texts = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));

const corsSchema = closedObject(
  {
    enabled: staticSwitch({
      title: 'Enabled',
      description: 'Answers what browsers ask before they call.',
      default: false,
    }),
    allowedOrigins: texts('Origins of the pages that may call the function. Default: all.'),
    allowedHeaders: texts('Headers that they may send.'),
    allowedMethods: Type.Optional(Type.Array(oneOf(methods), { description: 'Default: all.' })),
    allowCredentials: Type.Optional(staticSwitch({ description: 'Whether requests may bring cookies.' })),
    exposedResponseHeaders: texts('Headers that they may read.'),
    maxAge: Type.Optional(Type.Integer({ description: 'Seconds.', minimum: 0, maximum: 86_400 })),
  },
  { title: 'CORS', description: 'Which web pages of other origins may call the function.' },
);

/** Spec 10. */
export const urlSchema = closedObject(
  {
    enabled: staticSwitch({
      title: 'Enabled',
      description: 'Gives the function its address.',
      default: false,
    }),
    cors: Type.Optional(corsSchema),
    authMode: Type.Optional(
      oneOf(['NONE', 'AWS_IAM'], {
        title: 'Who may call it',
        description: 'Everyone, or those whom IAM allows.',
        default: 'NONE',
      }),
    ),
    responseStreamEnabled: Type.Optional(
      staticSwitch({ description: 'Sends the answer while the function still writes it.', default: false }),
    ),
  },
  { title: 'URL', description: 'An HTTPS address of the function alone.' },
);

type Url = Type.Static<typeof urlSchema>;
type WithUrl = { url?: Url };

const urlId = (names: Names, name: string): string => names.logicalId(name, 'AWS::Lambda::Url');

export function* checkUrl({ enabled, cors }: Url): Iterable<LocalFinding> {
  const origins = cors?.allowedOrigins ?? ['*'];
  if (!enabled || !cors?.enabled || !cors.allowCredentials || !origins.includes('*')) return;
  yield {
    code: 'cors-credentials',
    path: ['url', 'cors', cors.allowedOrigins ? 'allowedOrigins' : 'allowCredentials'],
    message: 'Browsers refuse credentials from an address that allows every origin.',
    expected: 'allowedOrigins without "*" where allowCredentials is on',
  };
}

export function addUrl({ name, properties }: ConfigResource<WithUrl>, stack: StackBuilder): void {
  const { url } = properties;
  if (!url?.enabled) return;
  const { names } = stack;
  const alias = hasAlias(properties);
  stack.add(name, urlId(names, name), {
    Type: 'AWS::Lambda::Url',
    ...(alias ? { DependsOn: [aliasId(names, name)] } : {}),
    Properties: {
      TargetFunctionArn: getAtt(names.logicalId(name, 'AWS::Lambda::Function'), 'Arn'),
      Qualifier: alias ? aliasName : undefined,
      AuthType: url.authMode ?? 'NONE',
      Cors: url.cors?.enabled ? corsConfiguration(url.cors, ['*']) : undefined,
      InvokeMode: url.responseStreamEnabled ? 'RESPONSE_STREAM' : 'BUFFERED',
    },
  });
  if ((url.authMode ?? 'NONE') === 'NONE') addPublicAccess(name, stack);
  // Not `{Fn}Url`, which is the resource.
  stack.output(names.logicalId(name, 'FunctionUrl'), {
    Description: `Address of ${name}`,
    Value: getAtt(urlId(names, name), 'FunctionUrl'),
  });
}

/**
 * Since October 2025 an address takes two permissions: to use it, and to invoke the function by it.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
 */
function addPublicAccess(name: string, stack: StackBuilder): void {
  const permission = (specifier: string, properties: Record<string, Value>) =>
    stack.add(name, stack.names.logicalId(name, 'AWS::Lambda::Permission', { specifier }), {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: stack.functionTarget(name), Principal: '*', ...properties },
    });
  permission('PublicUrl', { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE' });
  permission('PublicUrlInvoke', { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true });
}

/** What `$ResourceParam` has beside `arn` where the function has an address. */
export const urlParams = (
  { name, properties }: ConfigResource<WithUrl>,
  names: Names,
): Record<string, Value> =>
  properties.url?.enabled ? { url: getAtt(urlId(names, name), 'FunctionUrl') } : {};

/** What a connection to a function with an address grants and injects besides (spec 5). */
export function urlConnection(
  { name, properties }: ConfigResource<WithUrl>,
  names: Names,
  resources: readonly Value[],
): { statements: PolicyStatement[]; variables: Record<string, Value> } {
  if (!properties.url?.enabled) return { statements: [], variables: {} };
  return {
    statements: [{ Effect: 'Allow', Action: ['lambda:InvokeFunctionUrl'], Resource: resources }],
    variables: { URL: getAtt(urlId(names, name), 'FunctionUrl') },
  };
}

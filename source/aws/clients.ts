import type { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import type { CloudFormation } from '@aws-sdk/client-cloudformation';
import type { CloudFront } from '@aws-sdk/client-cloudfront';
import type { CloudWatchLogs } from '@aws-sdk/client-cloudwatch-logs';
import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { IAM } from '@aws-sdk/client-iam';
import type { Lambda } from '@aws-sdk/client-lambda';
import type { S3 } from '@aws-sdk/client-s3';
import type { SecretsManager } from '@aws-sdk/client-secrets-manager';
import type { STS } from '@aws-sdk/client-sts';
import type { Target } from './target.ts';

/**
 * The SDK's clients for one target, each loaded and made on first use (a client costs about 50 ms to load).
 * Everyone who asks gets the same one, so that connections and retry budgets are shared.
 */
export type Clients = {
  readonly target: Target;
  apiGateway(): Promise<ApiGatewayV2>;
  cloudFormation(): Promise<CloudFormation>;
  cloudFront(): Promise<CloudFront>;
  dynamoDb(): Promise<DynamoDB>;
  iam(): Promise<IAM>;
  lambda(): Promise<Lambda>;
  logs(): Promise<CloudWatchLogs>;
  s3(): Promise<S3>;
  secretsManager(): Promise<SecretsManager>;
  sts(): Promise<STS>;
  /** Closes the connections; without it a program with keep-alive sockets ends late. */
  destroy(): void;
};

/**
 * Credentials, profile and `AWS_ENDPOINT_URL[_<SERVICE>]` are resolved by the SDK itself, save where the
 * target names an endpoint or keys: those win, and nothing falls back from one to the other.
 */
export function createClients(target: Target): Clients {
  const made: { destroy(): void }[] = [];
  const lazy = <C extends { destroy(): void }>(make: () => Promise<C>) => {
    let client: Promise<C> | undefined;
    return () => {
      client ??= make().then((one) => {
        made.push(one);
        return one;
      });
      return client;
    };
  };
  const config = clientConfig(target);
  return {
    target,
    apiGateway: lazy(async () => new (await import('@aws-sdk/client-apigatewayv2')).ApiGatewayV2(config)),
    cloudFormation: lazy(
      async () => new (await import('@aws-sdk/client-cloudformation')).CloudFormation(config),
    ),
    cloudFront: lazy(async () => new (await import('@aws-sdk/client-cloudfront')).CloudFront(config)),
    dynamoDb: lazy(async () => new (await import('@aws-sdk/client-dynamodb')).DynamoDB(config)),
    iam: lazy(async () => new (await import('@aws-sdk/client-iam')).IAM(config)),
    // An invocation can take 15 minutes and is not to be sent twice because the answer is slow.
    lambda: lazy(async () => new (await import('@aws-sdk/client-lambda')).Lambda(config)),
    logs: lazy(
      async () =>
        new (await import('@aws-sdk/client-cloudwatch-logs')).CloudWatchLogs({
          ...config,
          // StartLiveTail puts `streaming-` in front of the host, which an endpoint of one's own does not have.
          ...(hasOwnEndpoint(target, 'CLOUDWATCH_LOGS') && { disableHostPrefix: true }),
        }),
    ),
    s3: lazy(
      async () =>
        new (await import('@aws-sdk/client-s3')).S3({
          ...config,
          ...(hasOwnEndpoint(target, 'S3') && { forcePathStyle: true }),
        }),
    ),
    secretsManager: lazy(
      async () => new (await import('@aws-sdk/client-secrets-manager')).SecretsManager(config),
    ),
    sts: lazy(async () => new (await import('@aws-sdk/client-sts')).STS(config)),
    destroy() {
      for (const client of made.splice(0)) client.destroy();
    },
  };
}

function clientConfig(target: Target) {
  return {
    region: target.region,
    retryMode: 'standard',
    maxAttempts: target.kind === 'local' ? 2 : 5,
    ...(target.profile !== undefined && { profile: target.profile }),
    ...(target.endpoint !== undefined && { endpoint: target.endpoint }),
    ...(target.credentials !== undefined && { credentials: target.credentials }),
  };
}

/** `id` as in `AWS_ENDPOINT_URL_<id>`. */
function hasOwnEndpoint(target: Target, id: string): boolean {
  return (
    target.endpoint !== undefined ||
    Boolean(process.env.AWS_ENDPOINT_URL) ||
    Boolean(process.env[`AWS_ENDPOINT_URL_${id}`])
  );
}

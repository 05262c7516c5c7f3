import { api } from './api-gateway-api.ts';
import { authorizer } from './api-gateway-authorizer.ts';
import { integration } from './api-gateway-integration.ts';
import { route } from './api-gateway-route.ts';
import { stage } from './api-gateway-stage.ts';
import { table } from './dynamodb-table.ts';
import { role } from './iam-role.ts';
import { eventInvokeConfig } from './lambda-event-invoke-config.ts';
import { lambdaFunction } from './lambda-function.ts';
import { permission } from './lambda-permission.ts';
import { logGroup } from './log-group.ts';
import type { ResourceProvider } from './provider.ts';
import { bucket } from './s3-bucket.ts';
import { bucketPolicy } from './s3-bucket-policy.ts';
import { waitConditionHandle } from './wait-condition-handle.ts';

/** Every resource type that a stack may have here. To add one, add its file and name it. */
export const providers: ReadonlyMap<string, ResourceProvider> = new Map(
  [
    api,
    authorizer,
    bucket,
    bucketPolicy,
    eventInvokeConfig,
    integration,
    lambdaFunction,
    logGroup,
    permission,
    role,
    route,
    stage,
    table,
    waitConditionHandle,
  ].map((provider) => [provider.type, provider]),
);

/** @throws Error for a type that is not here; a template with one is refused before it comes to that. */
export function providerOf(type: string): ResourceProvider {
  const provider = providers.get(type);
  if (provider === undefined) throw new Error(`There is no provider for ${type}`);
  return provider;
}

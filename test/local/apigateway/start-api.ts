import {
  ApiGatewayV2Client,
  CreateApiCommand,
  type CreateApiCommandInput,
  CreateIntegrationCommand,
  type CreateIntegrationCommandInput,
  CreateRouteCommand,
  CreateStageCommand,
} from '@aws-sdk/client-apigatewayv2';
import { AddPermissionCommand, CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { makeZip } from '../lambda/make-zip.ts';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

export type TestApi = { apiId: string; endpoint: string; integrationId: string };

export type TestGateway = {
  aws: TestAws;
  client: ApiGatewayV2Client;
  lambda: LambdaClient;
  /** Deploys a function that API Gateway may call, unless `permitted` says otherwise. */
  deployFunction(
    name: string,
    code: string,
    options?: { permitted?: boolean; timeout?: number },
  ): Promise<string>;
  /** An API with one function behind its routes, served at the stage `$default`. */
  createApi(
    functionName: string,
    routeKeys: string[],
    options?: {
      api?: Partial<CreateApiCommandInput>;
      integration?: Partial<CreateIntegrationCommandInput>;
      stage?: { StageName?: string; StageVariables?: Record<string, string>; AccessLogSettings?: object };
    },
  ): Promise<TestApi>;
};

export async function startGateway(): Promise<TestGateway> {
  const aws = await startTestAws({ services: ['sts', 'logs', 'lambda', 'apigateway'] });
  const client = aws.client(ApiGatewayV2Client);
  const lambda = aws.client(LambdaClient);
  return {
    aws,
    client,
    lambda,
    async deployFunction(name, code, options = {}) {
      const { FunctionArn = '' } = await lambda.send(
        new CreateFunctionCommand({
          FunctionName: name,
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: 'arn:aws:iam::000000000000:role/role',
          Timeout: options.timeout ?? 10,
          Code: { ZipFile: await makeZip({ 'index.js': code }) },
        }),
      );
      if (options.permitted !== false) {
        await lambda.send(
          new AddPermissionCommand({
            FunctionName: name,
            StatementId: 'api',
            Action: 'lambda:InvokeFunction',
            Principal: 'apigateway.amazonaws.com',
            SourceArn: 'arn:aws:execute-api:us-east-1:000000000000:*/*',
          }),
        );
      }
      return FunctionArn;
    },
    async createApi(functionName, routeKeys, options = {}) {
      const { ApiId = '', ApiEndpoint = '' } = await client.send(
        new CreateApiCommand({ Name: functionName, ProtocolType: 'HTTP', ...options.api }),
      );
      const { IntegrationId = '' } = await client.send(
        new CreateIntegrationCommand({
          ApiId,
          IntegrationType: 'AWS_PROXY',
          IntegrationUri: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
          PayloadFormatVersion: '2.0',
          ...options.integration,
        }),
      );
      for (const RouteKey of routeKeys)
        await client.send(
          new CreateRouteCommand({ ApiId, RouteKey, Target: `integrations/${IntegrationId}` }),
        );
      await client.send(
        new CreateStageCommand({ ApiId, StageName: '$default', AutoDeploy: true, ...options.stage }),
      );
      return { apiId: ApiId, endpoint: ApiEndpoint, integrationId: IntegrationId };
    },
  };
}

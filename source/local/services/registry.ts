import type { Backend, Service, ServiceId } from '../backend.ts';

/** How a service is made; its module is loaded when a server with it starts. */
export type ServiceLoader = () => Promise<(backend: Backend) => Service>;

/** Every service of the embedded AWS. */
export const registry: Partial<Record<ServiceId, ServiceLoader>> = {
  s3: async () => (await import('./s3/s3.ts')).createS3,
  dynamodb: async () => (await import('./dynamodb/dynamodb.ts')).createDynamoDb,
  iam: async () => (await import('./iam/iam.ts')).createIam,
  lambda: async () => (await import('./lambda/lambda.ts')).createLambda,
  apigateway: async () => (await import('./apigateway/apigateway.ts')).createApiGateway,
  sts: async () => (await import('./sts/sts.ts')).createSts,
  logs: async () => (await import('./logs/logs.ts')).createLogs,
  // The last one: at its start it takes up operations that call the others.
  cloudformation: async () => (await import('./cloudformation/cloudformation.ts')).createCloudFormation,
};

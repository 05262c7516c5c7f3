import { App, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { AttributeType, BillingMode, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const app = new App();
const stack = new Stack(app, 'bench');
const api = new HttpApi(stack, 'api');
const table = new Table(stack, 'table', {
  partitionKey: { name: 'id', type: AttributeType.STRING },
  billingMode: BillingMode.PAY_PER_REQUEST,
});
const artifacts = Bucket.fromBucketName(stack, 'artifacts', 'artifacts');
for (let index = 0; index < 60; index++) {
  const handler = new LambdaFunction(stack, `handler${index}`, {
    runtime: Runtime.NODEJS_24_X,
    handler: 'index.default',
    memorySize: 512,
    code: Code.fromBucket(artifacts, `handler-${index}.zip`),
    environment: { STP_TABLE_NAME: table.tableName },
  });
  table.grantReadWriteData(handler);
  handler.addEventSource(new SqsEventSource(new Queue(stack, `queue${index}`)));
  api.addRoutes({
    path: `/items-${index}`,
    methods: [HttpMethod.GET],
    integration: new HttpLambdaIntegration(`integration${index}`, handler),
  });
}

/** How long AWS takes, roughly, in milliseconds; `Backend.pace` scales it. */
export type Durations = { create: number; update: number; delete: number };

const seconds = (create: number, update: number, remove: number): Durations => ({
  create: create * 1000,
  update: update * 1000,
  delete: remove * 1000,
});

const byType: Record<string, Durations> = {
  'AWS::ApiGatewayV2::Api': seconds(2, 2, 2),
  'AWS::ApiGatewayV2::Authorizer': seconds(2, 2, 2),
  'AWS::ApiGatewayV2::Integration': seconds(2, 2, 2),
  'AWS::ApiGatewayV2::Route': seconds(2, 2, 2),
  'AWS::ApiGatewayV2::Stage': seconds(2, 2, 2),
  'AWS::CloudFormation::WaitConditionHandle': seconds(1, 1, 1),
  'AWS::DynamoDB::Table': seconds(21, 16, 6),
  'AWS::IAM::Role': seconds(17, 14, 2),
  'AWS::Lambda::EventInvokeConfig': seconds(3, 3, 2),
  'AWS::Lambda::Function': seconds(7, 6, 4),
  'AWS::Lambda::Permission': seconds(2, 2, 2),
  'AWS::Logs::LogGroup': seconds(3, 2, 2),
  'AWS::S3::Bucket': seconds(22, 20, 2),
  'AWS::S3::BucketPolicy': seconds(2, 2, 2),
};

/** From a type's `IN_PROGRESS` to its end; for a type without a figure, that of a small one. */
export const durationsOf = (type: string): Durations => byType[type] ?? seconds(3, 3, 2);

/** Before the service is asked, the rest of a duration comes after. */
export const startDelay = 700;
/** From the request to the stack's first resource, and from the last one to the stack's own end. */
export const stackDelay = { first: 2500, last: 1500 };
/** Working out a change set. */
export const changeSetDelay = 4000;

import { expect, test } from 'vitest';
import { evaluate } from '../../source/iam/evaluate.ts';
import { printTemplate } from '../../source/synth/print-template.ts';
import { read } from '../config/read.ts';
import { resolve, rolePolicies } from './resolve-template.ts';
import { configText, property, synthesize } from './synthesize.ts';

const problems = (text: string, options = {}) =>
  read(text, options).problems.map(({ severity, code, message }) => `${severity} ${code} ${message}`);

type Documents = { PolicyDocument: Parameters<typeof evaluate>[0][number] }[];

const service = (properties: string) => `resources:
  prices:
    type: private-service
    properties:
      packaging: { type: prebuilt-image, properties: { image: nginx } }
      resources: { cpu: 0.25, memory: 512 }
${properties}`;

const quote = (joins: boolean) => `  quote:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/quote.ts } }
      joinDefaultVpc: ${joins}
      connectTo: [prices]
`;

test('private services: their addresses, images, and who may reach them', async () => {
  const stack = synthesize(configText('private-service'));
  expect(property(stack, 'PricesService', 'ServiceConnectConfiguration', 'Services', 0)).toEqual({
    PortName: 'main',
    DiscoveryName: 'prices',
    ClientAliases: [{ DnsName: 'prices', Port: 3000 }],
  });
  const container = ['ContainerDefinitions', 0] as const;
  expect(property(stack, 'PricesTaskDefinition', ...container, 'Image')).toBe(
    'public.ecr.aws/nginx/nginx:stable',
  );
  expect(property(stack, 'StockTaskDefinition', ...container, 'Image')).toEqual({ Ref: 'StockImageUri' });
  expect(property(stack, 'StockTaskDefinition', ...container, 'Environment')).toEqual([
    { Name: 'PORT', Value: '8080' },
    { Name: 'STP_PRICES_ADDRESS', Value: 'prices:3000' },
  ]);
  expect(property(stack, 'QuoteFunction', 'Environment', 'Variables', 'STP_STOCK_ADDRESS')).toEqual({
    'Fn::Join': [':', [{ 'Fn::GetAtt': ['StockLoadBalancer', 'DNSName'] }, '8080']],
  });
  expect(property(stack, 'StockLoadBalancer', 'Scheme')).toBe('internal');
  expect(property(stack, 'PricesLogGroup', 'RetentionInDays')).toBe(90);
  await expect(printTemplate(stack.template, 'json')).toMatchFileSnapshot('golden/private-service.json');
});

test('a function outside of the VPC cannot connect to a private service', () => {
  expect(problems(service(quote(false)))).toEqual([
    'error outside-vpc Function quote: a function cannot connect to prices, which only the VPC reaches, unless it is in the VPC.',
  ]);
});

test('a function in the VPC does not know the names of service-connect', () => {
  expect(problems(service(quote(true)))).toEqual([
    'warning address-unknown Function quote: the address of prices is known to other containers only, and a function cannot find it.',
  ]);
  const balanced = service(`      loadBalancing: { type: application-load-balancer }\n${quote(true)}`);
  expect(problems(balanced)).toEqual([]);
});

test('memory that Fargate does not have for the processors', () => {
  const text = service('').replace('memory: 512', 'memory: 4096');
  expect(problems(text)).toEqual([
    'error memory-does-not-fit Private service prices: 0.25 virtual processors of Fargate cannot have 4096 MB.',
  ]);
});

test('what an image is built from has to be there', () => {
  const text = service('').replace(
    'type: prebuilt-image, properties: { image: nginx }',
    'type: custom-dockerfile, properties: { buildContextPath: prices }',
  );
  expect(problems(text, { pathKind: () => undefined })).toEqual([
    'error file-not-found Private service prices: there is no folder prices.',
  ]);
});

test("a container's own variable wins", () => {
  const text = service(`      environment: [{ name: STP_TOPIC_ARN, value: mine }]
      connectTo: [topic]
  topic: { type: sns-topic }
`);
  const stack = synthesize(text);
  expect(stack.findings.map(({ code }) => code)).toEqual(['variable-kept']);
  expect(property(stack, 'PricesTaskDefinition', 'ContainerDefinitions', 0, 'Environment', 1)).toEqual({
    Name: 'STP_TOPIC_ARN',
    Value: 'mine',
  });
});

test('a container may what it is connected to, and nothing else', () => {
  const stack = synthesize(
    service(
      "      iamRoleStatements: [{ Action: 'sqs:SendMessage', Resource: 'arn:aws:sqs:us-east-1:1:q' }]\n",
    ),
  );
  const policies = (property(stack, 'PricesRole', 'Policies') as Documents).map((one) => one.PolicyDocument);
  const decide = (action: string) =>
    evaluate(policies, { action, resource: 'arn:aws:sqs:us-east-1:1:q' }).decision;
  expect(decide('sqs:SendMessage')).toBe('allow');
  expect(decide('sqs:PurgeQueue')).toBe('implicit-deny');
});

const job = (properties = '', resources = '{ cpu: 1 }') => `resources:
  render:
    type: batch-job
    properties:
      container: { packaging: { type: prebuilt-image, properties: { image: busybox } } }
      resources: ${resources}
${properties}`;

test('batch jobs: the definition, the machines, and the state machine that submits and waits', async () => {
  const stack = synthesize(configText('batch-job'));
  expect(property(stack, 'RenderJobDefinition', 'ContainerProperties', 'ResourceRequirements')).toEqual([
    { Type: 'VCPU', Value: '2' },
    { Type: 'MEMORY', Value: '1024' },
  ]);
  expect(property(stack, 'RenderComputeEnvironment', 'ComputeResources', 'Type')).toBe('SPOT');
  expect(property(stack, 'RenderStateMachine', 'Definition', 'States', 'Run', 'Retry', 0)).toMatchObject({
    MaxAttempts: 2,
    IntervalSeconds: 10,
  });
  expect(property(stack, 'RenderLogGroup', 'RetentionInDays')).toBe(90);
  expect(property(stack, 'StartFunction', 'Environment', 'Variables')).toMatchObject({
    STP_RENDER_JOB_DEFINITION_ARN: { Ref: 'RenderJobDefinition' },
  });
  await expect(printTemplate(stack.template, 'json')).toMatchFileSnapshot('golden/batch-job.json');
});

test('machines with graphics processors, on demand', () => {
  const stack = synthesize(job('', '{ cpu: 4, gpu: 1 }'));
  expect(property(stack, 'RenderComputeEnvironment', 'ComputeResources')).toMatchObject({
    Type: 'EC2',
    InstanceTypes: ['g4dn', 'p3'],
  });
});

test('a function that is connected to a job runs that one and no other', () => {
  const { template } = synthesize(configText('batch-job'));
  const policies = rolePolicies(template, 'StartRole');
  const of = (text: string) => String(resolve(template, { 'Fn::Sub': `arn:aws:${text}` }));
  const at = '${AWS::Region}:${AWS::AccountId}';
  const decide = (action: string, resource: string) => evaluate(policies, { action, resource }).decision;
  for (const [action, resource] of [
    ['batch:SubmitJob', of(`batch:${at}:job-definition/project-dev-render:3`)],
    ['batch:SubmitJob', of(`batch:${at}:job-queue/project-dev-render`)],
    ['batch:TerminateJob', '*'],
    ['batch:ListJobs', '*'],
    ['states:StartExecution', of(`states:${at}:stateMachine:project-dev-render`)],
    ['states:ListExecutions', of(`states:${at}:stateMachine:project-dev-render`)],
    ['states:StopExecution', of(`states:${at}:execution:project-dev-render:one`)],
    ['states:DescribeExecution', of(`states:${at}:execution:project-dev-render:one`)],
  ] as const) {
    expect([action, resource, decide(action, resource)]).toEqual([action, resource, 'allow']);
  }
  for (const [action, resource] of [
    ['batch:SubmitJob', of(`batch:${at}:job-definition/project-dev-renderer:3`)],
    ['batch:SubmitJob', of(`batch:${at}:job-queue/project-dev-other`)],
    ['batch:DeleteJobQueue', of(`batch:${at}:job-queue/project-dev-render`)],
    ['states:StartExecution', of(`states:${at}:stateMachine:project-dev-other`)],
    ['states:DeleteStateMachine', of(`states:${at}:stateMachine:project-dev-render`)],
  ] as const) {
    expect([action, resource, decide(action, resource)]).toEqual([action, resource, 'implicit-deny']);
  }
});

test('events of batch jobs are said not to be here yet', () => {
  const text = job("      events: [{ type: schedule, properties: { scheduleRate: 'rate(1 day)' } }]\n");
  expect(problems(text)).toEqual([
    'error unsupported-property Batch job render: property "events" is not supported by this version yet.',
  ]);
});

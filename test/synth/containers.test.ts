import { describe, expect, test } from 'vitest';
import { evaluate } from '../../source/iam/evaluate.ts';
import { printTemplate } from '../../source/synth/print-template.ts';
import { type SynthesizedStack, synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { read, readRight } from '../config/read.ts';
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

test('a private service is scaled, watched and stopped as it says', () => {
  const stack = synthesize(configText('private-service'));
  expect(property(stack, 'StockScalableTarget')).toMatchObject({ MinCapacity: 1, MaxCapacity: 5 });
  const target = (id: string) =>
    property(stack, id, 'TargetTrackingScalingPolicyConfiguration', 'TargetValue');
  expect([target('StockCpuScalingPolicy'), target('StockMemoryScalingPolicy')]).toEqual([70, 80]);
  expect(property(stack, 'StockTaskDefinition', 'ContainerDefinitions', 0)).toMatchObject({
    StopTimeout: 30,
    HealthCheck: { Interval: 30, Timeout: 5, Retries: 2 },
  });
  expect(stack.template.Resources).not.toHaveProperty('PricesScalableTarget');
  expect(problems(service('      scaling: { minInstances: 3, maxInstances: 2 }\n'))).toEqual([
    'error conflicting-properties Private service prices: at most 2 instances cannot be at least 3.',
  ]);
});

test('containers find a service by its name in small letters, which ECS wants', () => {
  const text = service(
    "      environment: [{ name: OWN, value: \"$ResourceParam('priceList', 'address')\" }]\n",
  );
  const stack = synthesize(text.replace(/^ {2}prices:/m, '  priceList:'));
  expect(property(stack, 'PriceListService', 'ServiceConnectConfiguration', 'Services')).toEqual([
    {
      PortName: 'main',
      DiscoveryName: 'pricelist',
      ClientAliases: [{ DnsName: 'pricelist', Port: 3000 }],
    },
  ]);
  expect(
    property(stack, 'PriceListTaskDefinition', 'ContainerDefinitions', 0, 'Environment', 1, 'Value'),
  ).toBe('pricelist:3000');
});

test('a load balancer in front of a service speaks one protocol', () => {
  const balanced = '      loadBalancing: { type: application-load-balancer }\n';
  expect(problems(service(`${balanced}      protocol: grpc\n`))).toEqual([
    'warning no-effect Private service prices: the load balancer speaks HTTP/1.1 to the containers, whatever "protocol" says.',
  ]);
  expect(problems(service(`${balanced}      protocol: http\n`))).toEqual([]);
  expect(problems(service('      protocol: grpc\n'))).toEqual([]);
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
    STP_RENDER_JOB_DEFINITION_ARN: {
      'Fn::Sub':
        'arn:${AWS::Partition}:batch:${AWS::Region}:${AWS::AccountId}:job-definition/project-dev-render',
    },
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

test('a job that is tried again at once waits for the second that Step Functions takes at least', () => {
  const stack = synthesize(job('      retryConfig: { attempts: 2, retryIntervalSeconds: 0 }\n'));
  expect(property(stack, 'RenderStateMachine', 'Definition', 'States', 'Run', 'Retry', 0)).toMatchObject({
    IntervalSeconds: 1,
    MaxAttempts: 1,
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
    ['batch:TerminateJob', of(`batch:${at}:job/6a1e7b1c`)],
    ['batch:DescribeJobs', '*'],
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
    ['batch:CancelJob', of(`batch:${at}:job/6a1e7b1c`)],
    ['batch:RegisterJobDefinition', of(`batch:${at}:job-definition/project-dev-render`)],
    ['batch:DeleteJobQueue', of(`batch:${at}:job-queue/project-dev-render`)],
    ['states:StartExecution', of(`states:${at}:stateMachine:project-dev-other`)],
    ['states:DeleteStateMachine', of(`states:${at}:stateMachine:project-dev-render`)],
  ] as const) {
    expect([action, resource, decide(action, resource)]).toEqual([action, resource, 'implicit-deny']);
  }
});

test('jobs submit themselves and each other, and functions that they call submit them', () => {
  const stack = synthesize(`${job('      connectTo: [render, second, web]\n')}
  second:
    type: batch-job
    properties:
      container: { packaging: { type: prebuilt-image, properties: { image: busybox } } }
      resources: { cpu: 1 }
      connectTo: [render]
  web:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/web.ts } }
      url: { enabled: true }
      environment: [{ name: DEFINITION, value: "$ResourceParam('render', 'jobDefinitionArn')" }]
      connectTo: [second]
`);
  expect(stack.findings).toEqual([]);
});

describe('events of a batch job', () => {
  const events = (list: string) => job(`      events:\n${list}`);
  const statementsOf = (stack: SynthesizedStack, role: string) =>
    rolePolicies(stack.template, role).flatMap(({ Statement }) => Statement);

  test('invoke a function of the stack that starts the state machine, with what they need to do so', () => {
    const stack = synthesize(configText('batch-job'));
    expect(property(stack, 'RenderTriggerFunction')).toMatchObject({
      Handler: 'index.handler',
      Runtime: 'nodejs24.x',
      Environment: { Variables: { STATE_MACHINE_ARN: expect.anything() } },
    });
    expect(property(stack, 'RenderTriggerFunction', 'Code', 'ZipFile')).toMatch(/StartExecutionCommand/);
    const target = { 'Fn::GetAtt': ['RenderTriggerFunction', 'Arn'] };
    expect(property(stack, 'RenderTriggerEvent0EventSourceMapping', 'FunctionName')).toEqual(target);
    expect(property(stack, 'RenderTriggerEvent1Rule', 'Targets', 0, 'Arn')).toEqual(target);
    expect(property(stack, 'FilesBucket', 'NotificationConfiguration', 'LambdaConfigurations')).toEqual([
      { Event: 's3:ObjectCreated:*', Function: target },
    ]);
    expect(property(stack, 'StpApiPostRenderRoute', 'Target')).toEqual({
      'Fn::Sub': 'integrations/${RenderTriggerApiIntegration}',
    });
    const machine = 'arn:aws:states:us-east-1:111122223333:stateMachine:project-dev-render';
    expect(statementsOf(stack, 'RenderTriggerRole')).toEqual([
      expect.objectContaining({ Action: expect.arrayContaining(['sqs:ReceiveMessage']) }),
      { Effect: 'Allow', Action: ['states:StartExecution'], Resource: [machine] },
    ]);
    expect(stack.template.Resources.RenderTriggerFunction?.Metadata?.['stp:resource']).toBe('render');
  });

  test('need no artifact, since the code of the function stands in the template', () => {
    const { artifacts } = synthesize(configText('batch-job'));
    expect(artifacts.map(({ functionName }) => functionName)).toEqual(['start']);
    expect(synthesize(job()).template.Resources).not.toHaveProperty('RenderTriggerFunction');
  });

  test('the function is not watched by global alarms, which are for functions of the config', () => {
    const text =
      'alarms:\n  - name: Errors\n    trigger: { type: lambda-error-rate, properties: { thresholdPercent: 1 } }\n';
    const config = readRight(configText('batch-job'), {
      alarms: { file: '/project/stacktape.alarms.yml', text },
    });
    const ids = Object.entries(synthesizeStack(config).template.Resources)
      .filter(([, { Type }]) => Type === 'AWS::CloudWatch::Alarm')
      .map(([id]) => id);
    expect(ids).toEqual(['LambdaErrorRateForStartErrorsAlarm']);
  });

  test.each([
    [
      '        - { type: schedule, properties: { scheduleRate: rate(1 hours) } }\n',
      'invalid-schedule',
      'scheduleRate',
    ],
    ['        - { type: sqs, properties: { sqsQueueName: nothing } }\n', 'unknown-resource', 'sqsQueueName'],
    ['        - { type: sqs, properties: {} }\n', 'missing-property', 'properties'],
  ])('are held to the rules of events: %s', (list, code, last) => {
    const found = read(events(list)).problems;
    expect(found.map((one) => one.code)).toEqual([code]);
    expect(found[0]?.path.slice(0, 4)).toEqual(['resources', 'render', 'properties', 'events']);
    expect(found[0]?.path.at(-1)).toBe(last);
  });
});

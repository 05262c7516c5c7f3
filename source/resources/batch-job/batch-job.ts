import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { defineResource } from '../../model/descriptor.ts';
import { asText, getAtt, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import {
  checkContainerPackaging,
  commandOf,
  containerPackagingSchema,
  imageOf,
} from '../container/packaging.ts';
import {
  addContainerLogs,
  addContainerSecurityGroup,
  addRole,
  connectWorkload,
  containerEnvironment,
  logGroupId,
  workloadProperties,
} from '../container/workload.ts';
import { eventsSchema } from '../function/events/events-schema.ts';
import { inlinePolicy } from '../policies/documents.ts';
import { checkStatements } from '../policies/statements.ts';
import { closedObject, staticSwitch } from '../schema.ts';
import { networkFor } from '../vpc/private-subnets.ts';

const schema = closedObject({
  container: closedObject(
    { packaging: containerPackagingSchema, environment: containerEnvironment },
    { title: 'Container', description: 'What the job runs.' },
  ),
  resources: closedObject(
    {
      cpu: Type.Integer({
        'stp:static': true,
        title: 'Processors',
        description: 'Virtual processors.',
        minimum: 1,
        maximum: 256,
      }),
      memory: Type.Optional(
        Type.Integer({
          'stp:static': true,
          title: 'Memory',
          description: 'Megabytes.',
          default: 1024,
          minimum: 4,
        }),
      ),
      gpu: Type.Optional(
        Type.Integer({
          'stp:static': true,
          title: 'Graphics processors',
          description: 'How many the job needs.',
          minimum: 1,
          maximum: 16,
        }),
      ),
    },
    { title: 'Resources', description: 'What each run has.' },
  ),
  timeout: Type.Optional(
    // Batch stops no attempt before a minute.
    Type.Integer({ title: 'Timeout', description: 'Seconds of each attempt.', minimum: 60 }),
  ),
  useSpotInstances: Type.Optional(
    staticSwitch({
      title: 'Spot instances',
      description: 'Cheaper machines that AWS may take back at any time.',
      default: false,
    }),
  ),
  retryConfig: Type.Optional(
    closedObject(
      {
        attempts: Type.Optional(
          Type.Integer({
            'stp:static': true,
            description: 'How often the job is run before it has failed.',
            default: 1,
            minimum: 1,
            maximum: 100,
          }),
        ),
        retryIntervalSeconds: Type.Optional(
          Type.Integer({
            'stp:static': true,
            description: 'Seconds before the second attempt. Step Functions waits for one at least.',
            default: 1,
            minimum: 0,
            maximum: 99_999_999,
          }),
        ),
        retryIntervalMultiplier: Type.Optional(
          Type.Number({
            'stp:static': true,
            description: 'By how much each wait is longer than the one before.',
            default: 1,
            minimum: 1,
          }),
        ),
      },
      { title: 'Retries', description: 'What happens when an attempt fails.' },
    ),
  ),
  events: Type.Optional(eventsSchema('What runs the job; it finds the event in STP_TRIGGER_EVENT_DATA.')),
  ...workloadProperties,
});

type BatchJobProperties = Type.Static<typeof schema>;
type Job = ConfigResource<BatchJobProperties>;

const batchName = (names: Names, name: string): string => names.physicalName(name, 128);
const machineName = (names: Names, name: string): string => names.physicalName(name, 80);
const definitionId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::Batch::JobDefinition');

const arn = (service: string, rest: string): Value =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`);

/** Written out: what invokes the job and what the job invokes would wait for each other. */
export const machineArn = (names: Names, name: string): Value =>
  arn('states', `stateMachine:${machineName(names, name)}`);

/** Without a revision, whose number follows the name, Batch takes the newest. */
const definitionArn = (names: Names, name: string): Value =>
  arn('batch', `job-definition/${batchName(names, name)}`);

const submitted = (names: Names, name: string): Value[] => [
  definitionArn(names, name),
  arn('batch', `job-definition/${batchName(names, name)}:*`),
  arn('batch', `job-queue/${batchName(names, name)}`),
];

/**
 * Watching and ending jobs. Batch makes up the names of jobs, so that those of one queue cannot be told from others.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
const jobStatements = (watch: string[]): PolicyStatement[] => [
  { Effect: 'Allow', Action: watch, Resource: '*' },
  { Effect: 'Allow', Action: ['batch:TerminateJob'], Resource: arn('batch', 'job/*') },
];

/** Spec 13.11. */
export const batchJob = defineResource({
  type: 'batch-job',
  title: 'Batch job',
  description: 'A container that runs until its work is done, on machines that are there for that long.',
  schema,

  *check({ properties: { container, iamRoleStatements = [] } }, context) {
    yield* checkStatements(iamRoleStatements, ['iamRoleStatements']);
    if (container?.packaging) {
      yield* checkContainerPackaging(container.packaging, ['container', 'packaging'], context);
    }
  },

  synth(resource, stack) {
    const definition = addDefinition(resource, stack);
    const queue = addQueue(resource, stack);
    addStateMachine(resource, { definition, queue }, stack);
  },

  params({ name, properties }, names, form) {
    return {
      jobDefinitionArn: form === 'literal' ? definitionArn(names, name) : ref(definitionId(names, name)),
      stateMachineArn:
        form === 'literal'
          ? machineArn(names, name)
          : ref(names.logicalId(name, 'AWS::StepFunctions::StateMachine')),
      ...(properties.logging?.disabled ? {} : { logGroupArn: getAtt(logGroupId(names, name), 'Arn') }),
    };
  },

  connect({ name }, names) {
    return {
      statements: [
        { Effect: 'Allow', Action: ['batch:SubmitJob'], Resource: submitted(names, name) },
        ...jobStatements(['batch:DescribeJobs', 'batch:ListJobs']),
        {
          Effect: 'Allow',
          Action: ['states:StartExecution', 'states:ListExecutions'],
          Resource: machineArn(names, name),
        },
        {
          Effect: 'Allow',
          Action: ['states:DescribeExecution', 'states:StopExecution'],
          Resource: arn('states', `execution:${machineName(names, name)}:*`),
        },
      ],
      variables: {
        JOB_DEFINITION_ARN: definitionArn(names, name),
        STATE_MACHINE_ARN: machineArn(names, name),
      },
    };
  },
});

function addDefinition({ name, properties }: Job, stack: StackBuilder): string {
  const { names } = stack;
  const { container, resources, timeout, logging } = properties;
  const { roleArn, variables } = connectWorkload(
    {
      name,
      environment: container.environment ?? [],
      environmentPath: ['container', 'environment'],
      properties,
    },
    'ecs-tasks.amazonaws.com',
    stack,
  );
  const id = definitionId(names, name);
  const { cpu, memory = 1024, gpu } = resources;
  stack.add(name, id, {
    Type: 'AWS::Batch::JobDefinition',
    Properties: {
      JobDefinitionName: batchName(names, name),
      Type: 'container',
      PlatformCapabilities: ['EC2'],
      Timeout: timeout === undefined ? undefined : { AttemptDurationSeconds: timeout },
      ContainerProperties: {
        Image: imageOf(name, container.packaging, stack),
        Command: commandOf(container.packaging),
        JobRoleArn: roleArn,
        Environment: variables,
        ResourceRequirements: [
          { Type: 'VCPU', Value: asText(cpu) },
          { Type: 'MEMORY', Value: asText(memory) },
          ...(gpu === undefined ? [] : [{ Type: 'GPU', Value: String(gpu) }]),
        ],
        // Without a driver Batch makes a log group of its own.
        LogConfiguration: addContainerLogs(name, 'batch', logging, stack) ?? { LogDriver: 'json-file' },
      },
    },
  });
  return id;
}

/** The machines, which are there while jobs run, and the queue in front of them. Returns the queue's logical id. */
function addQueue(job: Job, stack: StackBuilder): string {
  const { name, properties } = job;
  const { names } = stack;
  const network = networkFor(job, stack);
  const group = addContainerSecurityGroup(name, stack);
  const role = names.logicalId(name, 'AWS::IAM::Role', { specifier: 'instance' });
  addRole(name, 'instance', 'ec2.amazonaws.com', stack, {
    managed: ['AmazonEC2ContainerServiceforEC2Role'],
  });
  const profile = names.logicalId(name, 'AWS::IAM::InstanceProfile');
  stack.add(name, profile, { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [ref(role)] } });
  const spot = properties.useSpotInstances === true;
  const gpu = properties.resources.gpu !== undefined;
  const environment = names.logicalId(name, 'AWS::Batch::ComputeEnvironment');
  stack.add(name, environment, {
    Type: 'AWS::Batch::ComputeEnvironment',
    ...(network.gateway.length > 0 ? { DependsOn: [...network.gateway] } : {}),
    Properties: {
      Type: 'MANAGED',
      State: 'ENABLED',
      ReplaceComputeEnvironment: false,
      ComputeResources: {
        Type: spot ? 'SPOT' : 'EC2',
        AllocationStrategy: spot ? 'SPOT_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
        MinvCpus: 0,
        MaxvCpus: 256,
        // Batch chooses among families without graphics processors by itself, never among the others.
        InstanceTypes: gpu ? ['g4dn', 'p3'] : ['optimal'],
        InstanceRole: getAtt(profile, 'Arn'),
        SecurityGroupIds: [group],
        Subnets: network.subnetIds,
      },
    },
  });
  const id = names.logicalId(name, 'AWS::Batch::JobQueue');
  stack.add(name, id, {
    Type: 'AWS::Batch::JobQueue',
    Properties: {
      JobQueueName: batchName(names, name),
      Priority: 1,
      ComputeEnvironmentOrder: [{ Order: 1, ComputeEnvironment: ref(environment) }],
    },
  });
  return id;
}

function addStateMachine(
  { name, properties }: Job,
  { definition, queue }: { definition: string; queue: string },
  stack: StackBuilder,
): void {
  const { names } = stack;
  const role = addRole(name, 'stateMachine', 'states.amazonaws.com', stack, {
    Policies: inlinePolicy('submit-and-wait', [
      { Effect: 'Allow', Action: ['batch:SubmitJob'], Resource: submitted(names, name) },
      ...jobStatements(['batch:DescribeJobs']),
      {
        // Step Functions hears of the end of a job through this rule of its own.
        Effect: 'Allow',
        Action: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
        Resource: arn('events', 'rule/StepFunctionsGetEventsForBatchJobsRule'),
      },
    ]),
  });
  const {
    attempts = 1,
    retryIntervalSeconds = 1,
    retryIntervalMultiplier = 1,
  } = properties.retryConfig ?? {};
  const retry = {
    ErrorEquals: ['States.TaskFailed'],
    MaxAttempts: attempts - 1,
    IntervalSeconds: Math.max(1, retryIntervalSeconds),
    BackoffRate: retryIntervalMultiplier,
  };
  stack.add(name, names.logicalId(name, 'AWS::StepFunctions::StateMachine'), {
    Type: 'AWS::StepFunctions::StateMachine',
    Properties: {
      StateMachineName: machineName(names, name),
      RoleArn: role,
      Definition: {
        StartAt: 'Run',
        States: {
          Run: {
            Type: 'Task',
            Resource: sub(`arn:\${AWS::Partition}:states:::batch:submitJob.sync`),
            Parameters: {
              JobName: batchName(names, name),
              JobDefinition: ref(definition),
              JobQueue: ref(queue),
              ContainerOverrides: {
                Environment: [{ Name: 'STP_TRIGGER_EVENT_DATA', 'Value.$': 'States.JsonToString($)' }],
              },
            },
            ...(attempts > 1 ? { Retry: [retry] } : {}),
            End: true,
          },
        },
      },
    },
  });
}

import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { defineResource } from '../../model/descriptor.ts';
import { getAtt, ref } from '../../model/intrinsic.ts';
import { checkContainerPackaging, containerPackagingSchema } from '../container/packaging.ts';
import { containerEnvironment, logGroupId, workloadProperties } from '../container/workload.ts';
import { eventsSchema } from '../function/events/events-schema.ts';
import { checkStatements } from '../policies/statements.ts';
import { closedObject, staticSwitch } from '../schema.ts';
import { addDefinition } from './job-definition.ts';
import { addQueue } from './job-queue.ts';
import { arn, definitionArn, definitionId, machineArn, machineName, submitted } from './names.ts';
import { addStateMachine, jobStatements } from './state-machine.ts';

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
export type Job = ConfigResource<BatchJobProperties>;

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

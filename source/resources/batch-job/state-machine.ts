import { ref, sub } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { addRole } from '../container/workload.ts';
import { inlinePolicy } from '../policies/documents.ts';
import type { Job } from './batch-job.ts';
import { arn, batchName, machineName, submitted } from './names.ts';

/**
 * Watching and ending jobs. Batch makes up the names of jobs, so that those of one queue cannot be told from others.
 * @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsbatch.html
 */
export const jobStatements = (watch: string[]): PolicyStatement[] => [
  { Effect: 'Allow', Action: watch, Resource: '*' },
  { Effect: 'Allow', Action: ['batch:TerminateJob'], Resource: arn('batch', 'job/*') },
];

/** What submits a job, waits for its end and tries again. */
export function addStateMachine(
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

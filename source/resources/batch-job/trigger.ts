import type { ConfigResource } from '../../model/config.ts';
import type { Value } from '../../model/intrinsic.ts';

/**
 * Starts the state machine of a batch job with the event as its input. Routes and load balancers get an answer that
 * says what was started; the others do not look at it.
 */
const code = `const { SFNClient, StartExecutionCommand } = require('@aws-sdk/client-sfn');
const stepFunctions = new SFNClient();
exports.handler = async (event) => {
  const { executionArn } = await stepFunctions.send(new StartExecutionCommand({
    stateMachineArn: process.env.STATE_MACHINE_ARN,
    input: JSON.stringify(event),
  }));
  return {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ executionArn }),
  };
};
`;

/** Seconds; six times as many are what SQS hides a message for by itself. */
const timeout = 5;

/** What the events of a job are held against: those of the function that they invoke. */
export const triggerProperties = (job: ConfigResource): Record<string, unknown> => ({
  events: job.properties.events,
  timeout,
});

/** The function between the events of a batch job and its state machine (spec 13.11); none without events. */
export function jobTrigger(job: ConfigResource, stateMachineArn: Value): ConfigResource | undefined {
  const events = job.properties.events;
  if (!Array.isArray(events) || events.length === 0) return undefined;
  return {
    name: `${job.name}Trigger`,
    type: 'function',
    helper: { of: job.name, code },
    properties: {
      ...triggerProperties(job),
      packaging: { type: 'custom-artifact', properties: { packagePath: '.', handler: 'index.js:handler' } },
      memory: 512,
      environment: [{ name: 'STATE_MACHINE_ARN', value: stateMachineArn }],
      iamRoleStatements: [{ Action: ['states:StartExecution'], Resource: [stateMachineArn] }],
    },
  };
}

import { setTimeout as delay } from 'node:timers/promises';
import {
  type CloudFormationClient,
  CreateStackCommand,
  type CreateStackCommandInput,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  type Stack,
  type StackEvent,
  UpdateStackCommand,
  type UpdateStackCommandInput,
} from '@aws-sdk/client-cloudformation';

/** A template's parts; written as JSON, as synthesis does. */
export type TemplateParts = {
  Parameters?: Record<string, unknown>;
  Conditions?: Record<string, unknown>;
  Mappings?: Record<string, unknown>;
  Resources: Record<string, { Type: string; Properties?: unknown; [attribute: string]: unknown }>;
  Outputs?: Record<string, unknown>;
};

export const handle = { Type: 'AWS::CloudFormation::WaitConditionHandle' };

/** A table with a string hash key; the name is generated unless given. */
export const table = (key: string, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    ...more,
  },
});

/** A table that DynamoDB refuses: its key is not among its attributes. */
export const impossibleTable = (dependsOn: string[] = []) => ({
  Type: 'AWS::DynamoDB::Table',
  DependsOn: dependsOn,
  Properties: {
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: 'other', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  },
});

/** A role with inline policies, by name the action that each allows. */
export const role = (policies: Record<string, string>, more: Record<string, unknown> = {}) => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    },
    Policies: Object.entries(policies).map(([PolicyName, Action]) => ({
      PolicyName,
      PolicyDocument: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource: '*' }] },
    })),
    ...more,
  },
});

/** What tests do with stacks, through the SDK's own client. */
export function stackClient(client: CloudFormationClient) {
  const describe = async (name: string): Promise<Stack> => {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: name }));
    const [stack] = Stacks ?? [];
    if (stack === undefined) throw new Error(`No stack in the answer for ${name}`);
    return stack;
  };
  const events = async (name: string): Promise<StackEvent[]> => {
    const all: StackEvent[] = [];
    for (let NextToken: string | undefined; ; ) {
      const page = await client.send(
        new DescribeStackEventsCommand({ StackName: name, ...(NextToken && { NextToken }) }),
      );
      all.push(...(page.StackEvents ?? []));
      NextToken = page.NextToken;
      if (NextToken === undefined) return all.reverse();
    }
  };
  const until = async (name: string, wanted: (stack: Stack) => boolean): Promise<Stack> => {
    for (;;) {
      const stack = await describe(name);
      if (wanted(stack)) return stack;
      await delay(10);
    }
  };
  return {
    client,
    describe,
    events,
    until,
    /** Waits until nothing is underway. */
    settled: (name: string) => until(name, ({ StackStatus = '' }) => !StackStatus.endsWith('_IN_PROGRESS')),
    /** `logical id: status (reason)` of all events, oldest first. */
    async story(name: string): Promise<string[]> {
      return (await events(name)).map(
        ({ LogicalResourceId, ResourceStatus, ResourceStatusReason }) =>
          `${LogicalResourceId}: ${ResourceStatus}${ResourceStatusReason ? ` (${ResourceStatusReason})` : ''}`,
      );
    },
    async create(name: string, template: TemplateParts, more: Partial<CreateStackCommandInput> = {}) {
      const { StackId } = await client.send(
        new CreateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template), ...more }),
      );
      return this.settled(StackId ?? name);
    },
    async update(name: string, template: TemplateParts, more: Partial<UpdateStackCommandInput> = {}) {
      await client.send(
        new UpdateStackCommand({ StackName: name, TemplateBody: JSON.stringify(template), ...more }),
      );
      return this.settled(name);
    },
  };
}

import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { distinct, getAtt, ref, type Value } from '../../model/intrinsic.ts';
import { perConfig } from '../../model/per-config.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { eventId } from '../function/events/event-ids.ts';
import { functionEvents } from '../function-events.ts';
import { namesOf } from '../names.ts';
import { policyDocument } from '../policies/documents.ts';
import { statementProperties } from '../policies/statements.ts';
import { closedObject } from '../schema.ts';
import { type NamedQueue, queueArn } from './arn.ts';
import { queueRuleId } from './events.ts';

/** Keys as IAM has them; the resource is the queue itself. */
export const policyStatementsSchema = Type.Array(
  closedObject({
    Sid: statementProperties.Sid,
    Effect: statementProperties.Effect,
    Action: Type.Array(Type.String({ minLength: 1 }), {
      description: 'Actions such as sqs:SendMessage.',
      minItems: 1,
    }),
    Principal: statementProperties.Principal,
    Condition: statementProperties.Condition,
  }),
  { title: 'Policy', description: 'Who besides may use the queue.' },
);

type Queue = ConfigResource<{
  policyStatements?: Type.Static<typeof policyStatementsSchema>;
  events?: readonly unknown[];
}>;

/**
 * The one policy of a queue. A queue has room for one only, so that everything that has to reach it is gathered
 * here: its own statements, rules that it is the target of, and what hands it failed deliveries (spec 6.3, 6.5).
 */
export function addQueuePolicy({ name, properties }: Queue, stack: StackBuilder): void {
  const { names } = stack;
  const id = names.logicalId(name, 'AWS::SQS::Queue');
  const arn = getAtt(id, 'Arn');
  const rules = (properties.events ?? []).map((_, index) => getAtt(queueRuleId(names, name, index), 'Arn'));
  const statements = [
    ...(properties.policyStatements ?? []).map(
      (own) => ({ Effect: 'Allow', ...own, Resource: arn }) as PolicyStatement,
    ),
    ...senders(arn, rules, stack),
  ];
  if (statements.length === 0) return;
  stack.add(name, names.logicalId(name, 'AWS::SQS::QueuePolicy'), queuePolicy(id, statements));
}

/**
 * Queues of `cloudformationResources` that take failed deliveries: one that has a policy there says itself who may
 * send, any other gets one.
 */
export function addRawQueuePolicies(stack: StackBuilder): void {
  const raw = stack.config.cloudformationResources;
  const policies = JSON.stringify(Object.values(raw).filter(({ Type }) => Type === 'AWS::SQS::QueuePolicy'));
  for (const [id, { Type }] of Object.entries(raw)) {
    if (Type !== 'AWS::SQS::Queue' || policies.includes(`"${id}"`)) continue;
    const arn = getAtt(id, 'Arn');
    const statements = senders(arn, [], stack);
    if (statements.length > 0) stack.addShared(`${id}QueuePolicy`, () => queuePolicy(id, statements));
  }
}

const queuePolicy = (queueId: string, statements: readonly PolicyStatement[]) => ({
  Type: 'AWS::SQS::QueuePolicy',
  Properties: {
    Queues: [ref(queueId)],
    PolicyDocument: policyDocument(statements),
  },
});

/** The events whose failed deliveries go to a queue, by their type and the ARN of the queue. */
const failing = perConfig((config) => {
  const names = namesOf(config);
  const byQueue = (type: string) =>
    Map.groupBy(functionEvents(config, type), ({ properties: { onDeliveryFailure, onFailure } }) =>
      JSON.stringify(queueArn((onDeliveryFailure ?? onFailure ?? {}) as NamedQueue, names)),
    );
  return { 'event-bus': byQueue('event-bus'), sns: byQueue('sns') };
});

/** Lets rules and topics send to a queue: rules that are named, and who puts there what it could not deliver. */
function senders(arn: Value, rules: readonly Value[], stack: StackBuilder): PolicyStatement[] {
  const { config, names } = stack;
  const key = JSON.stringify(arn);
  const failingRules = (failing(config)['event-bus'].get(key) ?? []).map(({ owner, index }) =>
    getAtt(eventId(names, owner.name, index, 'AWS::Events::Rule'), 'Arn'),
  );
  const topics = (failing(config).sns.get(key) ?? []).map(({ properties: { snsTopicName, snsTopicArn } }) =>
    typeof snsTopicName === 'string'
      ? ref(names.logicalId(snsTopicName, 'AWS::SNS::Topic'))
      : (snsTopicArn ?? null),
  );
  const may = (service: string, sources: readonly Value[]): PolicyStatement[] =>
    sources.length === 0
      ? []
      : [
          {
            Effect: 'Allow',
            Principal: { Service: service },
            Action: ['sqs:SendMessage'],
            Resource: arn,
            Condition: { ArnEquals: { 'aws:SourceArn': sources } },
          },
        ];
  return [
    ...may('events.amazonaws.com', [...rules, ...failingRules]),
    ...may('sns.amazonaws.com', distinct(topics)),
  ];
}

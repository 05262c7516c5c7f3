import * as Type from 'typebox';
import type { Config, ConfigResource } from '../../model/config.ts';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { distinct, isIntrinsic, logicalIdOf, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { ownerOfArn } from '../arns/owner.ts';
import { checkArn, isFifo, subjectOf } from '../arns/subject.ts';
import { closedObject } from '../schema.ts';
import { aliasId, aliasName, hasAlias } from './alias.ts';

const destination = (title: string, description: string) =>
  Type.Optional(
    Type.String({
      title,
      description,
      examples: ['arn:aws:sqs:us-east-1:000000000000:orders'],
      minLength: 1,
    }),
  );

/** Spec 7. */
export const destinationsSchema = closedObject(
  {
    onSuccess: destination(
      'On success',
      'ARN of a queue, topic, event bus or function that gets the result.',
    ),
    onFailure: destination('On failure', 'ARN of a queue, topic, event bus or function that gets the error.'),
  },
  { title: 'Destinations', description: 'Where results of asynchronous invocations go.' },
);

type Destinations = Type.Static<typeof destinationsSchema>;

/** What Lambda does at a destination, by the service in its ARN. */
const actions: Readonly<Record<string, string>> = {
  lambda: 'lambda:InvokeFunction',
  sqs: 'sqs:SendMessage',
  sns: 'sns:Publish',
  events: 'events:PutEvents',
};

/** By the type in the config or in CloudFormation. */
const services: Readonly<Record<string, string>> = {
  function: 'lambda',
  'AWS::Lambda::Function': 'lambda',
  'AWS::Lambda::Alias': 'lambda',
  'sqs-queue': 'sqs',
  'AWS::SQS::Queue': 'sqs',
  'sns-topic': 'sns',
  'AWS::SNS::Topic': 'sns',
  'event-bus': 'events',
  'AWS::Events::EventBus': 'events',
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const destinationTypes = [
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::Events::EventBus',
  'AWS::Lambda::Function',
];

export function* checkDestinations(
  name: string,
  destinations: Destinations,
  context: CheckContext,
): Iterable<LocalFinding> {
  for (const property of ['onSuccess', 'onFailure'] as const) {
    const value = destinations[property];
    if (value === undefined) continue;
    const path = ['destinations', property];
    yield* checkArn(value, { path, types: destinationTypes }, context);
    const subject = subjectOf(value, context);
    if (subject?.type === 'AWS::Lambda::Function' && subject.resource?.name === name) {
      yield {
        code: 'own-destination',
        path,
        message: `Function ${name} would invoke itself with its own results without end.`,
        suggestion: 'Name another function.',
      };
    }
    if (subject && isFifo(subject)) {
      yield {
        code: 'fifo-destination',
        path,
        message: `${subject.literal === undefined ? subject.name : `"${subject.literal}"`} is first in, first out; Lambda sends results only to queues and topics that are not.`,
      };
    }
  }
}

export function addDestinations(
  { name, properties }: ConfigResource<{ destinations?: Destinations }>,
  stack: StackBuilder,
): void {
  const { onSuccess, onFailure } = properties.destinations ?? {};
  const given = [onSuccess, onFailure].filter((value) => value !== undefined);
  if (given.length === 0) return;
  const { names } = stack;
  const values = distinct(given);
  for (const value of values) stack.allow(name, 'allow-destinations', [statementFor(value, stack)]);
  const alias = hasAlias(properties);
  // Written-out ARNs make CloudFormation wait for nothing, and Lambda refuses destinations that are not there.
  const functions = values.flatMap((value) => ownerOfArn(value, stack.config, 'function') ?? []);
  const dependencies = [
    ...(alias ? [aliasId(names, name)] : []),
    ...functions.map((other) => names.logicalId(other.name, 'AWS::Lambda::Function')),
  ];
  stack.add(name, names.logicalId(name, 'AWS::Lambda::EventInvokeConfig'), {
    Type: 'AWS::Lambda::EventInvokeConfig',
    ...(dependencies.length > 0 ? { DependsOn: dependencies } : {}),
    Properties: {
      FunctionName: ref(names.logicalId(name, 'AWS::Lambda::Function')),
      Qualifier: alias ? aliasName : '$LATEST',
      DestinationConfig: {
        OnSuccess: onSuccess === undefined ? undefined : { Destination: invokable(onSuccess, stack) },
        OnFailure: onFailure === undefined ? undefined : { Destination: invokable(onFailure, stack) },
      },
    },
  });
}

/** A function with an alias gets results through it, as it gets everything else. */
function invokable(value: Value, stack: StackBuilder): Value {
  const other = ownerOfArn(value, stack.config, 'function');
  return other && hasAlias(other.properties) ? stack.functionTarget(other.name) : value;
}

/** One action on one ARN where it is known what the ARN is of; the four of them where it is not. */
function statementFor(value: Value, stack: StackBuilder): PolicyStatement {
  const service = serviceOf(value, stack.config);
  const action = service === undefined ? undefined : actions[service];
  return {
    Effect: 'Allow',
    Action: action === undefined ? Object.values(actions) : [action],
    Resource: service === 'lambda' ? withVersions(value) : [value],
  };
}

/** The function, its versions and its aliases. */
function withVersions(value: Value): readonly Value[] {
  if (!isIntrinsic(value)) return [value, `${String(value)}:*`];
  const template = 'Fn::Sub' in value ? value['Fn::Sub'] : undefined;
  const all = typeof template === 'string' ? sub(`${template}:*`) : sub('${arn}:*', { arn: value });
  return [value, all];
}

function serviceOf(value: Value, config: Config): string | undefined {
  if (typeof value === 'string') return value.split(':')[2];
  const raw = config.cloudformationResources[logicalIdOf(value) ?? ''];
  const type = ownerOfArn(value, config)?.type ?? raw?.Type;
  return typeof type === 'string' ? services[type] : undefined;
}

import type { EventDescriptor } from '../../../model/descriptor.ts';
import { httpApiGatewayEvent } from './http-api-gateway.ts';

/** Every event type; to add one, add its file here. */
export const eventDescriptors: readonly EventDescriptor[] = [httpApiGatewayEvent];

/** Event types of Stacktape that this version does not have. */
export const laterEventTypes: readonly string[] = [
  'schedule',
  'event-bus',
  'kafka-topic',
  'sns',
  'sqs',
  'kinesis-stream',
  'dynamo-db-stream',
  's3',
  'cloudwatch-log',
  'cloudwatch-alarm',
  'application-load-balancer',
];

const byType = new Map(eventDescriptors.map((descriptor) => [descriptor.type, descriptor]));

export const eventDescriptor = (type: string): EventDescriptor | undefined => byType.get(type);

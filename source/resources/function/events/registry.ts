import type { EventDescriptor } from '../../../model/descriptor.ts';
import { applicationLoadBalancerEvent } from './application-load-balancer.ts';
import { cloudwatchAlarmEvent } from './cloudwatch-alarm.ts';
import { cloudwatchLogEvent } from './cloudwatch-log.ts';
import { dynamoDbStreamEvent } from './dynamo-db-stream.ts';
import { eventBusEvent } from './event-bus.ts';
import { httpApiGatewayEvent } from './http-api-gateway.ts';
import { kafkaTopicEvent } from './kafka-topic.ts';
import { kinesisStreamEvent } from './kinesis-stream.ts';
import { s3Event } from './s3.ts';
import { scheduleEvent } from './schedule.ts';
import { snsEvent } from './sns.ts';
import { sqsEvent } from './sqs.ts';

/** Every event type; to add one, add its file here. */
export const eventDescriptors: readonly EventDescriptor[] = [
  httpApiGatewayEvent,
  scheduleEvent,
  eventBusEvent,
  kafkaTopicEvent,
  snsEvent,
  sqsEvent,
  kinesisStreamEvent,
  dynamoDbStreamEvent,
  s3Event,
  cloudwatchLogEvent,
  cloudwatchAlarmEvent,
  applicationLoadBalancerEvent,
];

/** Event types of Stacktape that this version does not have. */
export const laterEventTypes: readonly string[] = ['iot'];

const byType = new Map(eventDescriptors.map((descriptor) => [descriptor.type, descriptor]));

export const eventDescriptor = (type: string): EventDescriptor | undefined => byType.get(type);

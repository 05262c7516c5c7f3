import * as Type from 'typebox';
import { variants } from '../../schema.ts';
import { eventDescriptors, laterEventTypes } from './registry.ts';

const eventSchema = variants(
  Object.fromEntries(eventDescriptors.map((descriptor) => [descriptor.type, descriptor])),
  { noun: 'event type', 'stp:laterTypes': laterEventTypes },
);

/** `events` of what can be invoked: functions, and batch jobs by their trigger. */
export const eventsSchema = (description: string) =>
  Type.Array(eventSchema, { title: 'Events', description });

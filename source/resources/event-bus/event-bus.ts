import * as Type from 'typebox';
import { defineResource } from '../../model/descriptor.ts';
import { getAtt, ref } from '../../model/intrinsic.ts';
import { closedObject, staticSwitch } from '../schema.ts';

const schema = closedObject({
  eventSourceName: Type.Optional(
    Type.String({
      title: 'Partner event source',
      description: 'Of a partner event bus.',
      examples: ['aws.partner/example.com/orders'],
      maxLength: 256,
      pattern: '^aws\\.partner(?:/[.\\-_A-Za-z0-9]+){2,}$',
      'stp:format': 'the name of a source such as aws.partner/example.com/orders',
    }),
  ),
  archivation: Type.Optional(
    closedObject(
      {
        enabled: staticSwitch({ description: 'Keeps the events.', default: false }),
        retentionDays: Type.Optional(
          Type.Integer({ description: 'Days that events are kept; for ever without it.', minimum: 1 }),
        ),
      },
      { title: 'Archive', description: 'Keeps events, so that they can be replayed.' },
    ),
  ),
});

/** Spec 13.2. */
export const eventBus = defineResource({
  type: 'event-bus',
  title: 'Event bus',
  description: 'Takes events and hands them to the functions whose patterns fit.',
  schema,

  synth({ name, properties }, stack) {
    const id = stack.names.logicalId(name, 'AWS::Events::EventBus');
    stack.add(name, id, {
      Type: 'AWS::Events::EventBus',
      Properties: {
        // A partner's bus has to have the name of its event source.
        Name: properties.eventSourceName ?? stack.names.physicalName(name, 256),
        EventSourceName: properties.eventSourceName,
      },
    });
    if (properties.archivation?.enabled) {
      stack.add(name, stack.names.logicalId(name, 'AWS::Events::Archive'), {
        Type: 'AWS::Events::Archive',
        Properties: {
          ArchiveName: stack.names.physicalName(name, 48),
          SourceArn: getAtt(id, 'Arn'),
          RetentionDays: properties.archivation.retentionDays,
        },
      });
    }
  },

  params({ name, properties }, names) {
    const archive = names.logicalId(name, 'AWS::Events::Archive');
    return {
      arn: getAtt(names.logicalId(name, 'AWS::Events::EventBus'), 'Arn'),
      name: ref(names.logicalId(name, 'AWS::Events::EventBus')),
      ...(properties.archivation?.enabled ? { archiveArn: getAtt(archive, 'Arn') } : {}),
    };
  },

  connect({ name }, names) {
    const arn = getAtt(names.logicalId(name, 'AWS::Events::EventBus'), 'Arn');
    return {
      statements: [{ Effect: 'Allow', Action: ['events:PutEvents'], Resource: [arn] }],
      variables: { ARN: arn },
    };
  },
});

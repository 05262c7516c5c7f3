import * as CloudFormation from '@aws-sdk/client-cloudformation';
import * as Iam from '@aws-sdk/client-iam';
import { QueryShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { describe, expect, test } from 'vitest';
import { parsePairs } from '../../../source/local/wire/http-message.ts';
import { readForm } from '../../../source/local/wire/query-form.ts';

type Schema = Parameters<QueryShapeSerializer['write']>[0];

/** What the SDK writes, read back. */
function roundTrip(schema: Schema, value: object): unknown {
  const serializer = new QueryShapeSerializer({
    timestampFormat: { useTrait: true, default: 5 },
    httpBindings: false,
    serializeEmptyLists: true,
  });
  serializer.write(schema, value);
  return readForm(NormalizedSchema.of(schema), parsePairs(String(serializer.flush())));
}

describe('a form is read as the SDK writes it', () => {
  test('lists of structures and of words, booleans, numbers, text with every sign', () => {
    const input = {
      StackName: 'a & b=c+d%20é\n',
      Parameters: [
        { ParameterKey: 'A', ParameterValue: '1' },
        { ParameterKey: 'B', UsePreviousValue: true },
      ],
      Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      Tags: Array.from({ length: 12 }, (_, index) => ({ Key: `k${index}`, Value: `v${index}` })),
      TimeoutInMinutes: 5,
      DisableRollback: false,
      NotificationARNs: [],
    };
    expect(roundTrip(CloudFormation.CreateStackInput$ as Schema, input)).toEqual(input);
  });

  test('structures in structures', () => {
    const input = {
      StackName: 's',
      RollbackConfiguration: {
        RollbackTriggers: [{ Arn: 'arn:a', Type: 'AWS::CloudWatch::Alarm' }],
        MonitoringTimeInMinutes: 0,
      },
    };
    expect(roundTrip(CloudFormation.CreateStackInput$ as Schema, input)).toEqual(input);
  });

  test('maps, blobs and times', () => {
    const value = {
      map: { a: '1', __proto__x: '2' },
      flat: ['x', 'y'],
      blob: new Uint8Array([0, 255, 7]),
      time: new Date('2026-11-24T03:43:15.123Z'),
    };
    const schema = [
      3,
      'ns',
      'All',
      0,
      ['map', 'flat', 'blob', 'time'],
      [128 | 0, [64 | 0, { xmlFlattened: 1, xmlName: 'Flat' }], 21, 4],
    ] as unknown as Schema;
    expect(roundTrip(schema, value)).toEqual(value);
  });
});

test('keys of Object.prototype are keys like any other', () => {
  const schema = NormalizedSchema.of(Iam.GetRoleRequest$ as Schema);
  const fields = parsePairs('RoleName=r&__proto__.polluted=1&constructor.prototype.polluted=1');
  expect(readForm(schema, fields)).toEqual({ RoleName: 'r' });
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

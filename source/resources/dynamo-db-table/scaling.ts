import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { join, ref } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { closedObject } from '../schema.ts';

const units = (description: string) =>
  Type.Integer({ 'stp:static': true, description, minimum: 1, maximum: 40_000 });

/** `readScaling` and `writeScaling` of provisioned throughput. */
export const scalingSchema = (title: string) =>
  closedObject(
    {
      minUnits: units('The least, per second.'),
      maxUnits: units('The most, per second.'),
      keepUtilizationUnder: Type.Number({
        'stp:static': true,
        description:
          'Percent of the units that are used; above it there are more, below it fewer. DynamoDB takes 20 to 90.',
        minimum: 20,
        maximum: 90,
      }),
    },
    { title, description: 'Units follow what is used.' },
  );

export type UnitScaling = Type.Static<ReturnType<typeof scalingSchema>>;

type Throughput = { readScaling?: UnitScaling; writeScaling?: UnitScaling };

export function* checkUnitScaling(throughput: Throughput): Iterable<LocalFinding> {
  for (const key of ['readScaling', 'writeScaling'] as const) {
    const scaling = throughput[key];
    if (!scaling || scaling.minUnits <= scaling.maxUnits) continue;
    yield {
      code: 'conflicting-properties',
      path: ['provisionedThroughput', key, 'maxUnits'],
      message: `At most ${scaling.maxUnits} units cannot be at least ${scaling.minUnits}.`,
      suggestion: 'Raise "maxUnits", or lower "minUnits".',
    };
  }
}

/**
 * Scales the units of a table, and of each of its indexes, which have units of their own.
 * @see https://docs.aws.amazon.com/autoscaling/application/userguide/services-that-can-integrate-dynamodb.html
 */
export function addUnitScaling(
  name: string,
  tableId: string,
  throughput: Throughput,
  indexes: readonly string[],
  stack: StackBuilder,
): void {
  const { names } = stack;
  const places = [
    { kind: 'table', specifier: '', path: [ref(tableId)] },
    ...indexes.map((index) => ({ kind: 'index', specifier: index, path: [ref(tableId), 'index', index] })),
  ];
  for (const [key, what] of [
    ['readScaling', 'Read'],
    ['writeScaling', 'Write'],
  ] as const) {
    const scaling = throughput[key];
    if (!scaling) continue;
    for (const { kind, specifier, path } of places) {
      const id = (type: string) => names.logicalId(name, type, { specifier: `${specifier}${what}` });
      const target = id('AWS::ApplicationAutoScaling::ScalableTarget');
      stack.add(name, target, {
        Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
        Properties: {
          ServiceNamespace: 'dynamodb',
          ScalableDimension: `dynamodb:${kind}:${what}CapacityUnits`,
          ResourceId: join('/', ['table', ...path]),
          MinCapacity: scaling.minUnits,
          MaxCapacity: scaling.maxUnits,
        },
      });
      stack.add(name, id('AWS::ApplicationAutoScaling::ScalingPolicy'), {
        Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
        Properties: {
          PolicyName: names.physicalName(`${name}-${specifier}${what}`, 256),
          PolicyType: 'TargetTrackingScaling',
          ScalingTargetId: ref(target),
          TargetTrackingScalingPolicyConfiguration: {
            PredefinedMetricSpecification: {
              PredefinedMetricType: `DynamoDB${what}CapacityUtilization`,
            },
            TargetValue: scaling.keepUtilizationUnder,
          },
        },
      });
    }
  }
}

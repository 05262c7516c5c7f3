import * as Type from 'typebox';
import type { LocalFinding } from '../../model/descriptor.ts';
import { join, ref } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { closedObject } from '../schema.ts';

const instances = (description: string, fallback: number) =>
  Type.Optional(
    Type.Integer({ 'stp:static': true, description, default: fallback, minimum: 1, maximum: 5000 }),
  );

const percent = (description: string) =>
  Type.Optional(Type.Number({ 'stp:static': true, description, default: 80, minimum: 1, maximum: 100 }));

/** How many instances of a service run (spec 13.13). */
export const scalingSchema = closedObject(
  {
    minInstances: instances('The least.', 1),
    maxInstances: instances('The most.', 1),
    scalingPolicy: Type.Optional(
      closedObject(
        {
          keepAvgCpuUtilizationUnder: percent('Percent of the processors that instances use on average.'),
          keepAvgMemoryUtilizationUnder: percent('Percent of the memory that instances use on average.'),
        },
        { description: 'What is added and taken away by. Default: 80 percent of both.' },
      ),
    ),
  },
  { title: 'Scaling', description: 'How many instances run.' },
);

export type Scaling = Type.Static<typeof scalingSchema>;

export const leastInstances = ({ minInstances = 1 }: Scaling = {}): number => minInstances;
const mostInstances = (scaling: Scaling): number => scaling.maxInstances ?? leastInstances(scaling);

export function* checkScaling(scaling: Scaling): Iterable<LocalFinding> {
  const { minInstances, maxInstances } = scaling;
  if (minInstances === undefined || maxInstances === undefined || minInstances <= maxInstances) return;
  yield {
    code: 'conflicting-properties',
    path: ['scaling', 'maxInstances'],
    message: `At most ${maxInstances} instances cannot be at least ${minInstances}.`,
    suggestion: 'Raise "maxInstances", or lower "minInstances".',
  };
}

/** Adds and takes instances of a service of ECS away by what they use. */
export function addScaling(
  name: string,
  scaling: Scaling,
  { cluster, service }: { cluster: string; service: string },
  stack: StackBuilder,
): void {
  const least = leastInstances(scaling);
  const most = mostInstances(scaling);
  if (most === least) return;
  const { names } = stack;
  const target = names.logicalId(name, 'AWS::ApplicationAutoScaling::ScalableTarget');
  stack.add(name, target, {
    Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
    Properties: {
      ServiceNamespace: 'ecs',
      ScalableDimension: 'ecs:service:DesiredCount',
      ResourceId: join('/', ['service', ref(cluster), { 'Fn::GetAtt': [service, 'Name'] }]),
      MinCapacity: least,
      MaxCapacity: most,
    },
  });
  const policies: [string, string, number][] = [
    ['cpu', 'ECSServiceAverageCPUUtilization', scaling.scalingPolicy?.keepAvgCpuUtilizationUnder ?? 80],
    [
      'memory',
      'ECSServiceAverageMemoryUtilization',
      scaling.scalingPolicy?.keepAvgMemoryUtilizationUnder ?? 80,
    ],
  ];
  for (const [specifier, metric, value] of policies) {
    stack.add(name, names.logicalId(name, 'AWS::ApplicationAutoScaling::ScalingPolicy', { specifier }), {
      Type: 'AWS::ApplicationAutoScaling::ScalingPolicy',
      Properties: {
        PolicyName: names.physicalName(`${name}-${specifier}`, 256),
        PolicyType: 'TargetTrackingScaling',
        ScalingTargetId: ref(target),
        TargetTrackingScalingPolicyConfiguration: {
          PredefinedMetricSpecification: { PredefinedMetricType: metric },
          TargetValue: value,
        },
      },
    });
  }
}

import type { ConfigResource } from '../../model/config.ts';
import type { Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import type { Alarm } from './schema.ts';

/** What an alarm looks at and when it fires. */
export type Watch = {
  metrics: Value[];
  operator: string;
  threshold: number;
  /** What counts where nothing was measured. */
  missing?: 'breaching' | 'notBreaching';
};

export type Source = { resource: ConfigResource; alarm: Alarm; names: Names };
export type Dimensions = Record<string, Value>;

export const greater = 'GreaterThanThreshold';
export const less = 'LessThanThreshold';
const statistics: Readonly<Record<string, string>> = {
  avg: 'Average',
  min: 'Minimum',
  max: 'Maximum',
  sum: 'Sum',
};

type MetricOf = { id: string; namespace: string; name: string; dimensions: Dimensions; stat?: string };

export const propertyOf = ({ alarm }: Source, key: string): number =>
  Number(alarm.trigger.properties?.[key] ?? 0);

export function operatorOf({ alarm }: Source, usual: string): string {
  const own = alarm.trigger.properties?.comparisonOperator;
  return typeof own === 'string' ? own : usual;
}

/** One metric; only the last one of an alarm gives the value that is compared. */
export function metric(source: Source, of: MetricOf, returned: boolean): Value {
  const own = source.alarm.trigger.properties?.statistic;
  const chosen = of.stat ?? (typeof own === 'string' ? own : 'avg');
  return {
    Id: of.id,
    MetricStat: {
      Metric: {
        Namespace: of.namespace,
        MetricName: of.name,
        Dimensions: Object.entries(of.dimensions).map(([Name, value]) => ({ Name, Value: value })),
      },
      Period: source.alarm.evaluation?.period ?? 60,
      Stat: statistics[chosen] ?? chosen,
    },
    ReturnData: returned,
  };
}

export const expression = (text: string, label: string): Value => ({
  Id: 'result',
  Expression: text,
  Label: label,
  ReturnData: true,
});

import type { GlobalSecondaryIndexDescription } from '@aws-sdk/client-dynamodb';
import { sameValue } from '../diff.ts';
import { isObject } from '../template/template.ts';
import { defined, objectsOf } from './calls.ts';
import type { Properties } from './provider.ts';

/** Read and write units as numbers; undefined where the template has none. */
export const throughputOf = (value: unknown) =>
  isObject(value)
    ? {
        ReadCapacityUnits: Number(value.ReadCapacityUnits),
        WriteCapacityUnits: Number(value.WriteCapacityUnits),
      }
    : undefined;

/** A member of `GlobalSecondaryIndexUpdates`. */
export type IndexUpdate = { Delete: { IndexName: string | undefined } } | { Create: Record<string, unknown> };

/**
 * Steps from the indexes that a table has to those of the template, worked out from the table itself, so that
 * they are right after an update that got only half the way. DynamoDB takes one at a time.
 */
export function indexUpdates(
  present: readonly GlobalSecondaryIndexDescription[] | undefined,
  wanted: Properties,
): IndexUpdate[] {
  const onDemand = wanted.BillingMode === 'PAY_PER_REQUEST';
  const after = objectsOf(wanted.GlobalSecondaryIndexes);
  const removals: { Delete: { IndexName: string | undefined } }[] = [];
  const additions: { Create: Record<string, unknown> }[] = [];
  for (const { IndexName, KeySchema, Projection } of present ?? []) {
    const same = after.find((index) => index.IndexName === IndexName);
    const kept =
      same !== undefined &&
      sameValue(same.KeySchema, KeySchema) &&
      sameProjection(same.Projection, Projection);
    if (!kept) removals.push({ Delete: { IndexName } });
  }
  for (const index of after) {
    const there = present?.find((candidate) => candidate.IndexName === index.IndexName);
    const removed = removals.some((removal) => removal.Delete.IndexName === index.IndexName);
    if (there !== undefined && !removed) continue;
    const { IndexName, KeySchema, Projection } = index;
    const ProvisionedThroughput = onDemand ? undefined : throughputOf(index.ProvisionedThroughput);
    additions.push({ Create: defined({ IndexName, KeySchema, Projection, ProvisionedThroughput }) });
  }
  return [...removals, ...additions];
}

const sameProjection = (left: unknown, right: unknown): boolean => {
  const normal = (value: unknown) => {
    if (!isObject(value)) return { ProjectionType: 'ALL', NonKeyAttributes: [] };
    const names = Array.isArray(value.NonKeyAttributes) ? value.NonKeyAttributes.map(String).sort() : [];
    return { ProjectionType: value.ProjectionType ?? 'ALL', NonKeyAttributes: names };
  };
  return sameValue(normal(left), normal(right));
};

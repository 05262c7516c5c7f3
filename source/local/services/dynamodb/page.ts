import type { ConsumedCapacity, ReturnConsumedCapacity } from '@aws-sdk/client-dynamodb';
import type { Item } from './attribute-value.ts';
import { consumedCapacity, readUnits } from './consumed-capacity.ts';
import { invalidParameters } from './errors.ts';
import { holds } from './expressions/evaluate.ts';
import { project } from './expressions/projection.ts';
import type { Condition, Path } from './expressions/syntax.ts';
import type { ItemStore, Range } from './item-store.ts';
import { pick, positionAttributes, type SecondaryIndex, type Table } from './table.ts';

/** What Query and Scan have in common once they know where to read. */
export type PageRequest = {
  range: Range;
  filter: Condition | undefined;
  projection: Path[] | undefined;
  /** Most items to look at, before the filter. */
  limit: number | undefined;
  consistent: boolean | undefined;
  countOnly: boolean;
  allAttributes: boolean;
  capacity: ReturnConsumedCapacity | undefined;
};

export type Page = {
  Items?: Item[];
  Count: number;
  ScannedCount: number;
  LastEvaluatedKey?: Item;
  ConsumedCapacity: ConsumedCapacity | undefined;
};

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
const largestPage = 1024 * 1024;

/** Reads until the limit, 1 MB or the end of the range. */
export function readPage(store: ItemStore, request: PageRequest): Page {
  const { range, filter, projection, limit = Number.POSITIVE_INFINITY } = request;
  const { table, index } = range;
  const whole = needsWholeItems(request);
  const items: Item[] = [];
  let scanned = 0;
  let bytes = 0;
  let last: Item | undefined;
  let more = false;
  for (const { item, size } of store.read({ ...range, whole })) {
    if (scanned > 0 && bytes + size > largestPage) {
      more = true;
      break;
    }
    scanned += 1;
    bytes += size;
    last = item;
    if (!filter || holds(filter, item)) items.push(projection ? project(item, projection) : item);
    if (scanned >= limit) {
      // DynamoDB does not look whether anything follows.
      more = true;
      break;
    }
  }
  return {
    ...(!request.countOnly && { Items: items }),
    Count: items.length,
    ScannedCount: scanned,
    ...(more && last && { LastEvaluatedKey: pick(last, positionAttributes(table, index)) }),
    ConsumedCapacity: capacityOf(request, table, index, bytes),
  };
}

function capacityOf(
  request: PageRequest,
  table: Table,
  index: SecondaryIndex | undefined,
  bytes: number,
): ConsumedCapacity | undefined {
  const units = readUnits(bytes, request.consistent);
  const usage = index
    ? { table: 0, indexes: new Map([[index.name, units]]) }
    : { table: units, indexes: new Map<string, number>() };
  return consumedCapacity(request.capacity, table, usage);
}

/**
 * A local index fetches from its table what it does not hold; a global one refuses.
 */
function needsWholeItems({ range, projection, allAttributes }: PageRequest): boolean {
  const { table, index } = range;
  if (!index || index.projection.type === 'ALL') return false;
  const held = new Set([...positionAttributes(table, index), ...index.projection.attributes]);
  const others = [...new Set((projection ?? []).map(([name]) => String(name)))].filter(
    (name) => !held.has(name),
  );
  if (index.scope === 'local') return allAttributes || others.length > 0;
  if (others.length > 0) {
    throw invalidParameters(`Global secondary index ${index.name} does not project [${others.join(', ')}]`);
  }
  return false;
}

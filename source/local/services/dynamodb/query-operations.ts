import type {
  AttributeValue,
  QueryCommandInput,
  QueryCommandOutput,
  ScanCommandInput,
  ScanCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Operation } from '../../backend.ts';
import { compareBytes } from './attribute-value.ts';
import type { Catalog } from './catalog.ts';
import { Constraints } from './constraints.ts';
import { invalidParameters, validationError } from './errors.ts';
import { pathHeads } from './expressions/condition-paths.ts';
import type { KeyCondition } from './expressions/key-condition.ts';
import { type Expressions, parseExpressions } from './expressions/request-expressions.ts';
import type { ItemStore, Range } from './item-store.ts';
import { afterPrefix, encodeKey, encodePartition, segmentBounds } from './key-encoding.ts';
import { type PageRequest, readPage } from './page.ts';
import { checkSelect, chosenIndex } from './select.ts';
import { startPosition } from './start-key.ts';
import { type KeyNames, keyAttributes, type Table } from './table.ts';

/** A scan may be cut into so many segments. */
const mostSegments = 1_000_000;

/** Query and Scan: ordered ranges of a table or of one of its indexes, a page at a time. */
export function queryOperations(catalog: Catalog, store: ItemStore) {
  const query: Operation<QueryCommandInput, QueryCommandOutput> = (input) => {
    checkCommon(input);
    const expressions = parseExpressions(input, [
      'KeyConditionExpression',
      'FilterExpression',
      'ProjectionExpression',
    ]);
    if (!expressions.keyCondition) {
      throw validationError(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      );
    }
    checkSelect(input, 'Querying');
    const table = catalog.usable(input.TableName);
    const index = chosenIndex(table, input);
    const keys = index?.keys ?? table.keys;
    const { partition, sort } = keyRange(table, keys, expressions.keyCondition);
    refuseKeysInFilter(keys, expressions);
    const start = startPosition(table, index, input.ExclusiveStartKey);
    if (start) {
      if (compareBytes(start.position.partition, partition) !== 0) {
        throw validationError(
          'The provided starting key is outside query boundaries based on provided conditions',
        );
      }
      if (!within(start.position.sort, sort)) {
        throw validationError('The provided starting key does not match the range key predicate');
      }
    }
    const forward = input.ScanIndexForward ?? true;
    const range: Range = { table, index, partition, sort, start, forward };
    return readPage(store, pageRequest(input, range, expressions));
  };

  const scan: Operation<ScanCommandInput, ScanCommandOutput> = (input) => {
    checkCommon(input);
    checkSegments(input);
    const expressions = parseExpressions(input, ['FilterExpression', 'ProjectionExpression']);
    checkSelect(input, 'Scanning');
    const table = catalog.usable(input.TableName);
    const index = chosenIndex(table, input);
    const { Segment: segment = 0, TotalSegments: segments = 1 } = input;
    const partition = segmentBounds(segment, segments);
    const start = startPosition(table, index, input.ExclusiveStartKey);
    if (start && !inSegment(start.position.partition, partition)) {
      throw validationError(
        `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${segments} Segment: ${segment}`,
      );
    }
    const range: Range = { table, index, partition, start, forward: true };
    return readPage(store, pageRequest(input, range, expressions));
  };

  return { Query: query, Scan: scan };
}

function pageRequest(
  input: QueryCommandInput | ScanCommandInput,
  range: Range,
  { filter, projection }: Expressions,
): PageRequest {
  return {
    range,
    filter,
    projection,
    limit: input.Limit,
    consistent: input.ConsistentRead,
    countOnly: input.Select === 'COUNT',
    allAttributes: input.Select === 'ALL_ATTRIBUTES',
    capacity: input.ReturnConsumedCapacity,
  };
}

function checkCommon(input: QueryCommandInput | ScanCommandInput): void {
  new Constraints()
    .required('tableName', input.TableName)
    .range('limit', input.Limit, 1)
    .name('indexName', input.IndexName)
    .length('indexName', input.IndexName, 3, 255)
    .oneOf('select', input.Select, [
      'SPECIFIC_ATTRIBUTES',
      'COUNT',
      'ALL_ATTRIBUTES',
      'ALL_PROJECTED_ATTRIBUTES',
    ])
    .enforce();
}

function checkSegments({ Segment: segment, TotalSegments: total }: ScanCommandInput): void {
  new Constraints().range('segment', segment, 0).range('totalSegments', total, 1, mostSegments).enforce();
  if (segment === undefined && total !== undefined) {
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  }
  if (total === undefined && segment !== undefined) {
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  }
  if (segment !== undefined && total !== undefined && segment >= total) {
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`,
    );
  }
}

function keyRange(
  table: Table,
  keys: KeyNames,
  conditions: KeyCondition[],
): { partition: Uint8Array; sort: NonNullable<Range['sort']> } {
  const hash = conditions.find(({ attribute }) => attribute === keys.hash);
  if (!hash) throw validationError(`Query condition missed key schema element: ${keys.hash}`);
  const other = conditions.find((condition) => condition !== hash);
  if (other && keys.range === undefined) throw validationError('Query key condition not supported');
  if (other && other.attribute !== keys.range) {
    throw validationError(`Query condition missed key schema element: ${keys.range}`);
  }
  for (const condition of conditions) checkConditionType(table, condition);
  const [value] = hash.values;
  if (hash.operator !== '=' || !value) throw validationError('Query key condition not supported');
  return { partition: encodePartition(value), sort: other ? sortBounds(other) : {} };
}

function checkConditionType(table: Table, { attribute, values }: KeyCondition): void {
  const type = table.attributeTypes[attribute];
  for (const value of values) {
    if (!type || value[type] === undefined) {
      throw invalidParameters('Condition parameter type does not match schema type');
    }
    if (value.S === '' || value.B?.length === 0) {
      const kind = value.S === undefined ? 'binary' : 'string';
      throw validationError(
        `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${kind} value. Key: ${attribute}`,
      );
    }
  }
}

function sortBounds({ operator, values }: KeyCondition): NonNullable<Range['sort']> {
  const [first, second] = values.map((value: AttributeValue) => encodeKey(value));
  if (!first) throw new Error('a condition without a value');
  switch (operator) {
    case '=':
      return { from: first, to: first };
    case '<':
      return { before: first };
    case '<=':
      return { to: first };
    case '>':
      return { after: first };
    case '>=':
      return { from: first };
    case 'between':
      return second ? { from: first, to: second } : { from: first };
    case 'begins_with': {
      const before = afterPrefix(first);
      return before ? { from: first, before } : { from: first };
    }
  }
}

function within(sort: Uint8Array, { from, after, to, before }: NonNullable<Range['sort']>): boolean {
  return (
    (!from || compareBytes(sort, from) >= 0) &&
    (!after || compareBytes(sort, after) > 0) &&
    (!to || compareBytes(sort, to) <= 0) &&
    (!before || compareBytes(sort, before) < 0)
  );
}

function inSegment(partition: Uint8Array, { from, to }: { from: Uint8Array; to?: Uint8Array }): boolean {
  return compareBytes(partition, from) >= 0 && (!to || compareBytes(partition, to) < 0);
}

function refuseKeysInFilter(keys: KeyNames, { filter }: Expressions): void {
  if (!filter) return;
  const heads = pathHeads(filter);
  const key = keyAttributes(keys).find((name) => heads.has(name));
  if (key === undefined) return;
  throw validationError(
    `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${key}`,
  );
}

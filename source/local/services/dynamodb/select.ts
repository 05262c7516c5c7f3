import type { Select } from '@aws-sdk/client-dynamodb';
import { invalidParameters, validationError } from './errors.ts';
import type { SecondaryIndex, Table } from './table.ts';

type SelectInput = {
  IndexName?: string | undefined;
  Select?: Select | undefined;
  ProjectionExpression?: string | undefined;
  ConsistentRead?: boolean | undefined;
};

/** Checks `Select` against the rest of a request. Throws `ValidationException`. */
export function checkSelect(input: SelectInput, doing: 'Querying' | 'Scanning'): void {
  const { Select: select, ProjectionExpression: projection } = input;
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && input.IndexName === undefined) {
    throw invalidParameters(`ALL_PROJECTED_ATTRIBUTES can be used only when ${doing} using an IndexName`);
  }
  if (select === 'SPECIFIC_ATTRIBUTES' && projection === undefined) {
    throw validationError(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
  }
  if (projection === undefined || select === undefined || select === 'SPECIFIC_ATTRIBUTES') return;
  const wanted = select === 'COUNT' ? 'only the Count' : select;
  throw validationError(`Cannot specify the ProjectionExpression when choosing to get ${wanted}`);
}

/** The index that a request names; undefined when it is for the table itself. Throws `ValidationException`. */
export function chosenIndex(table: Table, input: SelectInput): SecondaryIndex | undefined {
  if (input.IndexName === undefined) return undefined;
  const index = table.indexes.find(({ name, status }) => name === input.IndexName && status !== 'DELETING');
  if (!index) throw validationError(`The table does not have the specified index: ${input.IndexName}`);
  if (index.scope === 'local') return index;
  if (index.status === 'CREATING') {
    throw validationError(`Cannot read from backfilling global secondary index: ${index.name}`);
  }
  if (input.ConsistentRead) {
    throw validationError('Consistent reads are not supported on global secondary indexes');
  }
  if (input.Select === 'ALL_ATTRIBUTES' && index.projection.type !== 'ALL') {
    throw invalidParameters(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`,
    );
  }
  return index;
}

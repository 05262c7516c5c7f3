import type {
  AttributeDefinition,
  BillingMode,
  CreateTableCommandInput,
  KeySchemaElement,
  Projection,
  ProvisionedThroughput,
  StreamSpecification,
} from '@aws-sdk/client-dynamodb';
import { Constraints } from './constraints.ts';
import { invalidParameters, validationError } from './errors.ts';
import {
  type KeyNames,
  type KeyType,
  keyAttributes,
  type SecondaryIndex,
  type Table,
  type Throughput,
} from './table.ts';

/** An index as a request describes it. */
export type IndexInput = {
  IndexName: string | undefined;
  KeySchema: KeySchemaElement[] | undefined;
  Projection: Projection | undefined;
  ProvisionedThroughput?: ProvisionedThroughput | undefined;
};

/** What a table is by its definition, before it has ids and a state. */
export type TableDefinition = Pick<
  Table,
  'name' | 'attributeTypes' | 'keys' | 'billingMode' | 'throughput'
> & { indexes: Omit<SecondaryIndex, 'id' | 'status'>[] };

const keyTypes: readonly string[] = ['B', 'N', 'S'];
const mostGlobalIndexes = 20;
const mostLocalIndexes = 5;
const mostNonKeyAttributes = 100;

/** Checks the definition of a new table as CreateTable does. Throws `ValidationException`. */
export function defineTable(input: CreateTableCommandInput): TableDefinition {
  checkMembers(input);
  const billingMode = input.BillingMode ?? 'PROVISIONED';
  const throughput = checkThroughput(billingMode, input.ProvisionedThroughput);
  const attributeTypes = attributeTypesOf(input.AttributeDefinitions ?? []);
  const keys = keyNames(input.KeySchema ?? [], attributeTypes);
  const local = input.LocalSecondaryIndexes;
  const global = input.GlobalSecondaryIndexes;
  if (local?.length === 0) throw invalidParameters('List of LocalSecondaryIndexes is empty');
  if (global?.length === 0) throw invalidParameters('List of GlobalSecondaryIndexes is empty');
  const indexes = [
    ...(local ?? []).map((index) => defineLocalIndex(index, keys, attributeTypes)),
    ...(global ?? []).map((index) => defineGlobalIndex(index, attributeTypes, billingMode)),
  ];
  checkIndexCounts(indexes);
  checkUsed(attributeTypes, [keys, ...indexes.map((index) => index.keys)]);
  return { name: input.TableName ?? '', attributeTypes, keys, indexes, billingMode, throughput };
}

/** Types of key attributes by name. Throws `ValidationException` when one is defined twice. */
export function attributeTypesOf(definitions: AttributeDefinition[]): Record<string, KeyType> {
  const types: Record<string, KeyType> = {};
  for (const { AttributeName: name = '', AttributeType: type = 'S' } of definitions) {
    if (Object.hasOwn(types, name)) {
      throw invalidParameters(`Duplicate attribute definition: ${name}`);
    }
    types[name] = type;
  }
  return types;
}

/** Checks a global index. Throws `ValidationException`. */
export function defineGlobalIndex(
  input: IndexInput,
  types: Record<string, KeyType>,
  billingMode: BillingMode,
): Omit<SecondaryIndex, 'id' | 'status'> {
  const name = checkIndexName(input);
  if (billingMode === 'PAY_PER_REQUEST' && input.ProvisionedThroughput) {
    throw invalidParameters(
      `ProvisionedThroughput should not be specified for index: ${name} when BillingMode is PAY_PER_REQUEST`,
    );
  }
  if (billingMode === 'PROVISIONED' && !input.ProvisionedThroughput) {
    throw invalidParameters(`ProvisionedThroughput must be specified for index: ${name}`);
  }
  return {
    name,
    scope: 'global',
    keys: keyNames(input.KeySchema ?? [], types),
    projection: checkProjection(input.Projection),
    throughput: throughputOf(input.ProvisionedThroughput),
  };
}

/** Capacity of a table or index; nothing when it is paid by request. Throws `ValidationException`. */
export function checkThroughput(mode: BillingMode, input: ProvisionedThroughput | undefined): Throughput {
  if (mode === 'PAY_PER_REQUEST' && input) {
    throw invalidParameters(
      'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
    );
  }
  if (mode === 'PROVISIONED' && !(input?.ReadCapacityUnits && input.WriteCapacityUnits)) {
    throw invalidParameters(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  }
  return throughputOf(input);
}

/** What a stream is to show, undefined for none. Throws `ValidationException`. */
export function checkStream(input: StreamSpecification | undefined): Table['stream'] {
  if (!input?.StreamEnabled) {
    if (input?.StreamViewType) {
      throw invalidParameters('StreamViewType cannot be specified when StreamEnabled is false');
    }
    return undefined;
  }
  if (!input.StreamViewType) {
    throw invalidParameters('StreamViewType is required when StreamEnabled is true');
  }
  new Constraints()
    .oneOf('streamSpecification.streamViewType', input.StreamViewType, [
      'NEW_IMAGE',
      'OLD_IMAGE',
      'NEW_AND_OLD_IMAGES',
      'KEYS_ONLY',
    ])
    .enforce();
  return { viewType: input.StreamViewType, enabledAt: 0, enabled: true };
}

function throughputOf(input: ProvisionedThroughput | undefined): Throughput {
  return { read: input?.ReadCapacityUnits ?? 0, write: input?.WriteCapacityUnits ?? 0 };
}

function checkMembers(input: CreateTableCommandInput): void {
  const { TableName: name } = input;
  const constraints = new Constraints()
    .required('tableName', name)
    .required('attributeDefinitions', input.AttributeDefinitions)
    .required('keySchema', input.KeySchema)
    .name('tableName', name)
    .length('keySchema', input.KeySchema, 1, 2)
    .oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST'])
    .range('provisionedThroughput.readCapacityUnits', input.ProvisionedThroughput?.ReadCapacityUnits, 1)
    .range('provisionedThroughput.writeCapacityUnits', input.ProvisionedThroughput?.WriteCapacityUnits, 1);
  for (const [index, definition] of (input.AttributeDefinitions ?? []).entries()) {
    const member = `attributeDefinitions.${index + 1}.member`;
    constraints
      .required(`${member}.attributeName`, definition.AttributeName)
      .required(`${member}.attributeType`, definition.AttributeType)
      .oneOf(`${member}.attributeType`, definition.AttributeType, keyTypes);
  }
  checkKeySchemaMembers(constraints, 'keySchema', input.KeySchema);
  constraints.enforce();
  if (name !== undefined && (name.length < 3 || name.length > 255)) {
    throw validationError('TableName must be at least 3 characters long and at most 255 characters long');
  }
}

function checkKeySchemaMembers(
  constraints: Constraints,
  parent: string,
  schema: KeySchemaElement[] | undefined,
): void {
  for (const [index, element] of (schema ?? []).entries()) {
    const member = `${parent}.${index + 1}.member`;
    constraints
      .required(`${member}.attributeName`, element.AttributeName)
      .required(`${member}.keyType`, element.KeyType)
      .oneOf(`${member}.keyType`, element.KeyType, ['HASH', 'RANGE']);
  }
}

function checkIndexName(input: IndexInput): string {
  const constraints = new Constraints()
    .required('indexName', input.IndexName)
    .required('keySchema', input.KeySchema)
    .required('projection', input.Projection)
    .name('indexName', input.IndexName)
    .length('indexName', input.IndexName, 3, 255)
    .length('keySchema', input.KeySchema, 1, 2);
  checkKeySchemaMembers(constraints, 'keySchema', input.KeySchema);
  constraints.enforce();
  return input.IndexName ?? '';
}

function keyNames(schema: KeySchemaElement[], types: Record<string, KeyType>): KeyNames {
  const names = schema.map((element) => element.AttributeName ?? '');
  const defined = Object.keys(types);
  if (names.length > defined.length) {
    throw validationError('Invalid KeySchema: Some index key attribute have no definition');
  }
  if (names.some((name) => !Object.hasOwn(types, name))) {
    throw invalidParameters(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(', ')}], AttributeDefinitions: [${defined.join(', ')}]`,
    );
  }
  const [hash = '', range] = names;
  if (hash === range) {
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  }
  if (schema[0]?.KeyType !== 'HASH') {
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  }
  if (range === undefined) return { hash };
  if (schema[1]?.KeyType !== 'RANGE') {
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
  }
  return { hash, range };
}

function defineLocalIndex(
  input: IndexInput,
  tableKeys: KeyNames,
  types: Record<string, KeyType>,
): Omit<SecondaryIndex, 'id' | 'status'> {
  if (tableKeys.range === undefined) {
    throw invalidParameters(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    );
  }
  const name = checkIndexName(input);
  const keys = keyNames(input.KeySchema ?? [], types);
  if (keys.range === undefined) {
    throw invalidParameters(`Index KeySchema does not have a range key for index: ${name}`);
  }
  if (keys.hash !== tableKeys.hash) {
    throw invalidParameters(
      `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${name}. index hash key: ${keys.hash}, table hash key: ${tableKeys.hash}`,
    );
  }
  const projection = checkProjection(input.Projection);
  return { name, scope: 'local', keys, projection, throughput: { read: 0, write: 0 } };
}

function checkProjection(input: Projection | undefined): SecondaryIndex['projection'] {
  const type = input?.ProjectionType;
  if (!type) throw invalidParameters('Unknown ProjectionType: null');
  new Constraints()
    .oneOf('projection.projectionType', type, ['ALL', 'INCLUDE', 'KEYS_ONLY'])
    .length('projection.nonKeyAttributes', input.NonKeyAttributes, 1, mostNonKeyAttributes)
    .enforce();
  if (input.NonKeyAttributes && type !== 'INCLUDE') {
    throw invalidParameters(`ProjectionType is ${type}, but NonKeyAttributes is specified`);
  }
  if (type === 'INCLUDE' && !input.NonKeyAttributes) {
    throw invalidParameters('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
  }
  return { type, attributes: input.NonKeyAttributes ?? [] };
}

function checkIndexCounts(indexes: Omit<SecondaryIndex, 'id' | 'status'>[]): void {
  const names = new Set<string>();
  for (const { name } of indexes) {
    if (names.has(name)) throw invalidParameters(`Duplicate index name: ${name}`);
    names.add(name);
  }
  if (indexes.filter(({ scope }) => scope === 'local').length > mostLocalIndexes) {
    throw invalidParameters('Number of LocalSecondaryIndexes exceeds per-table limit of 5');
  }
  if (indexes.filter(({ scope }) => scope === 'global').length > mostGlobalIndexes) {
    throw invalidParameters('GlobalSecondaryIndex count exceeds the per-table limit of 20');
  }
}

function checkUsed(types: Record<string, KeyType>, keys: KeyNames[]): void {
  const defined = Object.keys(types);
  const used = [...new Set(keys.flatMap(keyAttributes))];
  if (used.length === defined.length) return;
  throw invalidParameters(
    keys.length === 1
      ? 'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions'
      : `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${used.join(', ')}]`,
  );
}

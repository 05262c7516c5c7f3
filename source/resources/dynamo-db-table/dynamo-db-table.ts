import * as Type from 'typebox';
import { defineResource, type LocalFinding } from '../../model/descriptor.ts';
import { getAtt, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import { closedObject, namedList, oneOf, staticText } from '../schema.ts';
import { addUnitScaling, checkUnitScaling, scalingSchema } from './scaling.ts';

const attributeTypes = { string: 'S', number: 'N', binary: 'B' } as const;
const streamTypes = ['KEYS_ONLY', 'NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES'] as const;

const attribute = (title: string, description: string) =>
  closedObject(
    {
      name: staticText({ title: 'Name of the attribute', description: 'As items have it.', minLength: 1 }),
      type: oneOf(['string', 'number', 'binary'], {
        title: 'Type of the attribute',
        description: 'Of its values.',
      }),
    },
    { title, description },
  );

const keys = {
  partitionKey: attribute('Partition key', 'Spreads the items; reads name its value.'),
  sortKey: Type.Optional(attribute('Sort key', 'Orders the items of one partition key.')),
};

const units = (title: string, description: string) =>
  Type.Integer({ title, description, minimum: 1, maximum: 40_000 });

const schema = closedObject({
  primaryKey: closedObject(keys, {
    title: 'Primary key',
    description: 'Tells items apart. A change replaces the table.',
  }),
  provisionedThroughput: Type.Optional(
    closedObject(
      {
        readUnits: units('Read units per second', 'One reads 4 KB.'),
        writeUnits: units('Write units per second', 'One writes 1 KB.'),
        readScaling: Type.Optional(scalingSchema('Scaling of reads')),
        writeScaling: Type.Optional(scalingSchema('Scaling of writes')),
      },
      {
        title: 'Provisioned throughput',
        description: 'Without it, every request is paid by itself.',
      },
    ),
  ),
  enablePointInTimeRecovery: Type.Optional(
    Type.Boolean({ title: 'Point-in-time recovery', description: 'Backups for 35 days.', default: false }),
  ),
  streamType: Type.Optional(
    oneOf(streamTypes, { title: 'Stream', description: 'What a stream of changes holds; none without it.' }),
  ),
  secondaryIndexes: Type.Optional(
    namedList(
      closedObject({
        name: Type.String({
          'stp:static': true,
          description: 'Name that queries use.',
          examples: ['byAuthor'],
          pattern: '^[A-Za-z0-9_.-]{3,255}$',
          'stp:format': '3 to 255 letters, digits, hyphens, dots and underscores',
        }),
        ...keys,
        projections: Type.Optional(
          Type.Array(staticText({ minLength: 1 }), {
            description: 'Attributes that the index holds besides the keys; without it, the keys alone.',
            uniqueItems: true,
            maxItems: 20,
          }),
        ),
      }),
      { title: 'Global secondary indexes', description: 'Other keys to find items by.', maxItems: 20 },
    ),
  ),
});

type Properties = Type.Static<typeof schema>;
type Key = Properties['primaryKey'];
type Attribute = Key['partitionKey'];

/** Of all indexes of a table together, an attribute that several hold counted for each. */
const mostProjected = 100;

/**
 * The key is in the name: CloudFormation refuses to replace a resource under a name that it was given, and a new
 * key is the one property whose change replaces a table. Nothing else may be in it, or data would be lost.
 */
const tableName = (names: Names, name: string, { partitionKey, sortKey }: Key): string =>
  names.physicalName(
    `${name}-${names.hash(`${partitionKey.name}:${partitionKey.type}/${sortKey ? `${sortKey.name}:${sortKey.type}` : ''}`)}`,
    255,
  );

/** Spec 13.5; one Region, so a plain table. */
export const dynamoDbTable = defineResource({
  type: 'dynamo-db-table',
  title: 'DynamoDB table',
  description: 'A table of items that are found by their key.',
  schema,

  *check({ properties }) {
    yield* conflictingTypes(properties);
    const projected = (properties.secondaryIndexes ?? []).flatMap(({ projections = [] }) => projections);
    if (projected.length > mostProjected) {
      yield {
        code: 'too-many-projections',
        path: ['secondaryIndexes'],
        at: 'key',
        message: `The indexes hold ${projected.length} attributes together; DynamoDB allows ${mostProjected}.`,
      };
    }
    if (properties.provisionedThroughput) yield* checkUnitScaling(properties.provisionedThroughput);
    for (const [path, key] of keysOf(properties)) {
      if (key.sortKey?.name === key.partitionKey.name) {
        yield {
          code: 'duplicate-key',
          path: [...path, 'sortKey', 'name'],
          message: `Attribute "${key.sortKey.name}" is the partition key already.`,
          suggestion: 'Leave the sort key out, or name another attribute.',
        };
      }
    }
  },

  synth({ name, properties }, stack) {
    const throughput = properties.provisionedThroughput && {
      ReadCapacityUnits: properties.provisionedThroughput.readUnits,
      WriteCapacityUnits: properties.provisionedThroughput.writeUnits,
    };
    const id = stack.names.logicalId(name, 'AWS::DynamoDB::Table');
    stack.add(name, id, {
      Type: 'AWS::DynamoDB::Table',
      // What is left behind would keep the name taken, and the next deploy of the stack would fail on it.
      // Removals and replacements that lose data are asked for before they are made.
      DeletionPolicy: 'Delete',
      UpdateReplacePolicy: 'Delete',
      Properties: {
        TableName: tableName(stack.names, name, properties.primaryKey),
        AttributeDefinitions: attributeDefinitions(properties),
        KeySchema: keySchema(properties.primaryKey),
        BillingMode: throughput ? 'PROVISIONED' : 'PAY_PER_REQUEST',
        ProvisionedThroughput: throughput,
        StreamSpecification: properties.streamType && { StreamViewType: properties.streamType },
        PointInTimeRecoverySpecification:
          properties.enablePointInTimeRecovery === undefined
            ? undefined
            : { PointInTimeRecoveryEnabled: properties.enablePointInTimeRecovery },
        GlobalSecondaryIndexes: properties.secondaryIndexes?.map((index) => ({
          IndexName: index.name,
          KeySchema: keySchema(index),
          Projection: index.projections?.length
            ? { ProjectionType: 'INCLUDE', NonKeyAttributes: index.projections }
            : { ProjectionType: 'KEYS_ONLY' },
          ProvisionedThroughput: throughput,
        })),
      },
    });
    const indexes = (properties.secondaryIndexes ?? []).map((index) => index.name);
    addUnitScaling(name, id, properties.provisionedThroughput ?? {}, indexes, stack);
  },

  params({ name, properties }, names) {
    const id = names.logicalId(name, 'AWS::DynamoDB::Table');
    return {
      name: ref(id),
      arn: getAtt(id, 'Arn'),
      ...(properties.streamType === undefined ? {} : { streamArn: getAtt(id, 'StreamArn') }),
    };
  },

  connect({ name, properties }, names) {
    const id = names.logicalId(name, 'AWS::DynamoDB::Table');
    const streamed = properties.streamType !== undefined;
    return {
      gatewayEndpoint: 'dynamodb',
      statements: [
        {
          Effect: 'Allow',
          Action: tableActions,
          Resource: [
            getAtt(id, 'Arn'),
            sub(`\${${id}.Arn}/index/*`),
            ...(streamed ? [sub(`\${${id}.Arn}/stream/*`)] : []),
          ],
        },
      ],
      variables: {
        NAME: ref(id),
        ARN: getAtt(id, 'Arn'),
        ...(streamed ? { STREAM_ARN: getAtt(id, 'StreamArn') } : {}),
      },
    };
  },
});

/** Spec 5. */
const tableActions = [
  'dynamodb:BatchGet*',
  'dynamodb:BatchWrite*',
  'dynamodb:ConditionCheckItem',
  'dynamodb:DeleteItem',
  'dynamodb:DescribeStream',
  'dynamodb:DescribeTable',
  'dynamodb:Get*',
  'dynamodb:PutItem',
  'dynamodb:Query',
  'dynamodb:Scan',
  'dynamodb:UpdateItem',
];

function* keysOf(properties: Partial<Properties>): Iterable<[path: (string | number)[], key: Key]> {
  if (properties.primaryKey) yield [['primaryKey'], properties.primaryKey];
  for (const [index, key] of (properties.secondaryIndexes ?? []).entries()) {
    yield [['secondaryIndexes', index], key];
  }
}

const attributesOf = (key: Key): Attribute[] =>
  key.sortKey ? [key.partitionKey, key.sortKey] : [key.partitionKey];

/** One attribute has one type, in whatever keys it is. */
function* conflictingTypes(properties: Partial<Properties>): Iterable<LocalFinding> {
  const types = new Map<string, string>();
  for (const [path, key] of keysOf(properties)) {
    for (const [part, used] of [
      ['partitionKey', key.partitionKey],
      ['sortKey', key.sortKey],
    ] as const) {
      if (!used) continue;
      const type = types.get(used.name);
      if (type === undefined) types.set(used.name, used.type);
      else if (type !== used.type) {
        yield {
          code: 'conflicting-attribute-type',
          path: [...path, part, 'type'],
          message: `Attribute "${used.name}" is a ${type} in another key of this table and cannot be a ${used.type} here.`,
          expected: type,
        };
      }
    }
  }
}

function attributeDefinitions(properties: Properties): Value[] {
  const types = new Map<string, Attribute['type']>();
  for (const [, key] of keysOf(properties)) {
    for (const { name, type } of attributesOf(key)) types.set(name, type);
  }
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: attributeTypes[type] }));
}

const keySchema = (key: Key): Value[] =>
  attributesOf(key).map(({ name }, index) => ({
    AttributeName: name,
    KeyType: index === 0 ? 'HASH' : 'RANGE',
  }));

import * as Type from 'typebox';
import { closedObject, staticSwitch, staticText, type VariantOf, variants } from '../schema.ts';

/** How AWS runs an engine: an instance, a cluster of instances, or a cluster that scales by itself. */
type Kind = 'instance' | 'cluster' | 'serverless-v1' | 'serverless-v2';

type Engine = {
  kind: Kind;
  /** RDS's own name. */
  engine: string;
  port: number;
  protocol: 'mysql' | 'postgresql' | 'oracle' | 'sqlserver';
  jdbc: 'mysql' | 'mariadb' | 'postgresql' | 'oracle' | 'sqlserver';
  /** Of those that RDS makes new databases of. */
  version: string;
  /** Logs that RDS hands to CloudWatch. */
  logs: readonly string[];
  license?: string;
};

const mysql = { port: 3306, protocol: 'mysql', jdbc: 'mysql', logs: ['error', 'slowquery'] } as const;
const postgres = {
  port: 5432,
  protocol: 'postgresql',
  jdbc: 'postgresql',
  logs: ['postgresql'],
} as const;
const oracle = {
  kind: 'instance',
  port: 1521,
  protocol: 'oracle',
  jdbc: 'oracle',
  version: '19',
  logs: ['alert'],
} as const;
const sqlServer = {
  kind: 'instance',
  port: 1433,
  protocol: 'sqlserver',
  jdbc: 'sqlserver',
  version: '16.00.4245.2.v1',
  logs: ['error'],
  license: 'license-included',
} as const;
const auroraMysql = { ...mysql, engine: 'aurora-mysql' } as const;
const auroraPostgres = { ...postgres, engine: 'aurora-postgresql' } as const;

/** Spec 13.7. The first version of Aurora Serverless knows the engines of its time alone. */
export const engines = {
  mysql: { ...mysql, kind: 'instance', engine: 'mysql', version: '8.4.8' },
  mariadb: { ...mysql, kind: 'instance', engine: 'mariadb', version: '11.8.6', jdbc: 'mariadb' },
  postgres: { ...postgres, kind: 'instance', engine: 'postgres', version: '17.8' },
  'oracle-ee': { ...oracle, engine: 'oracle-ee', license: 'bring-your-own-license' },
  'oracle-se2': { ...oracle, engine: 'oracle-se2', license: 'license-included' },
  'sqlserver-ee': { ...sqlServer, engine: 'sqlserver-ee' },
  'sqlserver-ex': { ...sqlServer, engine: 'sqlserver-ex' },
  'sqlserver-se': { ...sqlServer, engine: 'sqlserver-se' },
  'sqlserver-web': { ...sqlServer, engine: 'sqlserver-web' },
  'aurora-mysql': { ...auroraMysql, kind: 'cluster', version: '8.0.mysql_aurora.3.08.2' },
  'aurora-postgresql': { ...auroraPostgres, kind: 'cluster', version: '16.8' },
  'aurora-mysql-serverless': {
    ...auroraMysql,
    kind: 'serverless-v1',
    version: '5.7.mysql_aurora.2.11.4',
    logs: ['error'],
  },
  'aurora-postgresql-serverless': { ...auroraPostgres, kind: 'serverless-v1', version: '13.12' },
  'aurora-mysql-serverless-v2': { ...auroraMysql, kind: 'serverless-v2', version: '8.0.mysql_aurora.3.08.2' },
  'aurora-postgresql-serverless-v2': { ...auroraPostgres, kind: 'serverless-v2', version: '16.8' },
} as const satisfies Record<string, Engine>;

export type EngineType = keyof typeof engines;

/** The wide type, where the engine is not known. */
export const engineOf = (type: EngineType): Engine => engines[type];

const dbName = Type.Optional(
  Type.String({
    'stp:static': true,
    title: 'Name of the database',
    description: 'Made with the first deploy.',
    examples: ['shop'],
    pattern: '^[A-Za-z][A-Za-z0-9_]{0,62}$',
    'stp:format': 'up to 63 letters, digits and underscores, a letter first',
  }),
);
const version = Type.Optional(
  staticText({ title: 'Version', description: 'Of the engine. Default: a current one.', minLength: 1 }),
);
const disableAutoMinorVersionUpgrade = Type.Optional(
  staticSwitch({ description: 'Keeps AWS from installing minor versions by itself.', default: false }),
);
const port = Type.Optional(
  Type.Integer({
    'stp:static': true,
    title: 'Port',
    description: 'Default: as the engine has it.',
    minimum: 1150,
    maximum: 65_535,
  }),
);
const instance = closedObject(
  {
    instanceSize: staticText({
      title: 'Size',
      description: 'Class of the instance.',
      examples: ['db.t4g.micro'],
      pattern: '^db\\.[a-z0-9-]+\\.[a-z0-9.-]+$',
      'stp:format': 'a class of instances such as db.t4g.micro',
    }),
    multiAz: Type.Optional(staticSwitch({ description: 'Keeps a standby in another zone.', default: false })),
  },
  { title: 'Instance', description: 'A machine with the database.' },
);

const instanceSchema = closedObject({
  primaryInstance: instance,
  readReplicas: Type.Optional(
    Type.Array(instance, { title: 'Read replicas', description: 'Copies that only read.', maxItems: 15 }),
  ),
  storage: Type.Optional(
    closedObject(
      {
        initialSize: Type.Optional(
          Type.Integer({ description: 'GB.', default: 20, minimum: 20, maximum: 65_536 }),
        ),
        maxSize: Type.Optional(
          Type.Integer({
            description: 'GB up to which it grows.',
            default: 200,
            minimum: 22,
            maximum: 65_536,
          }),
        ),
      },
      { title: 'Storage', description: 'Grows by itself.' },
    ),
  ),
  dbName,
  port,
  version,
  disableAutoMinorVersionUpgrade,
});

const clusterSchema = closedObject({
  instances: Type.Array(closedObject({ instanceSize: instance.properties.instanceSize }), {
    title: 'Instances',
    description: 'The first one writes, the others read.',
    minItems: 1,
    maxItems: 16,
  }),
  dbName,
  port,
  version,
  disableAutoMinorVersionUpgrade,
});

const capacity = (description: string, minimum: number, maximum: number) =>
  Type.Optional(Type.Number({ description, minimum, maximum }));

const serverlessSchema = closedObject({
  minCapacity: capacity('Capacity units at rest. Default 2.', 1, 384),
  maxCapacity: capacity('Capacity units under load. Default 4.', 1, 384),
  pauseAfterSeconds: Type.Optional(
    Type.Integer({ description: 'Stops after so long without a query.', minimum: 300, maximum: 86_400 }),
  ),
  dbName,
  version,
  disableAutoMinorVersionUpgrade,
});

const serverlessV2Schema = closedObject({
  minCapacity: capacity('Capacity units at rest; 0 lets it stop. Default 0.', 0, 256),
  maxCapacity: capacity('Capacity units under load. Default 10.', 1, 256),
  serverlessReadersCount: Type.Optional(
    Type.Integer({
      'stp:static': true,
      description: 'Instances that only read.',
      default: 0,
      minimum: 0,
      maximum: 15,
    }),
  ),
  dbName,
  version,
  disableAutoMinorVersionUpgrade,
});

const branch = <S extends Type.TObject>(title: string, schema: S) => ({
  title,
  description: `${title}.`,
  schema,
});

const branches = {
  mysql: branch('MySQL', instanceSchema),
  mariadb: branch('MariaDB', instanceSchema),
  postgres: branch('PostgreSQL', instanceSchema),
  'oracle-ee': branch('Oracle Enterprise Edition', instanceSchema),
  'oracle-se2': branch('Oracle Standard Edition 2', instanceSchema),
  'sqlserver-ee': branch('SQL Server Enterprise', instanceSchema),
  'sqlserver-ex': branch('SQL Server Express', instanceSchema),
  'sqlserver-se': branch('SQL Server Standard', instanceSchema),
  'sqlserver-web': branch('SQL Server Web', instanceSchema),
  'aurora-mysql': branch('Aurora MySQL', clusterSchema),
  'aurora-postgresql': branch('Aurora PostgreSQL', clusterSchema),
  'aurora-mysql-serverless': branch('Aurora Serverless v1 MySQL', serverlessSchema),
  'aurora-postgresql-serverless': branch('Aurora Serverless v1 PostgreSQL', serverlessSchema),
  'aurora-mysql-serverless-v2': branch('Aurora Serverless v2 MySQL', serverlessV2Schema),
  'aurora-postgresql-serverless-v2': branch('Aurora Serverless v2 PostgreSQL', serverlessV2Schema),
} as const satisfies Record<EngineType, unknown>;

export const engineSchema = variants(branches, {
  noun: 'engine',
  title: 'Engine',
  description: 'The kind of database and how it runs.',
});

export type DatabaseEngine = VariantOf<typeof branches>;
export type InstanceProperties = Type.Static<typeof instanceSchema>;
export type ClusterProperties = Type.Static<typeof clusterSchema>;
export type ServerlessProperties = Type.Static<typeof serverlessSchema>;
export type ServerlessV2Properties = Type.Static<typeof serverlessV2Schema>;

/** `aurora-mysql5.7`, `aurora-postgresql16`: the family that a parameter group has to be of. */
export function parameterFamily(engine: string, version: string): string {
  const parts = version.split('.');
  return engine.endsWith('mysql') ? `${engine}${parts[0]}.${parts[1] ?? '0'}` : `${engine}${parts[0]}`;
}

/** Oracle's names have eight characters at most; SQL Server makes its databases itself. */
export function databaseName({ type, properties }: DatabaseEngine): string | undefined {
  const { protocol } = engineOf(type);
  if (properties?.dbName !== undefined) return properties.dbName;
  if (protocol === 'sqlserver') return undefined;
  return protocol === 'oracle' ? 'DEFDB' : 'defdb';
}

export function portOf({ type, properties }: DatabaseEngine): number {
  return (properties && 'port' in properties ? properties.port : undefined) ?? engineOf(type).port;
}

export const versionOf = ({ type, properties }: DatabaseEngine): string =>
  properties?.version ?? engineOf(type).version;

export const minorUpgrades = ({ properties }: DatabaseEngine): boolean | undefined =>
  properties?.disableAutoMinorVersionUpgrade === undefined
    ? undefined
    : !properties.disableAutoMinorVersionUpgrade;

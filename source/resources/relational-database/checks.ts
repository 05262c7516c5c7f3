import type { LocalFinding } from '../../model/descriptor.ts';
import { databaseName, type EngineType, engineOf, type InstanceProperties, portOf } from './engines.ts';
import { accessibilityOf, type DatabaseProperties } from './properties.ts';

type Checked = Partial<DatabaseProperties> & Pick<DatabaseProperties, 'engine'>;

/** What RDS refuses, by the engine (spec 13.7). */
export function* checkDatabase(properties: Checked): Iterable<LocalFinding> {
  const { kind } = engineOf(properties.engine.type);
  yield* checkAccessibility(properties);
  yield* checkNames(properties);
  if (kind === 'instance') yield* checkInstances(properties);
  else if (properties.automatedBackupRetentionDays === 0) {
    yield {
      code: 'aurora-backups',
      path: ['automatedBackupRetentionDays'],
      message: 'Aurora always keeps backups.',
      expected: 'an integer from 1 to 35',
    };
  }
  if (kind === 'serverless-v1') yield* checkCapacity(properties, { minCapacity: 2, maxCapacity: 4 });
  if (kind === 'serverless-v2') yield* checkCapacity(properties, { minCapacity: 0, maxCapacity: 10 });
}

function* checkAccessibility(properties: Checked): Iterable<LocalFinding> {
  const { engine, accessibility } = properties;
  const mode = accessibilityOf(properties);
  if (engineOf(engine.type).kind === 'serverless-v1') {
    yield {
      severity: 'warning',
      code: 'aurora-serverless-v1',
      path: ['engine', 'type'],
      message: `AWS ended Aurora Serverless v1 on 2025-03-31 and takes no new clusters of it.`,
      suggestion: `Use ${engine.type}-v2.`,
    };
    if (mode === 'internet' || mode === 'whitelisted-ips-only') {
      yield {
        code: 'serverless-v1-in-vpc',
        path: ['accessibility', 'accessibilityMode'],
        message: `${engine.type} has no public address and cannot have accessibilityMode ${mode}.`,
        expected: 'vpc or scoping-workloads-in-vpc',
      };
    }
  }
  if (mode === 'whitelisted-ips-only' && !accessibility?.whitelistedIps) {
    yield {
      code: 'missing-property',
      path: ['accessibility'],
      at: 'key',
      message: 'accessibilityMode whitelisted-ips-only needs "whitelistedIps".',
      expected: 'a list of addresses such as 203.0.113.7 or 203.0.113.0/24',
    };
  }
  if (mode === 'internet' && accessibility?.whitelistedIps) {
    yield {
      severity: 'warning',
      code: 'no-effect',
      path: ['accessibility', 'whitelistedIps'],
      at: 'key',
      message: '"whitelistedIps" have no effect where everybody may connect.',
      suggestion: 'Set accessibilityMode: whitelisted-ips-only.',
    };
  }
}

/**
 * Most characters of the master user's name and password and of the database's name, by the protocol of the engine.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
 */
const longest: Readonly<Record<string, { user: number; password: number; dbName: number }>> = {
  mysql: { user: 16, password: 41, dbName: 64 },
  postgresql: { user: 63, password: 128, dbName: 63 },
  oracle: { user: 30, password: 30, dbName: 8 },
  sqlserver: { user: 128, password: 128, dbName: 0 },
};

function* checkNames({ engine, credentials }: Checked): Iterable<LocalFinding> {
  const { protocol } = engineOf(engine.type);
  const limits = longest[protocol];
  const user: unknown = credentials?.masterUserName;
  if (limits && typeof user === 'string' && user.length > limits.user) {
    yield {
      code: 'out-of-bounds',
      path: ['credentials', 'masterUserName'],
      message: `${engine.type} takes names of at most ${limits.user} characters for its master user, not ${user.length}.`,
    };
  }
  // What a directive gives is known to CloudFormation alone.
  const password: unknown = credentials?.masterUserPassword;
  if (limits && typeof password === 'string' && password.length > limits.password) {
    yield {
      code: 'out-of-bounds',
      path: ['credentials', 'masterUserPassword'],
      message: `${engine.type} takes passwords of at most ${limits.password} characters for its master user, not ${password.length}.`,
    };
  }
  const dbName = databaseName(engine);
  if (protocol === 'sqlserver' && dbName !== undefined) {
    yield {
      code: 'sqlserver-name',
      path: ['engine', 'properties', 'dbName'],
      message: 'SQL Server makes its databases itself; RDS takes no "dbName" for it.',
      suggestion: 'Leave "dbName" out.',
    };
  } else if (limits && typeof dbName === 'string' && dbName.length > limits.dbName) {
    yield {
      code: 'out-of-bounds',
      path: ['engine', 'properties', 'dbName'],
      message: `${engine.type} takes a "dbName" of at most ${limits.dbName} characters, not ${dbName.length}.`,
    };
  }
}

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReadRepl.html */
const withoutReplicas: readonly EngineType[] = [
  'oracle-se2',
  'sqlserver-ex',
  'sqlserver-se',
  'sqlserver-web',
];

/** @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html */
const isTaken = (port: number): boolean =>
  [1234, 1434, 3260, 3343, 3389, 47_001].includes(port) || (port >= 49_152 && port <= 49_156);

function* checkInstances({ engine, automatedBackupRetentionDays }: Checked): Iterable<LocalFinding> {
  const { primaryInstance, readReplicas = [], storage } = engine.properties as Partial<InstanceProperties>;
  const path = ['engine', 'properties'];
  const { initialSize = 20, maxSize = 200 } = storage ?? {};
  const least = initialSize + Math.ceil(initialSize / 10);
  // What a directive gives is known to CloudFormation alone.
  const isKnown = typeof initialSize === 'number' && typeof maxSize === 'number';
  if (isKnown && maxSize < least) {
    yield {
      code: 'conflicting-properties',
      path: [...path, 'storage', storage?.maxSize === undefined ? 'initialSize' : 'maxSize'],
      message: `Storage of ${initialSize} GB grows to ${least} GB or more, a tenth above; "maxSize" is ${maxSize}.`,
      suggestion: `Set "maxSize" to ${least} or more.`,
    };
  }
  const port = portOf(engine);
  if (engineOf(engine.type).protocol === 'sqlserver' && isTaken(port)) {
    yield {
      code: 'port-taken',
      path: [...path, 'port'],
      message: `SQL Server needs port ${port} for something else.`,
      expected: 'any other from 1150 to 65535, such as 1433',
    };
  }
  if (engine.type === 'sqlserver-ex' && primaryInstance?.multiAz) {
    yield {
      code: 'unsupported-by-engine',
      path: [...path, 'primaryInstance', 'multiAz'],
      message: 'SQL Server Express has no standby in another zone.',
      suggestion: 'Leave "multiAz" out, or use sqlserver-se.',
    };
  }
  if (readReplicas.length === 0) return;
  if (withoutReplicas.includes(engine.type)) {
    yield {
      code: 'unsupported-by-engine',
      path: [...path, 'readReplicas'],
      at: 'key',
      message: `${engine.type} has no read replicas.`,
      suggestion: `Leave "readReplicas" out, or use ${engine.type.startsWith('oracle') ? 'oracle-ee' : 'sqlserver-ee'}.`,
    };
  } else if (engine.type === 'sqlserver-ee' && !primaryInstance?.multiAz) {
    yield {
      code: 'replicas-need-standby',
      path: [...path, 'readReplicas'],
      at: 'key',
      message: 'SQL Server copies only from an instance with a standby in another zone.',
      suggestion: 'Set multiAz: true in "primaryInstance".',
    };
  }
  if (automatedBackupRetentionDays === 0) {
    yield {
      code: 'replicas-need-backups',
      path: ['automatedBackupRetentionDays'],
      message: 'Read replicas are made from backups, and this database keeps none.',
      expected: 'an integer from 1 to 35',
    };
  }
}

type Capacity = { minCapacity: number; maxCapacity: number };

/**
 * Steps of Aurora Serverless v1, which PostgreSQL does not have all of.
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ScalingConfiguration.html
 */
const stepsOfV1: Readonly<Record<string, readonly number[]>> = {
  mysql: [1, 2, 4, 8, 16, 32, 64, 128, 256],
  postgresql: [2, 4, 8, 16, 32, 64, 192, 384],
};

function* checkCapacity({ engine }: Checked, defaults: Capacity): Iterable<LocalFinding> {
  const given = (engine.properties ?? {}) as Partial<Capacity>;
  const { kind, protocol } = engineOf(engine.type);
  const steps = stepsOfV1[protocol] ?? [];
  const path = ['engine', 'properties'];
  for (const key of ['minCapacity', 'maxCapacity'] as const) {
    const value = given[key];
    if (typeof value !== 'number') continue;
    const fits = kind === 'serverless-v1' ? steps.includes(value) : Number.isInteger(value * 2);
    if (fits) continue;
    yield {
      code: 'wrong-capacity',
      path: [...path, key],
      message: `"${key}" of ${engine.type} cannot be ${value}.`,
      expected: kind === 'serverless-v1' ? `one of ${steps.join(', ')}` : 'a number in steps of 0.5',
    };
  }
  const { minCapacity, maxCapacity } = { ...defaults, ...given };
  // One that a directive gives is known to CloudFormation alone.
  if (!(minCapacity > maxCapacity)) return;
  yield {
    code: 'conflicting-properties',
    path: [...path, given.maxCapacity === undefined ? 'minCapacity' : 'maxCapacity'],
    message: `At least ${minCapacity} capacity units cannot be at most ${maxCapacity}${given.maxCapacity === undefined ? ', which "maxCapacity" is by default' : ''}.`,
    suggestion: 'Raise "maxCapacity", or lower "minCapacity".',
  };
}

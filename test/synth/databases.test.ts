import { describe, expect, test } from 'vitest';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { functionWith, read, readRight } from '../config/read.ts';
import { configText, property, synthesize } from './synthesize.ts';

const withDatabase = (engine: string, { more = '', properties = '' } = {}) =>
  `${functionWith(properties)}  db:
    type: relational-database
    properties:
      credentials: { masterUserName: admin, masterUserPassword: "pass#word" }
      engine: { ${engine} }
${more}`;

test('05-environment: a serverless database and every kind of variable', () => {
  const text = configText('examples/05-environment')
    .replace(/directives:\n(?: .*\n)+/, '')
    .replace("$MyCustomDirective('input-for-my-directive')", 'given');
  const stack = synthesize(text);
  const secret = '{{resolve:secretsmanager:dbSecret:SecretString:password}}';
  expect(property(stack, 'MyLambdaFunction', 'Environment', 'Variables')).toMatchObject({
    STATIC_ENV_VAR: 'my-env-var',
    DB_HOST: { 'Fn::GetAtt': ['MyDatabaseDbCluster', 'Endpoint.Address'] },
    DB_PASSWORD: secret,
  });
  expect(property(stack, 'MyDatabaseDbCluster', 'MasterUserPassword')).toBe(secret);
  expect(Object.keys(stack.template.Resources).filter((id) => id.startsWith('MyDatabase'))).toEqual([
    'MyDatabaseSecurityGroup',
    'MyDatabaseDbSubnetGroup',
    'MyDatabaseDbClusterParameterGroup',
    'MyDatabaseErrorLogGroup',
    'MyDatabaseDbCluster',
  ]);
});

test('the name of the user may be a secret too', () => {
  const name = '{{resolve:secretsmanager:postgres-credentials:SecretString:userName}}';
  const password = '{{resolve:secretsmanager:postgres-credentials:SecretString:password}}';
  const text = withDatabase(
    'type: postgres, properties: { primaryInstance: { instanceSize: db.t4g.micro } }',
    {
      properties: '      connectTo: [db]\n',
    },
  ).replace(
    '{ masterUserName: admin, masterUserPassword: "pass#word" }',
    `{ masterUserName: "$Secret('postgres-credentials.userName')", masterUserPassword: "$Secret('postgres-credentials.password')" }`,
  );
  const stack = synthesize(text);
  expect(property(stack, 'DbDbInstance')).toMatchObject({
    MasterUsername: name,
    MasterUserPassword: password,
  });
  const variables = property(stack, 'GetPostsFunction', 'Environment', 'Variables') as Record<
    string,
    unknown
  >;
  expect(JSON.stringify(variables.STP_DB_CONNECTION_STRING)).toContain(`postgresql://${name}:${password}@`);
  expect(JSON.stringify(variables.STP_DB_JDBC_CONNECTION_STRING)).toContain(
    `?user=${name}&password=${password}`,
  );
});

test('Aurora Serverless v1 compiles with every default, and says that AWS has ended it', () => {
  const text = configText('examples/18-alarm-in-config');
  expect(property(synthesize(text), 'MyDatabaseDbCluster')).toMatchObject({
    Engine: 'aurora-mysql',
    EngineMode: 'serverless',
    EngineVersion: '5.7.mysql_aurora.2.11.4',
    DatabaseName: 'defdb',
    MasterUsername: 'db_master_user',
    StorageEncrypted: true,
    ScalingConfiguration: { MinCapacity: 2, MaxCapacity: 4, AutoPause: false },
  });
  const cluster = property(synthesize(text), 'MyDatabaseDbCluster') as object;
  expect(
    Object.entries(cluster).filter(([key, value]) => value !== undefined && /^(Port|EnableCloud)/.test(key)),
  ).toEqual([]);
  expect(read(text).problems).toMatchObject([
    {
      severity: 'warning',
      code: 'aurora-serverless-v1',
      message:
        'Relational database myDatabase: AWS ended Aurora Serverless v1 on 2025-03-31 and takes no new clusters of it.',
      suggestion: 'Use aurora-mysql-serverless-v2.',
    },
  ]);
});

describe('engines', () => {
  const instance = 'properties: { primaryInstance: { instanceSize: db.t4g.micro } }';
  test.each([
    ['mysql', 'mysql', '3306', '8.4.8', 'defdb'],
    ['mariadb', 'mariadb', '3306', '11.8.6', 'defdb'],
    ['postgres', 'postgres', '5432', '17.8', 'defdb'],
    ['oracle-ee', 'oracle-ee', '1521', '19', 'DEFDB'],
    ['oracle-se2', 'oracle-se2', '1521', '19', 'DEFDB'],
    ['sqlserver-ee', 'sqlserver-ee', '1433', '16.00.4245.2.v1', undefined],
    ['sqlserver-ex', 'sqlserver-ex', '1433', '16.00.4245.2.v1', undefined],
    ['sqlserver-se', 'sqlserver-se', '1433', '16.00.4245.2.v1', undefined],
    ['sqlserver-web', 'sqlserver-web', '1433', '16.00.4245.2.v1', undefined],
  ])('%s', (type, Engine, Port, EngineVersion, DBName) => {
    const stack = synthesize(withDatabase(`type: ${type}, ${instance}`));
    expect(property(stack, 'DbDbInstance')).toMatchObject({
      Engine,
      Port,
      EngineVersion,
      AllocatedStorage: '20',
      DBInstanceClass: 'db.t4g.micro',
      PubliclyAccessible: true,
    });
    expect(property(stack, 'DbDbInstance', 'DBName')).toBe(DBName);
  });

  test('Aurora has a cluster and instances, of which the others read', () => {
    const sizes = '{ instanceSize: db.t4g.medium }, { instanceSize: db.t4g.large }';
    const stack = synthesize(
      withDatabase(`type: aurora-postgresql, properties: { instances: [${sizes}] }`, {
        properties: '      connectTo: [db]\n',
      }),
    );
    expect(property(stack, 'DbDbInstance1', 'DBInstanceClass')).toBe('db.t4g.large');
    expect(property(stack, 'DbDbClusterParameterGroup', 'Family')).toBe('aurora-postgresql16');
    const variables = property(stack, 'GetPostsFunction', 'Environment', 'Variables') as object;
    expect(
      Object.keys(variables)
        .filter((name) => name.startsWith('STP_'))
        .sort(),
    ).toEqual([
      'STP_DB_CONNECTION_STRING',
      'STP_DB_HOST',
      'STP_DB_JDBC_CONNECTION_STRING',
      'STP_DB_PORT',
      'STP_DB_READER_CONNECTION_STRING',
      'STP_DB_READER_HOST',
      'STP_DB_READER_JDBC_CONNECTION_STRING',
    ]);
  });

  test('Aurora Serverless v2 scales one instance', () => {
    const stack = synthesize(withDatabase('type: aurora-mysql-serverless-v2'));
    expect(property(stack, 'DbDbCluster')).toMatchObject({
      EngineMode: 'provisioned',
      ServerlessV2ScalingConfiguration: { MinCapacity: 0, MaxCapacity: 10 },
    });
    expect(property(stack, 'DbDbInstance0', 'DBInstanceClass')).toBe('db.serverless');
    expect(stack.template.Resources.DbDbInstance1).toBeUndefined();
  });

  test('Aurora Serverless v2 with instances that only read', () => {
    const engine = 'type: aurora-postgresql-serverless-v2, properties: { serverlessReadersCount: 2 }';
    const stack = synthesize(withDatabase(engine));
    expect(
      ['DbDbInstance0', 'DbDbInstance1', 'DbDbInstance2', 'DbDbInstance3'].map(
        (id) => stack.template.Resources[id]?.Properties?.DBInstanceClass,
      ),
    ).toEqual(['db.serverless', 'db.serverless', 'db.serverless', undefined]);
  });

  test('addresses hold what the user is told, with the password as an address takes it', () => {
    const stack = synthesize(
      withDatabase(`type: mariadb, ${instance}`, { properties: '      connectTo: [db]\n' }),
    );
    const host = { 'Fn::GetAtt': ['DbDbInstance', 'Endpoint.Address'] };
    const port = { 'Fn::GetAtt': ['DbDbInstance', 'Endpoint.Port'] };
    expect(property(stack, 'GetPostsFunction', 'Environment', 'Variables')).toMatchObject({
      STP_DB_CONNECTION_STRING: {
        'Fn::Join': ['', ['mysql://admin:pass%23word@', host, ':', port, '/defdb']],
      },
      STP_DB_JDBC_CONNECTION_STRING: {
        'Fn::Join': ['', ['jdbc:mariadb://', host, ':', port, '/defdb?user=admin&password=pass%23word']],
      },
    });
    expect(property(stack, 'GetPostsRole', 'Policies')).toHaveLength(1);
  });
});

test('a password with a semicolon ends no address of SQL Server', () => {
  const text = withDatabase(
    'type: sqlserver-ex, properties: { primaryInstance: { instanceSize: db.t3.small } }',
    { properties: '      connectTo: [db]\n' },
  );
  const jdbc = (password: string) => {
    const stack = synthesize(text.replace('pass#word', password));
    const value = property(
      stack,
      'GetPostsFunction',
      'Environment',
      'Variables',
      'STP_DB_JDBC_CONNECTION_STRING',
    );
    return (value as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1].at(-1);
  };
  expect(jdbc('pass#word')).toBe(';user=admin;password=pass#word');
  expect(jdbc('pass;w}ord')).toBe(';user=admin;password={pass;w}}ord}');
});

describe('who may connect', () => {
  const postgres = 'type: postgres, properties: { primaryInstance: { instanceSize: db.t4g.micro } }';
  const access = (accessibility: string, properties = '') =>
    withDatabase(postgres, { more: `      accessibility: { ${accessibility} }\n`, properties });
  const sources = (text: string) =>
    (
      property(synthesize(text), 'DbSecurityGroup', 'SecurityGroupIngress') as
        | { CidrIp: string }[]
        | undefined
    )?.map(({ CidrIp }) => CidrIp);

  test('everybody, the VPC, a list of addresses', () => {
    expect(sources(withDatabase(postgres))).toEqual(['0.0.0.0/0']);
    expect(sources(access('accessibilityMode: vpc'))).toEqual(['172.16.0.0/16']);
    expect(
      sources(
        access('accessibilityMode: whitelisted-ips-only, whitelistedIps: [203.0.113.7, 198.51.100.0/24]'),
      ),
    ).toEqual(['203.0.113.7/32', '198.51.100.0/24']);
    expect(sources(access('accessibilityMode: vpc, whitelistedIps: [203.0.113.7]'))).toEqual([
      '172.16.0.0/16',
      '203.0.113.7/32',
    ]);
    expect(
      sources(access('accessibilityMode: scoping-workloads-in-vpc, whitelistedIps: [203.0.113.7]')),
    ).toEqual(['203.0.113.7/32']);
  });

  test('an address that CloudFormation knows', () => {
    const text = `${access("accessibilityMode: vpc, whitelistedIps: [\"$CfResourceParam('Office', 'PublicIp')\"]")}
cloudformationResources: { Office: { Type: 'AWS::EC2::EIP' } }
`;
    expect(property(synthesize(text), 'DbSecurityGroup', 'SecurityGroupIngress', 1, 'CidrIp')).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': ['Office', 'PublicIp'] }, '/32']],
    });
  });

  test.each([
    ['accessibilityMode: internet', true],
    ['accessibilityMode: internet, forceDisablePublicIp: true', false],
    ['accessibilityMode: vpc', false],
    ['accessibilityMode: vpc, whitelistedIps: [203.0.113.7]', true],
    ['accessibilityMode: scoping-workloads-in-vpc', false],
    ['accessibilityMode: whitelisted-ips-only, whitelistedIps: [203.0.113.7]', true],
  ])('%s: a public address %s', (accessibility, isThere) => {
    const stack = synthesize(access(accessibility));
    expect(property(stack, 'DbDbInstance', 'PubliclyAccessible')).toBe(isThere);
  });

  test('only the functions that are connected to it', () => {
    const text = access(
      'accessibilityMode: scoping-workloads-in-vpc',
      '      joinDefaultVpc: true\n      connectTo: [db]\n',
    );
    expect(sources(text)).toBeUndefined();
    expect(property(synthesize(text), 'GetPostsDbSecurityGroupIngress')).toMatchObject({
      GroupId: { 'Fn::GetAtt': ['DbSecurityGroup', 'GroupId'] },
      FromPort: 5432,
      ToPort: 5432,
      SourceSecurityGroupId: { 'Fn::GetAtt': ['GetPostsSecurityGroup', 'GroupId'] },
    });
  });

  test.each(['vpc', 'scoping-workloads-in-vpc'])('a function outside cannot connect to mode %s', (mode) => {
    const { problems } = read(access(`accessibilityMode: ${mode}`, '      connectTo: [db]\n'));
    expect(problems).toMatchObject([
      {
        severity: 'error',
        code: 'outside-vpc',
        message:
          'Function getPosts: a function cannot connect to db, which only the VPC reaches, unless it is in the VPC.',
        suggestion: 'Set joinDefaultVpc: true; the function loses its way to the internet then.',
      },
    ]);
  });

  test('a function outside has no address for a list', () => {
    const text = access(
      'accessibilityMode: whitelisted-ips-only, whitelistedIps: [203.0.113.7]',
      '      connectTo: [db]\n',
    );
    expect(read(text).problems.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'address-unknown'],
    ]);
  });

  test('a function in the VPC has none of a list either, unless the list says so', () => {
    const text = (ips: string) =>
      access(
        `accessibilityMode: whitelisted-ips-only, whitelistedIps: [${ips}]`,
        '      joinDefaultVpc: true\n      connectTo: [db]\n',
      );
    expect(read(text('203.0.113.7')).problems.map(({ severity, message }) => [severity, message])).toEqual([
      [
        'warning',
        'Function getPosts: db takes connections from addresses that it knows, and those of the VPC are not among them.',
      ],
    ]);
    expect(read(text('203.0.113.7, 172.16.0.0/16')).problems).toEqual([]);
  });

  test.each(['abc', '300.1.1.1', '1.2.3.4/33', '1.2.3', '::1'])('%s is no address', (ip) => {
    const { problems } = read(access(`accessibilityMode: vpc, whitelistedIps: ['${ip}']`));
    expect(problems.map(({ message, expected }) => [message, expected])).toEqual([
      [
        `Relational database db: entry 1 of "whitelistedIps" cannot be "${ip}".`,
        'an address such as 203.0.113.7, or a range such as 203.0.113.0/24',
      ],
    ]);
  });

  test('a list has no effect where everybody may connect', () => {
    const { problems } = read(access('accessibilityMode: internet, whitelistedIps: [203.0.113.7]'));
    expect(problems.map(({ severity, code }) => [severity, code])).toEqual([['warning', 'no-effect']]);
  });
});

describe('refused', () => {
  const serverless = 'type: aurora-mysql-serverless';
  const postgres = 'type: postgres, properties: { primaryInstance: { instanceSize: db.t4g.micro } }';
  test.each([
    ['type: mysql', '', 'missing-property', /"properties" is missing/],
    ['type: mysqll', '', 'unknown-type', /unknown engine "mysqll"/],
    [
      serverless,
      'accessibility: { accessibilityMode: internet }',
      'serverless-v1-in-vpc',
      /has no public address and cannot have accessibilityMode internet/,
    ],
    [
      postgres,
      'accessibility: { accessibilityMode: whitelisted-ips-only }',
      'missing-property',
      /needs "whitelistedIps"/,
    ],
    [
      'type: sqlserver-ex, properties: { dbName: shop, primaryInstance: { instanceSize: db.t3.small } }',
      '',
      'sqlserver-name',
      /takes no "dbName"/,
    ],
    [
      'type: aurora-mysql-serverless-v2',
      'automatedBackupRetentionDays: 0',
      'aurora-backups',
      /always keeps backups/,
    ],
    [
      'type: oracle-se2, properties: { dbName: LONGNAMES, primaryInstance: { instanceSize: db.t3.small } }',
      '',
      'out-of-bounds',
      /oracle-se2 takes a "dbName" of at most 8 characters, not 9/,
    ],
    [
      postgres.replace('properties: {', 'properties: { storage: { initialSize: 200 },'),
      '',
      'conflicting-properties',
      /Storage of 200 GB grows to 220 GB or more, a tenth above; "maxSize" is 200/i,
    ],
    [
      postgres.replace('properties: {', 'properties: { storage: { initialSize: 65537, maxSize: 65536 },'),
      '',
      'out-of-bounds',
      /"initialSize" has to be at most 65536/,
    ],
    [
      postgres.replace('properties: {', 'properties: { readReplicas: [{ instanceSize: db.t4g.micro }],'),
      'automatedBackupRetentionDays: 0',
      'replicas-need-backups',
      /made from backups/,
    ],
    [
      'type: sqlserver-web, properties: { primaryInstance: { instanceSize: db.t3.small }, readReplicas: [{ instanceSize: db.t3.small }] }',
      '',
      'unsupported-by-engine',
      /sqlserver-web has no read replicas/,
    ],
    [
      'type: sqlserver-ee, properties: { primaryInstance: { instanceSize: db.m5.xlarge }, readReplicas: [{ instanceSize: db.m5.xlarge }] }',
      '',
      'replicas-need-standby',
      /only from an instance with a standby/,
    ],
    [
      'type: sqlserver-ex, properties: { primaryInstance: { instanceSize: db.t3.small, multiAz: true } }',
      '',
      'unsupported-by-engine',
      /Express has no standby/,
    ],
    [
      'type: aurora-postgresql-serverless, properties: { minCapacity: 1 }',
      '',
      'wrong-capacity',
      /"minCapacity" of aurora-postgresql-serverless cannot be 1/,
    ],
    [
      'type: aurora-mysql-serverless, properties: { minCapacity: 8 }',
      '',
      'conflicting-properties',
      /at least 8 capacity units cannot be at most 4, which "maxCapacity" is by default/,
    ],
    [
      'type: aurora-mysql-serverless-v2, properties: { minCapacity: 2, maxCapacity: 1.5 }',
      '',
      'conflicting-properties',
      /at least 2 capacity units cannot be at most 1.5\./,
    ],
    [
      'type: aurora-mysql-serverless-v2, properties: { minCapacity: 0.3 }',
      '',
      'wrong-capacity',
      /cannot be 0.3/,
    ],
    [
      'type: sqlserver-ex, properties: { port: 3389, primaryInstance: { instanceSize: db.t3.small } }',
      '',
      'port-taken',
      /SQL Server needs port 3389/,
    ],
    [postgres, 'preferredMaintenanceWindow: tomorrow', 'wrong-format', /cannot be "tomorrow"/],
  ])('%s %s', (engine, more, code, message) => {
    const { problems } = read(withDatabase(engine, { more: more === '' ? '' : `      ${more}\n` }));
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map((problem) => problem.code)).toEqual([code]);
    expect(errors[0]?.message).toMatch(message);
  });
});

test.each([
  ['mysql', 'primaryInstance: { instanceSize: db.t4g.micro }', 41],
  ['oracle-ee', 'primaryInstance: { instanceSize: db.t3.small }', 30],
  ['aurora-mysql', 'instances: [{ instanceSize: db.t4g.medium }]', 41],
])('passwords of %s', (type, engine, longest) => {
  const codes = (length: number) =>
    read(
      withDatabase(`type: ${type}, properties: { ${engine} }`).replace('pass#word', 'p'.repeat(length)),
    ).problems.map(({ code, message }) => `${code} ${message}`);
  expect(codes(longest)).toEqual([]);
  expect(codes(longest + 1)).toEqual([
    `out-of-bounds Relational database db: ${type} takes passwords of at most ${longest} characters for its master user, not ${longest + 1}.`,
  ]);
});

test('identifiers of databases have no two hyphens in a row, whatever the service is called', () => {
  const config = readRight(
    withDatabase('type: postgres, properties: { primaryInstance: { instanceSize: db.t4g.micro } }'),
  );
  const stack = synthesizeStack({ ...config, serviceName: 'shop-' });
  expect(property(stack, 'DbDbInstance', 'DBInstanceIdentifier')).toBe('shop-dev-db');
});

test('minor versions are installed by AWS unless the config says otherwise; replicas go with their database', () => {
  const stack = synthesize(
    withDatabase(
      'type: postgres, properties: { disableAutoMinorVersionUpgrade: true, primaryInstance: { instanceSize: db.t4g.micro }, readReplicas: [{ instanceSize: db.t4g.micro }] }',
    ),
  );
  const replica = 'DbReadReplicaDbInstance0';
  expect(property(stack, 'DbDbInstance', 'AutoMinorVersionUpgrade')).toBe(false);
  expect(property(stack, replica, 'AutoMinorVersionUpgrade')).toBe(false);
  expect(stack.template.Resources[replica]?.DeletionPolicy).toBe('Delete');
});

describe('alarms', () => {
  test('18-alarm-in-config: the rule names the alarm that exists', () => {
    const stack = synthesize(configText('examples/18-alarm-in-config'));
    const id = 'DatabaseCpuUtilizationForMyDatabase0Alarm';
    expect(property(stack, id)).toMatchObject({
      AlarmName: 'project-dev-DatabaseCpuUtilizationForMyDatabase0',
      Threshold: 80,
      ComparisonOperator: 'GreaterThanThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'breaching',
      Metrics: [
        {
          MetricStat: {
            Metric: {
              MetricName: 'CPUUtilization',
              Dimensions: [{ Name: 'DBClusterIdentifier', Value: { Ref: 'MyDatabaseDbCluster' } }],
            },
            Period: 60,
            Stat: 'Average',
          },
          ReturnData: true,
        },
      ],
    });
    expect(property(stack, 'MyFunctionEvent0Rule', 'EventPattern')).toEqual({
      source: ['aws.cloudwatch'],
      'detail-type': ['CloudWatch Alarm State Change'],
      resources: [{ 'Fn::GetAtt': [id, 'Arn'] }],
      detail: { state: { value: ['ALARM'] } },
    });
  });

  const globalAlarm =
    'alarms:\n  - name: CpuUtilization\n    trigger: { type: database-cpu-utilization, properties: { thresholdPercent: 80 } }\n';
  const alarms = (text: string) => ({ alarms: { file: '/project/stacktape.alarms.yml', text } });

  test('19-alarm-global: a global alarm of the file beside the config', () => {
    const stack = synthesizeStack(readRight(configText('examples/19-alarm-global'), alarms(globalAlarm)));
    const id = 'DatabaseCpuUtilizationForMyDatabaseCpuUtilizationAlarm';
    expect(property(stack, 'MyFunctionEvent0Rule', 'EventPattern', 'resources')).toEqual([
      { 'Fn::GetAtt': [id, 'Arn'] },
    ]);
    expect(property(stack, id, 'Threshold')).toBe(80);
  });

  test('without the file there is no such alarm, and with one the known ones are named', () => {
    const problemOf = (options = {}) =>
      read(configText('examples/19-alarm-global'), options).problems.find(
        ({ severity }) => severity === 'error',
      );
    expect(problemOf()).toMatchObject({
      code: 'unknown-alarm',
      message: 'Function myFunction: there is no alarm "myDatabase.alarms.CpuUtilization".',
      suggestion: 'Global alarms stand in stacktape.alarms.yml beside the config.',
    });
    const renamed = alarms(globalAlarm.replace('CpuUtilization', 'CpuUsage'));
    expect(problemOf(renamed)).toMatchObject({ expected: 'one of myDatabase.alarms.CpuUsage' });
  });

  test('global alarms go to the services and stages that they name, and not where they are disabled', () => {
    const ids = (more: string, replace = (text: string) => text) =>
      Object.keys(
        synthesizeStack(
          readRight(replace(withDatabase('type: aurora-mysql-serverless-v2')), alarms(globalAlarm + more)),
        ).template.Resources,
      ).filter((id) => id.endsWith('Alarm'));
    expect(ids('')).toHaveLength(1);
    expect(ids('    forServices: [project]\n    forStages: [dev]\n')).toHaveLength(1);
    expect(ids('    forStages: [prod]\n')).toEqual([]);
    expect(ids('    forServices: [other]\n')).toEqual([]);
    expect(ids('', (text) => `${text}      disabledGlobalAlarms: [CpuUtilization]\n`)).toEqual([]);
  });

  test('what is wrong in the file of the global alarms is shown there', () => {
    const { problems, config } = read(functionWith(''), alarms(globalAlarm.replace('cpu', 'gpu')));
    expect(config).toBeUndefined();
    expect(problems).toMatchObject([
      {
        code: 'unknown-type',
        range: { file: '/project/stacktape.alarms.yml', line: 3 },
        suggestion: 'Did you mean "database-cpu-utilization"?',
      },
    ]);
  });

  test("a function's own alarms take its deployment back", () => {
    const stack = synthesize(
      functionWith(
        '      deployment: { strategy: AllAtOnce }\n      alarms:\n        - trigger: { type: lambda-error-rate, properties: { thresholdPercent: 5 } }\n',
      ),
    );
    expect(property(stack, 'GetPostsDeploymentGroup', 'AlarmConfiguration')).toEqual({
      Enabled: true,
      Alarms: [{ Name: { Ref: 'LambdaErrorRateForGetPosts0Alarm' } }],
    });
    const metrics = property(stack, 'LambdaErrorRateForGetPosts0Alarm', 'Metrics');
    expect(metrics).toMatchObject([
      {
        Id: 'error_count',
        MetricStat: {
          Metric: {
            MetricName: 'Errors',
            Dimensions: [
              { Name: 'FunctionName', Value: { Ref: 'GetPostsFunction' } },
              { Name: 'Resource', Value: 'project-dev-getPosts:stp-live' },
            ],
          },
          Stat: 'Sum',
        },
        ReturnData: false,
      },
      { Id: 'invocations' },
      { Expression: '(error_count / invocations) * 100', ReturnData: true },
    ]);
  });

  test('any instance of a cluster fires', () => {
    const sizes = '{ instanceSize: db.t4g.medium }, { instanceSize: db.t4g.large }';
    const stack = synthesize(
      withDatabase(`type: aurora-mysql, properties: { instances: [${sizes}] }`, {
        more: '      alarms: [{ trigger: { type: database-free-memory, properties: { thresholdMB: 1 } } }]\n',
      }),
    );
    expect(property(stack, 'DatabaseFreeMemoryForDb0Alarm')).toMatchObject({
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
    });
    expect(property(stack, 'DatabaseFreeMemoryForDb0Alarm', 'Metrics', 2, 'Expression')).toBe(
      'IF(instance0 < 1048576 OR instance1 < 1048576, 1, 0)',
    );
  });

  test.each([
    ['{ type: lambda-error-rate, properties: { thresholdPercent: 5 } }', 'unknown-type'],
    ['{ type: database-free-storage, properties: { thresholdMB: 5 } }', 'unfit-alarm'],
    ['{ type: database-cpu-utilization }', 'missing-property'],
    [
      '{ type: database-cpu-utilization, properties: { thresholdPercent: 5 } }, evaluation: { period: 90 }',
      'alarm-period',
    ],
    [
      '{ type: database-cpu-utilization, properties: { thresholdPercent: 5 } }, evaluation: { breachedPeriods: 2 }',
      'alarm-periods',
    ],
  ])('%s is refused', (trigger, code) => {
    const { problems } = read(
      withDatabase('type: aurora-mysql-serverless-v2', { more: `      alarms: [{ trigger: ${trigger} }]\n` }),
    );
    expect(problems.map((problem) => problem.code)).toEqual([code]);
  });
});

test.each([
  ['mysql', 16],
  ['postgres', 63],
  ['oracle-se2', 30],
  ['sqlserver-ex', 128],
])('%s takes names of at most %i characters for its master user', (engine, limit) => {
  const problems = (length: number) =>
    read(
      withDatabase(`type: ${engine}, properties: { primaryInstance: { instanceSize: db.t3.small } }`).replace(
        'masterUserName: admin',
        `masterUserName: ${'u'.repeat(length)}`,
      ),
    ).problems.map(({ message }) => message);
  expect(problems(limit)).toEqual([]);
  expect(problems(limit + 1)).toEqual([
    limit === 128
      ? expect.stringContaining('masterUserName')
      : `Relational database db: ${engine} takes names of at most ${limit} characters for its master user, not ${limit + 1}.`,
  ]);
});

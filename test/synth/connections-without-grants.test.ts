import { describe, expect, test } from 'vitest';
import { evaluate } from '../../source/iam/evaluate.ts';
import { read } from '../config/read.ts';
import { resolve, rolePolicies } from './resolve-template.ts';
import { property, synthesize } from './synthesize.ts';

const fn = (name: string, properties = '') => `  ${name}:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: src/f.ts } }
${properties}`;

const database = (
  mode: string,
  engine = '{ type: postgres, properties: { primaryInstance: { instanceSize: db.t4g.micro } } }',
) => `
    type: relational-database
    properties:
      credentials: { masterUserPassword: some-password }
      engine: ${engine}
      accessibility: { accessibilityMode: ${mode} }`;

const aurora =
  '{ type: aurora-postgresql, properties: { instances: [{ instanceSize: db.t4g.medium }, { instanceSize: db.t4g.medium }] } }';

/** Targets whose own password or network decides who gets in: IAM has no part in it. */
const targets: Record<string, { definition: string; variables: string[]; opens?: number }> = {
  openDatabase: {
    definition: database('internet'),
    variables: ['CONNECTION_STRING', 'HOST', 'JDBC_CONNECTION_STRING', 'PORT'],
  },
  vpcDatabase: {
    definition: database('vpc'),
    variables: ['CONNECTION_STRING', 'HOST', 'JDBC_CONNECTION_STRING', 'PORT'],
  },
  scopedDatabase: {
    definition: database('scoping-workloads-in-vpc'),
    variables: ['CONNECTION_STRING', 'HOST', 'JDBC_CONNECTION_STRING', 'PORT'],
    opens: 5432,
  },
  scopedAurora: {
    definition: database('scoping-workloads-in-vpc', aurora),
    variables: [
      'CONNECTION_STRING',
      'HOST',
      'JDBC_CONNECTION_STRING',
      'PORT',
      'READER_CONNECTION_STRING',
      'READER_HOST',
      'READER_JDBC_CONNECTION_STRING',
    ],
    opens: 5432,
  },
  cache: {
    definition: `
    type: redis-cluster
    properties: { instanceSize: cache.t4g.micro, defaultUserPassword: 0123456789abcdef }`,
    variables: ['HOST', 'PORT', 'READER_HOST'],
  },
  scopedCache: {
    definition: `
    type: redis-cluster
    properties:
      instanceSize: cache.t4g.micro
      defaultUserPassword: 0123456789abcdef
      port: 7000
      accessibility: { accessibilityMode: scoping-workloads-in-vpc }`,
    variables: ['HOST', 'PORT', 'READER_HOST'],
    opens: 7000,
  },
  prices: {
    definition: `
    type: private-service
    properties:
      packaging: { type: prebuilt-image, properties: { image: nginx } }
      resources: { cpu: 0.25, memory: 512 }
      loadBalancing: { type: application-load-balancer }`,
    variables: ['ADDRESS'],
  },
  mongo: {
    definition: `
    type: mongo-db-atlas-cluster
    properties: { clusterTier: M10 }`,
    variables: ['CONNECTION_STRING'],
  },
  kafka: {
    definition: `
    type: upstash-kafka-topic`,
    variables: ['PASSWORD', 'REST_URL', 'TCP_ENDPOINT', 'TOPIC_ID', 'TOPIC_NAME', 'USERNAME'],
  },
  redis: {
    definition: `
    type: upstash-redis`,
    variables: ['HOST', 'PASSWORD', 'PORT', 'READ_ONLY_REST_TOKEN', 'REDIS_URL', 'REST_TOKEN', 'REST_URL'],
  },
};

const providers = `providerConfig:
  upstash: { accountEmail: a@example.com, apiKey: key }
  mongoDbAtlas: { publicKey: a, privateKey: b, organizationId: c }
`;

const connected = (name: string) =>
  synthesize(
    `${providers}resources:\n  ${name}:${targets[name]?.definition}\n${fn('user', `      joinDefaultVpc: true\n      connectTo: [${name}]\n`)}`,
  );

const upperSnake = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();

describe.each(Object.entries(targets))('a function connected to %s', (name, { variables, opens }) => {
  const stack = connected(name);

  test('gets the variables of the specification and no permission', () => {
    const all = Object.keys(property(stack, 'UserFunction', 'Environment', 'Variables') as object);
    expect(all.filter((key) => key.startsWith('STP_')).sort()).toEqual(
      variables.map((variable) => `STP_${upperSnake(name)}_${variable}`),
    );
    const statements = rolePolicies(stack.template, 'UserRole').flatMap(({ Statement }) => Statement);
    expect(statements.flatMap(({ Action }) => Action)).toSatisfy((actions: string[]) =>
      actions.every((action) => action.startsWith('ec2:')),
    );
  });

  test(opens ? `is let in at port ${opens}, alone` : 'needs no rule of its own to be let in', () => {
    const rules = Object.values(stack.template.Resources).filter(
      ({ Type }) => Type === 'AWS::EC2::SecurityGroupIngress',
    );
    expect(rules.map(({ Properties }) => Properties)).toEqual(
      opens
        ? [
            expect.objectContaining({
              IpProtocol: 'tcp',
              FromPort: opens,
              ToPort: opens,
              SourceSecurityGroupId: { 'Fn::GetAtt': ['UserSecurityGroup', 'GroupId'] },
            }),
          ]
        : [],
    );
    for (const { Properties } of rules) {
      const group = Properties?.GroupId as { 'Fn::GetAtt': [string, string] };
      expect(property(stack, group['Fn::GetAtt'][0], 'SecurityGroupIngress')).toBeUndefined();
    }
  });
});

test.each(['vpcDatabase', 'scopedDatabase', 'scopedAurora', 'cache', 'scopedCache', 'prices'])(
  'a function outside of the VPC cannot connect to %s',
  (name) => {
    const text = `${providers}resources:\n  ${name}:${targets[name]?.definition}\n${fn('user', `      connectTo: [${name}]\n`)}`;
    const problems = read(text).problems.filter(({ message }) => message.startsWith('Function user'));
    expect(problems.map(({ severity }) => severity)).toEqual(['error']);
    expect(problems[0]?.message).toMatch(/VPC/);
    expect(problems[0]?.suggestion).toMatch(/joinDefaultVpc/);
  },
);

test.each(['openDatabase', 'mongo', 'kafka', 'redis'])(
  'a function outside of the VPC connects to %s',
  (name) => {
    const text = `${providers}resources:\n  ${name}:${targets[name]?.definition}\n${fn('user', `      connectTo: [${name}]\n`)}`;
    expect(read(text).problems.filter(({ message }) => message.startsWith('Function user'))).toEqual([]);
  },
);

describe('a function connected to a user pool', () => {
  const stack = synthesize(
    `resources:\n  users: { type: user-auth-pool }\n  others: { type: user-auth-pool }\n${fn('user', '      connectTo: [users]\n')}`,
  );
  const policies = rolePolicies(stack.template, 'UserRole');
  const arn = (id: string) => String(resolve(stack.template, { 'Fn::GetAtt': [id, 'Arn'] }));
  const decide = (action: string, resource: string) => evaluate(policies, { action, resource }).decision;

  /** @see https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncognitouserpools.html */
  test.each([
    'AdminCreateUser',
    'AdminGetUser',
    'AdminInitiateAuth',
    'AdminSetUserPassword',
    'DescribeUserPool',
    'ListUsers',
    'UpdateUserPoolClient',
  ])('may cognito-idp:%s on it, and not on another', (action) => {
    expect(decide(`cognito-idp:${action}`, arn('UsersUserPool'))).toBe('allow');
    expect(decide(`cognito-idp:${action}`, arn('OthersUserPool'))).toBe('implicit-deny');
  });

  test.each([
    ['cognito-idp:ListUserPools', '*'],
    ['cognito-idp:CreateUserPool', '*'],
    ['cognito-identity:GetId', '*'],
    ['iam:PassRole', 'arn:aws:iam::111122223333:role/any'],
  ])('may not %s', (action, resource) => {
    expect(decide(action, resource)).toBe('implicit-deny');
  });

  test('knows it by three variables', () => {
    const all = Object.keys(property(stack, 'UserFunction', 'Environment', 'Variables') as object);
    expect(all.filter((key) => key.startsWith('STP_'))).toEqual([
      'STP_USERS_ID',
      'STP_USERS_CLIENT_ID',
      'STP_USERS_ARN',
    ]);
  });
});

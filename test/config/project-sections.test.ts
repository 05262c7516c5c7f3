import { describe, expect, test } from 'vitest';
import { functionWith, read, readRight } from './read.ts';

const sections = (text: string) => readRight(`${functionWith('')}${text}`).sections;
const codes = (text: string) =>
  read(`${functionWith('')}${text}`).problems.map(({ code, message }) => `${code} ${message}`);

test('scripts and hooks of the old dialect', () => {
  expect(
    sections(`scripts:
  seed:
    executeCommand: node seed.js
    environment: [{ name: TABLE, value: "$ResourceParam('posts', 'name')" }]
  migrate: { executeScript: migrate.ts }
hooks:
  beforeDeploy: [{ executeCommand: npm test, skipOnCI: true }]
  afterDeploy: [{ executeNamedScript: seed }, { executeScript: check.ts }]
`),
  ).toMatchObject({
    scripts: {
      seed: {
        type: 'local-script',
        commands: ['node seed.js'],
        files: [],
        environment: [{ name: 'TABLE', value: { Ref: 'PostsTable' } }],
      },
      migrate: { commands: [], files: ['migrate.ts'] },
    },
    hooks: {
      beforeDeploy: [{ executeCommand: 'npm test', skipOnCI: true }],
      afterDeploy: [{ scriptName: 'seed' }, { executeScript: 'check.ts' }],
    },
  });
});

test('scripts and hooks of the new dialect', () => {
  expect(
    sections(`scripts:
  seed:
    type: local-script
    properties: { executeCommands: [a, b], cwd: tools, connectTo: [posts], assumeRoleOfResource: getPosts }
hooks: { afterDeploy: [{ scriptName: seed, skipOnLocal: true }] }
`),
  ).toMatchObject({
    scripts: { seed: { commands: ['a', 'b'], cwd: 'tools', connectTo: ['posts'] } },
    hooks: { afterDeploy: [{ scriptName: 'seed', skipOnLocal: true }] },
  });
});

describe('refused', () => {
  test.each([
    ['scripts: { a: { environment: [] } }', 'script-command Script a has nothing to run.'],
    [
      'scripts: { a: { executeCommand: b, executeScript: c } }',
      'script-command Script a has executeCommand and executeScript, and only one of them can be.',
    ],
    [
      'scripts: { a: { type: local-script, executeCommand: b, properties: { executeCommand: c } } }',
      'mixed-script Script a has "properties" and properties beside them.',
    ],
    [
      'hooks: { beforeDeploy: [{ skipOnCI: true }] }',
      'hook-command A hook of "beforeDeploy" has nothing to run.',
    ],
    [
      'hooks: { beforeDeploy: [{ scriptName: a, executeCommand: b }] }',
      'hook-command A hook of "beforeDeploy" has executeCommand and scriptName, and only one of them can be.',
    ],
    [
      'scripts: { seed: { executeCommand: a } }\nhooks: { afterDeploy: [{ scriptName: sed }] }',
      'unknown-script There is no script "sed".',
    ],
    ['hooks: { beforDeploy: [] }', 'unknown-property Unknown property "beforDeploy" in "hooks".'],
    [
      'deploymentConfig: { monitoringTimeAfterDeploymentInMinutes: 181 }',
      'out-of-bounds "monitoringTimeAfterDeploymentInMinutes" has to be at most 180, not 181.',
    ],
    ['budgetControl: {}', 'missing-property Property "limit" is missing in "budgetControl".'],
    [
      'providerConfig: { upstash: { apiKey: a } }',
      'missing-property Property "accountEmail" is missing in "upstash".',
    ],
  ])('%s', (text, problem) => {
    expect(codes(`${text}\n`)).toEqual([problem]);
  });
});

test.each([
  ['serviceName: 1a', 'letters, digits and hyphens, a letter first'],
  ['directives: [{ name: a-b, filePath: a.ts }]', 'letters, digits, _ and $, no digit first'],
  ['stackConfig: { outputs: [{ name: a-b, value: c }] }', 'letters and digits'],
  [
    "stackConfig: { tags: [{ name: 'stp:stage', value: c }] }",
    'letters, digits, spaces and _ . : / = + - @, beginning with neither "aws:" nor "stp:"',
  ],
  [
    "stackConfig: { tags: [{ name: team, value: 'news & sport' }] }",
    'letters, digits, spaces and _ . : / = + - @',
  ],
])('%s is told in words', (text, expected) => {
  expect(read(`${functionWith('')}${text}\n`).problems).toMatchObject([{ code: 'wrong-format', expected }]);
});

test('tags in the languages of the world', () => {
  const text = "stackConfig: { tags: [{ name: 'équipe/a', value: '編集部 1+2=3 @x_y.z-' }] }\n";
  expect(read(`${functionWith('      tags: [{ name: a b, value: "ü:/" }]\n')}${text}`).problems).toEqual([]);
});

test('alarms that take a deployment back are those of the config, or names that CloudWatch knows', () => {
  const text = (name: string) => `resources:
  mails:
    type: sqs-queue
    properties: { alarms: [{ trigger: { type: sqs-queue-not-empty } }] }
deploymentConfig: { triggerRollbackOnAlarms: [${name}] }
`;
  for (const name of ['mails.alarms.0', 'other', 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:x']) {
    expect(read(text(name)).problems).toEqual([]);
  }
  expect(read(text('mails.alarms.1')).problems).toMatchObject([
    {
      code: 'unknown-alarm',
      path: ['deploymentConfig', 'triggerRollbackOnAlarms', 0],
      message: 'There is no alarm "mails.alarms.1".',
      expected: 'one of mails.alarms.0',
    },
  ]);
});

test('what the commands act on', () => {
  expect(
    sections(`deploymentConfig: { terminationProtection: true, previousVersionsToKeep: 3 }
budgetControl: { limit: 20, notifications: [{ emails: [a@example.com], thresholdPercentage: 80 }] }
providerConfig: { upstash: { accountEmail: a@example.com, apiKey: $Secret('upstash') } }
stackConfig: { disableStackInfoSaving: true, stackInfoDirectory: info }
`),
  ).toEqual({
    deploymentConfig: { terminationProtection: true, previousVersionsToKeep: 3 },
    budgetControl: { limit: 20, notifications: [{ emails: ['a@example.com'], thresholdPercentage: 80 }] },
    providerConfig: {
      upstash: { accountEmail: 'a@example.com', apiKey: '{{resolve:secretsmanager:upstash:SecretString}}' },
    },
  });
});

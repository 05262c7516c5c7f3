import { describe, expect, test } from 'vitest';
import { functionWith, read } from './read.ts';

const problemsOf = (text: string) => read(text).problems.map(({ code, message }) => `${code} ${message}`);

describe('resource types that Stacktape has and this version does not', () => {
  test.each([
    'web-service',
    'container-workload',
    'multi-container-workload',
    'hosting-bucket',
    'nextjs-web',
    'edge-lambda-function',
    'state-machine',
    'kinesis-stream',
    'bastion',
    'deployment-script',
    'network-load-balancer',
  ])('%s', (type) => {
    expect(read(`${functionWith('')}  other:\n    type: ${type}\n`).problems).toMatchObject([
      {
        code: 'unsupported-type',
        message: `Resource other: the resource type "${type}" is not supported by this version yet.`,
        suggestion: 'Leave it out, or write what it consists of in "cloudformationResources".',
      },
    ]);
  });

  test('one is told of once, whatever refers to it and whatever it has', () => {
    expect(
      problemsOf(
        `${functionWith(`      connectTo: [web, site]
      environment: [{ name: WEB_URL, value: "$ResourceParam('web', 'url')" }]
`)}  web:
    type: web-service
    properties: { packaging: { type: nixpacks }, connectTo: [getPosts, nothing], cors: 1 }
  site:
    type: hosting-bucket
    properties: { uploadDirectoryPath: ./dist }
scripts:
  migrate: { executeCommand: a, connectTo: [web] }
stackConfig:
  outputs: [{ name: web, value: "$ResourceParam('web', 'url')" }]
`,
      ),
    ).toEqual([
      'unsupported-type Resource web: the resource type "web-service" is not supported by this version yet.',
      'unsupported-type Resource site: the resource type "hosting-bucket" is not supported by this version yet.',
    ]);
  });

  test('what names one in place of something required is told of alone', () => {
    expect(
      problemsOf(
        functionWith(
          '      events: [{ type: kinesis-stream, properties: { kinesisStreamName: clicks, batchSize: 5 } }]\n',
        ),
      ),
    ).toEqual([
      'unsupported-property Function getPosts: property "kinesisStreamName" is not supported by this version yet.',
    ]);
  });
});

test.each([
  [
    'events: [{ type: iot, properties: { sql: "select *" } }]',
    'the event type "iot" is not supported by this version yet.',
  ],
  [
    'packaging: { type: js-bundle, properties: { entryfilePath: a.ts } }',
    'the packaging "js-bundle" is not supported by this version yet.',
  ],
])('%s', (properties, message) => {
  const text = `resources:
  one:
    type: function
    properties:
      packaging: { type: stacktape-lambda-buildpack, properties: { entryfilePath: a.ts } }
      ${properties}
`;
  const used = properties.startsWith('packaging') ? text.replace(/ {6}packaging.*lambda.*\n/, '') : text;
  expect(problemsOf(used)).toEqual([`unsupported-type Function one: ${message}`]);
});

describe('a shape that is another one here is described by its names', () => {
  test.each([
    [functionWith('      environment: { TABLE: posts }\n'), 'a list of mappings with name, value'],
    [functionWith('      tags: { team: news }\n'), 'a list of mappings with name, value'],
    [functionWith('      deployment: AllAtOnce\n'), 'a mapping with strategy, beforeAllowTrafficFunction, '],
    [functionWith('      connectTo: posts\n'), 'a list'],
    [functionWith('      events: { type: sqs }\n'), 'a list'],
    [
      `${functionWith('')}hooks:\n  - { triggers: ["before:deploy"], scriptName: build }\n`,
      'a mapping with beforeDeploy, afterDeploy, ',
    ],
  ])('%#', (text, expected) => {
    expect(read(text).problems).toMatchObject([
      { code: 'wrong-type', expected: expect.stringMatching(new RegExp(`^${expected}`)) },
    ]);
  });
});

test.each([
  [functionWith('      accessControl: { allowAccessTo: [posts] }\n'), 'Here it is called "connectTo".'],
  [
    'resources:\n  one:\n    type: function\n    properties: { packageConfig: { filePath: a.ts } }\n',
    'Here it is called "packaging".',
  ],
  [`stackName: news\n${functionWith('')}`, 'Here it is called "serviceName".'],
  [`projectName: news\n${functionWith('')}`, 'Here it is called "serviceName".'],
])('a property that has another name elsewhere: %#', (text, suggestion) => {
  expect(read(text).problems).toMatchObject([{ code: 'unknown-property', suggestion }]);
});

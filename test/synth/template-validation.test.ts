import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Value } from '../../source/model/intrinsic.ts';
import type { Template, TemplateResource } from '../../source/model/template.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { read } from '../config/read.ts';
import { schemaPlaces, smallest, withCompanions } from '../config/schema-places.ts';
import { checkTemplate } from './check-template.ts';

/** The template of a text, where it is a config of which a stack can be made. */
function templateOf(text: string): Template | undefined {
  const { config } = read(text);
  if (!config) return undefined;
  const { template, findings } = synthesizeStack(config);
  return findings.some(({ severity }) => severity === 'error') ? undefined : template;
}

const configs = globSync('test/synth/configs/**/*.yml').sort();
const golden = globSync('test/synth/golden/*.json').sort();

test.each(golden)('%s', (file) => {
  expect(checkTemplate(JSON.parse(readFileSync(file, 'utf8')))).toEqual([]);
});

const templates = configs.flatMap((file) => {
  const template = templateOf(readFileSync(file, 'utf8'));
  return template ? [[file, template] as const] : [];
});

test.each(templates)('%s', (_file, template) => {
  expect(checkTemplate(template)).toEqual([]);
});

test('nearly all of them make a template', () => {
  expect(templates.length).toBeGreaterThan(20);
});

test('every property of every descriptor, alone, becomes what CloudFormation takes', () => {
  const findings: string[] = [];
  let checked = 0;
  for (const place of schemaPlaces().filter(({ path }) => path[0] === 'resources' && path.length > 2)) {
    const { enum: allowed, type, maximum } = place.node;
    const others = allowed ?? (type === 'boolean' ? [true] : maximum === undefined ? [] : [maximum]);
    for (const value of [smallest(place.node), ...others]) {
      const template = templateOf(JSON.stringify(withCompanions(place.configWith(value))));
      if (!template) continue;
      checked++;
      for (const finding of checkTemplate(template)) {
        findings.push(`${place.name} = ${JSON.stringify(value)}: ${finding}`);
      }
    }
  }
  expect(findings).toEqual([]);
  expect(checked).toBeGreaterThan(150);
});

test('every property takes what CloudFormation resolves, or says that it has to be known before', () => {
  const raw = { Raw: { Type: 'AWS::SQS::Queue' } };
  const findings: string[] = [];
  let checked = 0;
  for (const place of schemaPlaces().filter(({ path }) => path[0] === 'resources' && path.length > 2)) {
    if (place.node.properties || place.node.anyOf) continue;
    const config = withCompanions(place.configWith("$CfResourceParam('Raw', 'Arn')")) as object;
    const text = JSON.stringify({ ...config, cloudformationResources: raw });
    for (const { code, message } of read(text).problems) {
      if (/object Object|NaN|undefined/.test(message)) findings.push(`${place.name}: ${code} ${message}`);
    }
    const template = templateOf(text);
    if (!template) continue;
    checked++;
    for (const finding of checkTemplate(template)) findings.push(`${place.name}: ${finding}`);
    if (/object Object|NaN/.test(JSON.stringify(template)))
      findings.push(`${place.name}: a value became text`);
  }
  expect(findings).toEqual([]);
  expect(checked).toBeGreaterThan(100);
});

test('the check finds what CloudFormation refuses', () => {
  const queue = (properties: Record<string, Value>, more: Partial<Template> = {}): Template => ({
    AWSTemplateFormatVersion: '2010-09-09',
    Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: properties } },
    ...more,
  });
  const value = (Value: Value) => queue({}, { Outputs: { Out: { Value } } });
  const resource = (one: TemplateResource) => ({ ...queue({}), Resources: { One: one } });
  for (const [template, finding] of [
    [queue({ Delay: 1 }), 'Queue: Delay is no property'],
    [queue({ DelaySeconds: 'long' }), 'Queue.DelaySeconds: "long" is not a number'],
    [queue({ DelaySeconds: 1.5 }), 'Queue.DelaySeconds: 1.5 is not an integer'],
    [queue({ QueueName: 5 }), 'Queue.QueueName: 5 is not a text'],
    [queue({ QueueName: { a: 'b' } }), 'Queue.QueueName: {"a":"b"} is not a text'],
    [queue({ FifoQueue: 'yes' }), 'Queue.FifoQueue: "yes" is not true or false'],
    [queue({ Tags: { a: 'b' } }), 'Queue.Tags: {"a":"b"} is not a list'],
    [queue({ Tags: [{ Key: 'a' }] }), 'Queue.Tags[0]: Value is missing'],
    [queue({ Arn: 'a' }), 'Queue: Arn is read-only'],
    [queue({ QueueName: { Ref: 'Nothing' } }), 'Queue.QueueName: Nothing is no resource and no parameter'],
    [value({ 'Fn::GetAtt': ['Queue', 'Url'] }), 'Outputs.Out.Value: AWS::SQS::Queue has no attribute Url'],
    [
      value({ 'Fn::Sub': '${Queue.Arn}-${Other}' }),
      'Outputs.Out.Value: Other is no resource and no parameter',
    ],
    [value({ 'Fn::Sub': ['${a}${b}', { a: 'x' }] }), 'Outputs.Out.Value: b is no resource and no parameter'],
    [resource({ Type: 'AWS::SQS::Que' }), 'One: AWS::SQS::Que is no resource type'],
    [resource({ Type: 'AWS::SQS::Queue', DependsOn: ['Two'] }), 'One.DependsOn: Two is no resource'],
    [resource({ Type: 'AWS::SQS::Queue', Condition: 'IsDay' }), 'One: IsDay is no condition'],
    [resource({ Type: 'AWS::Lambda::Alias' }), 'One: FunctionName is missing'],
  ] as const) {
    expect(checkTemplate(template)).toContain(finding);
  }
});

import { describe, expect, it } from 'vitest';
import { checkTemplate } from '../../../source/local/services/cloudformation/template/check-template.ts';
import { evaluateConditions } from '../../../source/local/services/cloudformation/template/conditions.ts';
import {
  evaluate,
  notYetKnown,
  type Scope,
} from '../../../source/local/services/cloudformation/template/evaluate.ts';
import { parameterValues } from '../../../source/local/services/cloudformation/template/parameters.ts';
import { parseTemplate } from '../../../source/local/services/cloudformation/template/parse-template.ts';
import { parseTemplateText } from '../../../source/local/services/cloudformation/template/parse-text.ts';

const handle = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
const parse = (template: unknown) => parseTemplate(JSON.stringify(template));
const check = (template: unknown) => () => checkTemplate(parse(template));

describe('the text of a template', () => {
  it('has the short forms of intrinsic functions in YAML', () => {
    const text = [
      'Resources:',
      '  A:',
      '    Type: T',
      '    Properties:',
      '      Ref: !Ref B',
      '      Attribute: !GetAtt B.Outputs.Name',
      '      Sub: !Sub "${B}-x"',
      '      SubList: !Sub ["${v}", { v: !Ref B }]',
      '      Join: !Join ["-", [a, !Select [0, !Split [",", "x,y"]]]]',
      '      If: !If [IsProd, !Ref B, !Ref "AWS::NoValue"]',
      '      Base64: !Base64 text',
      '      Import: !ImportValue',
      '        Fn::Sub: "${B}-name"',
    ].join('\n');
    expect(parseTemplateText(text)).toEqual({
      Resources: {
        A: {
          Type: 'T',
          Properties: {
            Ref: { Ref: 'B' },
            Attribute: { 'Fn::GetAtt': ['B', 'Outputs.Name'] },
            Sub: { 'Fn::Sub': '${B}-x' },
            SubList: { 'Fn::Sub': ['${v}', { v: { Ref: 'B' } }] },
            Join: { 'Fn::Join': ['-', ['a', { 'Fn::Select': [0, { 'Fn::Split': [',', 'x,y'] }] }]] },
            If: { 'Fn::If': ['IsProd', { Ref: 'B' }, { Ref: 'AWS::NoValue' }] },
            Base64: { 'Fn::Base64': 'text' },
            Import: { 'Fn::ImportValue': { 'Fn::Sub': '${B}-name' } },
          },
        },
      },
    });
  });

  it.each([
    ['{"Resources": {,}}', /JSON not well-formed. \(line 1, column \d+\)/],
    ['Resources:\n  A: [', /YAML not well-formed. \(line \d+, column \d+\)/],
    ['just text', /unsupported structure/],
    ['{}', /At least one Resources member must be defined/],
    ['{"Resources": {"A": {}}}', /\[\/Resources\/A\] Every Resources object must contain a Type member/],
    ['{"Resources": {"a-b": {"Type": "T"}}}', /Resource name a-b is non alphanumeric/],
    ['{"Resource": {}}', /Invalid template property or properties \[Resource\]/],
  ])('%s is refused', (text, message) => {
    expect(() => parseTemplate(text)).toThrow(message);
  });

  it('has at most 500 resources', () => {
    const resources = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, index) => [`R${index}`, handle]));
    expect(() => parse({ Resources: resources(500) })).not.toThrow();
    expect(() => parse({ Resources: resources(501) })).toThrow(
      'Number of resources, 501, is greater than maximum allowed, 500',
    );
  });
});

describe('the parts of a template', () => {
  const permission = (properties: unknown) => ({ Type: 'AWS::Lambda::Permission', Properties: properties });
  it.each([
    [
      { Resources: { A: permission({ FunctionName: { Ref: 'Missing' } }) } },
      'Template format error: Unresolved resource dependencies [Missing] in the Resources block of the template',
    ],
    [
      { Resources: { A: handle }, Outputs: { O: { Value: { 'Fn::Sub': '${Nothing}' } } } },
      'Template format error: Unresolved resource dependencies [Nothing] in the Outputs block of the template',
    ],
    [
      { Resources: { A: permission({ FunctionName: { 'Fn::GetAtt': ['B', 'Arn'] } }) } },
      'Template error: instance of Fn::GetAtt references undefined resource B',
    ],
    [
      { Resources: { A: handle, B: permission({ SourceArn: { 'Fn::GetAtt': ['A', 'Arn'] } }) } },
      'Template error: resource A does not support attribute type Arn in Fn::GetAtt',
    ],
    [
      {
        Resources: {
          A: { ...handle, DependsOn: 'B' },
          B: { ...handle, DependsOn: ['A'] },
          C: { ...handle, DependsOn: 'A' },
        },
      },
      'Circular dependency between resources: [A, B]',
    ],
    [
      { Resources: { A: { Type: 'AWS::Nothing::AtAll' }, B: handle } },
      'Template format error: Unrecognized resource types: [AWS::Nothing::AtAll]',
    ],
    [
      { Resources: { A: { ...handle, Condition: 'Unknown' } } },
      'Template format error: Unresolved condition dependency Unknown in the Resources block of the template',
    ],
    [
      { Resources: { A: permission({ Principal: '{{resolve:ssm:/p}}' }) } },
      'Dynamic reference {{resolve:ssm:/p}} is not available in the embedded AWS yet.',
    ],
  ])('%j', (template, message) => {
    expect(check(template)).toThrow(message);
  });
});

describe('parameters', () => {
  const template = parse({
    Resources: { A: handle },
    Parameters: {
      Stage: { Type: 'String', AllowedValues: ['dev', 'prod'], Default: 'dev' },
      Count: { Type: 'Number', MinValue: 1, Default: 2 },
      Name: { Type: 'String', AllowedPattern: '[a-z]+', MinLength: 2 },
    },
  });
  const values = (given: Record<string, string>) =>
    parameterValues(
      template,
      Object.entries(given).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
      {},
    );
  it('come from the request or their default', () => {
    expect(values({ Name: 'ab' })).toEqual({ Stage: 'dev', Count: '2', Name: 'ab' });
  });
  it('keep their previous value where that is asked for', () => {
    const given = [{ ParameterKey: 'Name', UsePreviousValue: true }];
    expect(parameterValues(template, given, { Name: 'old' }).Name).toBe('old');
  });
  it.each([
    [{}, 'Parameters: [Name] must have values'],
    [{ Name: 'ab', Else: '1' }, 'Parameters: [Else] do not exist in the template'],
    [{ Name: 'ab', Stage: 'test' }, "Parameter 'Stage' must be one of AllowedValues"],
    [{ Name: 'ab', Count: '0' }, "Parameter 'Count' must be a number not less than 1"],
    [{ Name: 'a' }, "Parameter 'Name' must contain at least 2 characters"],
    [{ Name: 'AB' }, "Parameter 'Name' must match pattern [a-z]+"],
  ])('%j is refused', (given, message) => {
    expect(() => values(given as Record<string, string>)).toThrow(message);
  });
});

describe('intrinsic functions', () => {
  const scope: Scope = {
    values: new Map<string, string | string[]>([
      ['Stage', 'dev'],
      ['AWS::Region', 'us-east-1'],
      ['Zones', ['a', 'b']],
    ]),
    mappings: { Sizes: { dev: { memory: 128 } } },
    condition: (name) => name === 'Yes',
    ref: (id) => (id === 'New' ? notYetKnown : `${id}-id`),
    attribute: (id, name) => (id === 'New' ? notYetKnown : `${id}.${name}!`),
    importValue: (name) => `imported ${name}`,
  };
  it.each([
    [{ Ref: 'Stage' }, 'dev'],
    [{ Ref: 'Table' }, 'Table-id'],
    [{ 'Fn::GetAtt': 'Table.Arn' }, 'Table.Arn!'],
    [{ 'Fn::GetAtt': ['Table', 'Arn'] }, 'Table.Arn!'],
    [{ 'Fn::Sub': '${Stage}/${Table}/${Table.Arn}/${!Literal}' }, 'dev/Table-id/Table.Arn!/${Literal}'],
    [{ 'Fn::Sub': ['${x}-${Stage}', { x: { Ref: 'Table' } }] }, 'Table-id-dev'],
    [{ 'Fn::Join': [',', { Ref: 'Zones' }] }, 'a,b'],
    [{ 'Fn::Select': ['1', { 'Fn::Split': ['|', 'x|y|z'] }] }, 'y'],
    [{ 'Fn::If': ['Yes', 'a', 'b'] }, 'a'],
    [{ 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
    [{ 'Fn::Base64': 'hi' }, 'aGk='],
    [{ 'Fn::GetAZs': '' }, ['us-east-1a', 'us-east-1b', 'us-east-1c']],
    [{ 'Fn::ImportValue': 'x' }, 'imported x'],
    [{ 'Fn::Length': { Ref: 'Zones' } }, 2],
    [
      { a: 1, b: { 'Fn::If': ['No', 'x', { Ref: 'AWS::NoValue' }] }, c: [{ Ref: 'AWS::NoValue' }, 2] },
      { a: 1, c: [2] },
    ],
    [{ 'Fn::Join': ['', ['arn:', { 'Fn::GetAtt': ['New', 'Arn'] }]] }, notYetKnown],
    [{ 'Fn::Sub': 'x-${New}' }, notYetKnown],
  ])('%j', (value, expected) => {
    expect(evaluate(value, scope)).toEqual(expected);
  });
  it.each([
    [
      { 'Fn::FindInMap': ['Sizes', 'prod', 'memory'] },
      'Template error: Unable to get mapping for Sizes::prod::memory',
    ],
    [{ 'Fn::Select': [5, ['a']] }, 'Template error: Fn::Select cannot select nonexistent value at index 5'],
    [{ 'Fn::Nothing': 1 }, 'Unrecognized function Fn::Nothing'],
  ])('%j is refused', (value, message) => {
    expect(() => evaluate(value, scope)).toThrow(message);
  });
});

it('conditions are made of parameters and of each other', () => {
  const template = parse({
    Resources: { A: handle },
    Conditions: {
      IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
      IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] },
      Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
      Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
    },
  });
  expect(Object.fromEntries(evaluateConditions(template, new Map([['Stage', 'dev']])))).toEqual({
    IsProd: false,
    IsDev: true,
    Either: true,
    Both: false,
  });
});

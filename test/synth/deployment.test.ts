import { describe, expect, test } from 'vitest';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { functionWith, read, readRight } from '../config/read.ts';
import { configText, property, synthesize } from './synthesize.ts';

const versionIds = (text: string, digests: Record<string, string> = {}): string[] =>
  Object.entries(synthesizeStack(readRight(text), { digests }).template.Resources)
    .filter(([, { Type }]) => Type === 'AWS::Lambda::Version')
    .map(([id]) => id);

const gradual = (more = '') => functionWith(`      deployment: { strategy: AllAtOnce }\n${more}`);

test.each(['24-deployment', '25-deployment-hook'])('%s has no findings', (name) => {
  const stack = synthesize(configText(`examples/${name}`));
  expect(stack.findings).toEqual([]);
});

test('24: traffic goes through an alias that CodeDeploy shifts', () => {
  const stack = synthesize(configText('examples/24-deployment'));
  const ids = Object.keys(stack.template.Resources);
  expect(ids.filter((id) => !id.startsWith('MyLambdaVersion'))).toEqual([
    'MyLambdaRole',
    'MyLambdaLogGroup',
    'MyLambdaFunction',
    'MyLambdaStpAlias',
    'StpLambdaCodeDeployApplication',
    'StpCodeDeployRole',
    'MyLambdaDeploymentGroup',
  ]);
  expect(property(stack, 'MyLambdaDeploymentGroup')).toMatchObject({
    DeploymentConfigName: 'CodeDeployDefault.LambdaLinear10PercentEvery1Minute',
    DeploymentGroupName: 'project-dev-myLambda',
    DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
  });
  const [versionId = ''] = ids.filter((id) => id.startsWith('MyLambdaVersion'));
  expect(stack.template.Resources[versionId]).toMatchObject({
    Type: 'AWS::Lambda::Version',
    DeletionPolicy: 'Retain',
  });
  expect(property(stack, 'MyLambdaStpAlias')).toMatchObject({
    Name: 'stp-live',
    FunctionVersion: { 'Fn::GetAtt': [versionId, 'Version'] },
  });
  expect(stack.template.Resources.MyLambdaStpAlias?.UpdatePolicy).toEqual({
    CodeDeployLambdaAliasUpdate: {
      ApplicationName: { Ref: 'StpLambdaCodeDeployApplication' },
      DeploymentGroupName: { Ref: 'MyLambdaDeploymentGroup' },
    },
  });
});

test('25: the hook may answer, and CodeDeploy may ask it', () => {
  const stack = synthesize(configText('examples/25-deployment-hook'));
  expect(stack.template.Resources.MyLambdaStpAlias?.UpdatePolicy).toMatchObject({
    CodeDeployLambdaAliasUpdate: { BeforeAllowTrafficHook: { Ref: 'ValidateDeploymentFunction' } },
  });
  expect(property(stack, 'ValidateDeploymentRole', 'Policies', 0)).toEqual({
    PolicyName: 'allow-hook-response',
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: ['codedeploy:PutLifecycleEventHookExecutionStatus'], Resource: '*' },
      ],
    },
  });
  expect(property(stack, 'StpCodeDeployRole', 'Policies', 0, 'PolicyDocument', 'Statement', 0)).toEqual({
    Effect: 'Allow',
    Action: ['lambda:InvokeFunction'],
    Resource: [{ 'Fn::GetAtt': ['ValidateDeploymentFunction', 'Arn'] }],
  });
});

describe('a new version', () => {
  const [before] = versionIds(gradual(), { getPosts: 'a' });

  test('is made for new code and for everything that Lambda freezes', () => {
    expect(versionIds(gradual(), { getPosts: 'b' })).not.toEqual([before]);
    for (const change of [
      'memory: 512',
      'timeout: 9',
      'environment: [{ name: ONE, value: 1 }]',
      'connectTo: [posts]',
    ]) {
      expect(versionIds(gradual(`      ${change}\n`), { getPosts: 'a' })).not.toEqual([before]);
    }
    const overridden = `${gradual()}    overrides: { GetPostsFunction: { MemorySize: 300 } }\n`;
    expect(versionIds(overridden, { getPosts: 'a' })).not.toEqual([before]);
  });

  test('is made when a table that the variables name is replaced', () => {
    const connected = gradual('      connectTo: [posts]\n');
    expect(versionIds(connected.replace('name: id', 'name: key'))).not.toEqual(versionIds(connected));
  });

  test('is not made for what belongs to the function as a whole, since Lambda would refuse it', () => {
    expect(versionIds(gradual(), { getPosts: 'a' })).toEqual([before]);
    expect(versionIds(gradual('      tags: [{ name: a, value: b }]\n'), { getPosts: 'a' })).toEqual([before]);
    expect(versionIds(gradual('      logging: { retentionDays: 1 }\n'), { getPosts: 'a' })).toEqual([before]);
    const overridden = `${gradual()}    overrides: { GetPostsFunction: { RecursiveLoop: Allow } }\n`;
    expect(versionIds(overridden, { getPosts: 'a' })).toEqual([before]);
  });
});

test('what invokes the function invokes its alias', () => {
  const stack = synthesize(
    gradual(
      '      connectTo: [getPosts]\n      events: [{ type: http-api-gateway, properties: { httpApiGatewayName: api, method: GET, path: / } }]\n',
    ),
  );
  const alias = { Ref: 'GetPostsStpAlias' };
  expect(property(stack, 'GetPostsApiIntegration', 'IntegrationUri')).toEqual(alias);
  expect(property(stack, 'GetPostsApiPermission', 'FunctionName')).toEqual(alias);
  expect(property(stack, 'GetPostsFunction', 'Environment', 'Variables', 'STP_GET_POSTS_ARN')).toEqual({
    'Fn::Sub':
      'arn:${AWS::Partition}:lambda:${AWS::Region}:${AWS::AccountId}:function:project-dev-getPosts:stp-live',
  });
});

describe('refused', () => {
  test.each([
    [
      'strategy: Canary',
      'wrong-value',
      /one of Canary10Percent5Minutes, .*Linear10PercentEvery10Minutes, AllAtOnce/,
    ],
    ['strategy: AllAtOnce, beforeAllowTrafficFunction: posts', 'wrong-resource-type', /function: getPosts/],
    ['strategy: AllAtOnce, afterTrafficShiftFunction: getPosts', 'own-hook', undefined],
    ['beforeAllowTrafficFunction: nobody', 'missing-property', undefined],
  ])('%s', (properties, code, expected) => {
    const [problem] = read(functionWith(`      deployment: { ${properties} }\n`)).problems;
    expect(problem?.code).toBe(code);
    if (expected) expect(problem?.expected).toMatch(expected);
  });
});

test('CodeDeploy watches ten alarms of a function at most', () => {
  const alarm = (percent: number) =>
    `{ trigger: { type: lambda-error-rate, properties: { thresholdPercent: ${percent} } } }`;
  const alarms = Array.from({ length: 11 }, (_, index) => alarm(index)).join(', ');
  const stack = synthesize(gradual(`      alarms: [${alarms}]\n`));
  expect(property(stack, 'GetPostsDeploymentGroup', 'AlarmConfiguration', 'Alarms', 'length')).toBe(10);
  expect(stack.findings).toMatchObject([
    {
      severity: 'warning',
      code: 'rollback-alarms',
      message:
        'Function getPosts has 11 alarms; CodeDeploy watches the first 10 of them while it shifts traffic.',
    },
  ]);
});

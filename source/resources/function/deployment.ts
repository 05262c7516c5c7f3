import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import type { LocalFinding } from '../../model/descriptor.ts';
import { getAtt, ref, sub, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { inlinePolicy, trustPolicy } from '../policies/documents.ts';
import { closedObject, oneOf, staticText } from '../schema.ts';
import { aliasId, aliasName, hasAlias } from './alias.ts';

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html */
const strategies = [
  'Canary10Percent5Minutes',
  'Canary10Percent10Minutes',
  'Canary10Percent15Minutes',
  'Canary10Percent30Minutes',
  'Linear10PercentEvery1Minute',
  'Linear10PercentEvery2Minutes',
  'Linear10PercentEvery3Minutes',
  'Linear10PercentEvery10Minutes',
  'AllAtOnce',
] as const;

const hook = (title: string, description: string) =>
  Type.Optional(staticText({ title, description, 'stp:resource': ['function'] }));

/** Spec 8. */
export const deploymentSchema = closedObject(
  {
    strategy: oneOf(strategies, {
      title: 'Strategy',
      description: 'How much traffic goes to the new version, and when.',
    }),
    beforeAllowTrafficFunction: hook(
      'Hook before',
      'Function that decides whether the new version may get traffic at all.',
    ),
    afterTrafficShiftFunction: hook(
      'Hook after',
      'Function that decides whether the new version stays, once it has all the traffic.',
    ),
  },
  {
    title: 'Deployment',
    description: 'Shifts the traffic to a new version gradually; alarms of the function roll it back.',
  },
);

type Deployment = Type.Static<typeof deploymentSchema>;
type Deployed = { deployment?: Deployment; provisionedConcurrency?: number };

const hooksOf = (deployment: Deployment): string[] => [
  ...new Set(
    [deployment.beforeAllowTrafficFunction, deployment.afterTrafficShiftFunction].filter(
      (name) => name !== undefined,
    ),
  ),
];

export function* checkDeployment(name: string, deployment: Deployment): Iterable<LocalFinding> {
  for (const property of ['beforeAllowTrafficFunction', 'afterTrafficShiftFunction'] as const) {
    if (deployment[property] !== name) continue;
    yield {
      code: 'own-hook',
      path: ['deployment', property],
      message: `Function ${name} cannot be the hook of its own deployment.`,
      suggestion: 'Name another function, which tries the new version and reports to CodeDeploy.',
    };
  }
}

/**
 * The alias that the function is invoked through and, with a strategy, what shifts its traffic. Synthesis adds the
 * version, which depends on all the rest of the function.
 */
export function addAlias(
  { name, properties }: ConfigResource<Deployed>,
  stack: StackBuilder,
  rollbackAlarms: readonly string[],
): void {
  if (!hasAlias(properties)) return;
  const { deployment } = properties;
  const { names } = stack;
  stack.add(name, aliasId(names, name), {
    Type: 'AWS::Lambda::Alias',
    ...(deployment
      ? { UpdatePolicy: { CodeDeployLambdaAliasUpdate: trafficShift(name, deployment, stack) } }
      : {}),
    Properties: {
      Name: aliasName,
      FunctionName: ref(names.logicalId(name, 'AWS::Lambda::Function')),
      // Filled when everything that a version freezes is known.
      FunctionVersion: undefined,
      ProvisionedConcurrencyConfig:
        properties.provisionedConcurrency === undefined
          ? undefined
          : { ProvisionedConcurrentExecutions: properties.provisionedConcurrency },
    },
  });
  if (deployment) addDeploymentGroup(name, deployment, stack, rollbackAlarms);
}

const applicationId = 'StpLambdaCodeDeployApplication';
const roleId = 'StpCodeDeployRole';

function trafficShift(name: string, deployment: Deployment, { names }: StackBuilder): Record<string, Value> {
  const lambda = (hookName: string) => ref(names.logicalId(hookName, 'AWS::Lambda::Function'));
  const { beforeAllowTrafficFunction: before, afterTrafficShiftFunction: after } = deployment;
  return {
    ApplicationName: ref(applicationId),
    DeploymentGroupName: ref(names.logicalId(name, 'AWS::CodeDeploy::DeploymentGroup')),
    ...(before === undefined ? {} : { BeforeAllowTrafficHook: lambda(before) }),
    ...(after === undefined ? {} : { AfterAllowTrafficHook: lambda(after) }),
  };
}

/** @see https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html */
const maximumAlarms = 10;

function addDeploymentGroup(
  name: string,
  deployment: Deployment,
  stack: StackBuilder,
  rollbackAlarms: readonly string[],
): void {
  const { names } = stack;
  stack.addShared(applicationId, () => ({
    Type: 'AWS::CodeDeploy::Application',
    Properties: {
      ApplicationName: names.physicalName('lambda-code-deploy', 100),
      ComputePlatform: 'Lambda',
    },
  }));
  stack.addShared(roleId, () => codeDeployRole(stack));
  const events = ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'];
  stack.add(name, names.logicalId(name, 'AWS::CodeDeploy::DeploymentGroup'), {
    Type: 'AWS::CodeDeploy::DeploymentGroup',
    Properties: {
      ApplicationName: ref(applicationId),
      DeploymentGroupName: names.physicalName(name, 100),
      DeploymentConfigName: `CodeDeployDefault.Lambda${deployment.strategy}`,
      DeploymentStyle: { DeploymentType: 'BLUE_GREEN', DeploymentOption: 'WITH_TRAFFIC_CONTROL' },
      AutoRollbackConfiguration: { Enabled: true, Events: events },
      AlarmConfiguration:
        rollbackAlarms.length > 0
          ? {
              Enabled: true,
              Alarms: rollbackAlarms.slice(0, maximumAlarms).map((alarm) => ({ Name: ref(alarm) })),
            }
          : undefined,
      ServiceRoleArn: getAtt(roleId, 'Arn'),
    },
  });
  if (rollbackAlarms.length > maximumAlarms) {
    stack.report({
      severity: 'warning',
      code: 'rollback-alarms',
      path: ['resources', name, 'properties', 'deployment'],
      at: 'key',
      message: `Function ${name} has ${rollbackAlarms.length} alarms; CodeDeploy watches the first ${maximumAlarms} of them while it shifts traffic.`,
    });
  }
  for (const hookName of hooksOf(deployment)) {
    const granted = stack.config.resources.find(
      (resource) => resource.type === 'function' && usesHook(resource, hookName),
    );
    // A hook of several functions gets its grant once.
    if (granted?.name !== name) continue;
    stack.allow(hookName, 'allow-hook-response', [
      { Effect: 'Allow', Action: ['codedeploy:PutLifecycleEventHookExecutionStatus'], Resource: '*' },
    ]);
  }
}

const usesHook = ({ properties }: ConfigResource, hookName: string): boolean => {
  const { deployment } = properties as Deployed;
  return deployment !== undefined && hooksOf(deployment).includes(hookName);
};

/** The managed policy lets CodeDeploy invoke functions named `CodeDeployHook_…` only; ours have their own names. */
function codeDeployRole({ config, names }: StackBuilder) {
  const hooks = new Set(
    config.resources.flatMap(({ type, properties }) => {
      const { deployment } = properties as Deployed;
      return type === 'function' && deployment ? hooksOf(deployment) : [];
    }),
  );
  const arns = [...hooks].map((name) => getAtt(names.logicalId(name, 'AWS::Lambda::Function'), 'Arn'));
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: trustPolicy('codedeploy.amazonaws.com'),
      ManagedPolicyArns: [
        sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AWSCodeDeployRoleForLambda'),
      ],
      Policies:
        arns.length === 0
          ? undefined
          : inlinePolicy('invoke-hooks', [
              { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: arns },
            ]),
    },
  };
}

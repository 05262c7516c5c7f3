import * as Type from 'typebox';
import { getAtt, sub, type Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { type Environment, environmentSchema } from '../function/environment.ts';
import { iamRoleStatementsSchema, roleName, roleStatements } from '../function/role.ts';
import { keptVariable } from '../kept-variable.ts';
import { canKnow } from '../known-addresses.ts';
import { disabledSchema, retentionSchema } from '../log-groups/retention.ts';
import { inlinePolicy, trustPolicy } from '../policies/documents.ts';
import { closedObject, staticSwitch } from '../schema.ts';
import { reachInVpc } from '../vpc/reach.ts';
import { networkOf, securityGroupId } from '../vpc/vpc.ts';

export const containerEnvironment = Type.Optional(environmentSchema);

/** What every workload of containers may have besides its image. */
export const workloadProperties = {
  connectTo: Type.Optional(
    Type.Array(Type.String({ 'stp:static': true, 'stp:connectable': true }), {
      title: 'Connected resources',
      description: 'Resources that the container may use; their names and addresses become variables.',
      uniqueItems: true,
    }),
  ),
  iamRoleStatements: Type.Optional(iamRoleStatementsSchema),
  usePrivateSubnetsWithNAT: Type.Optional(
    staticSwitch({
      title: 'Private subnets',
      description: 'Runs without a public address, and reaches the internet through NAT gateways.',
      default: false,
    }),
  ),
  logging: Type.Optional(
    closedObject(
      { disabled: disabledSchema, retentionDays: retentionSchema(90) },
      {
        title: 'Logging',
        description: 'What becomes of what the container prints.',
        'stp:later': ['logForwarding'],
      },
    ),
  ),
};

type Workload = {
  name: string;
  environment: Environment;
  /** Where the variables stand in the resource's properties. */
  environmentPath: readonly string[];
  properties: {
    connectTo?: string[];
    iamRoleStatements?: Type.Static<typeof iamRoleStatementsSchema>;
  };
};

/** Gives the role of the container what it may do, opens ports of what it connects to, and returns its variables. */
export function connectWorkload(
  { name, environment, environmentPath, properties }: Workload,
  trusted: string,
  stack: StackBuilder,
): { roleArn: Value; variables: Value[] } {
  const { names } = stack;
  const variables = new Map<string, Value>();
  for (const { name: key, value } of environment) {
    variables.set(key, typeof value === 'object' ? (value as Value) : String(value));
  }
  const own = new Set(variables.keys());
  const granted: PolicyStatement[] = [];
  let RoleName: Value | undefined;
  for (const target of properties.connectTo ?? []) {
    const connection = stack.connection(target);
    const { statements, variables: injected, knowsRoles } = connection;
    if (knowsRoles) RoleName = roleName(names, name);
    granted.push(...statements);
    reachInVpc(name, target, connection, `From ${name}`, stack);
    for (const [key, value] of Object.entries(injected)) {
      if (!canKnow(key, name, target, stack)) continue;
      const variable = names.variable(target, key);
      if (!own.has(variable)) variables.set(variable, value);
      else {
        stack.report(keptVariable(name, variable, ['resources', name, 'properties', ...environmentPath]));
      }
    }
  }
  const roleArn = addRole(name, '', trusted, stack, {
    RoleName,
    Policies: [
      ...inlinePolicy('custom-iam-role-statements', roleStatements(properties.iamRoleStatements ?? [])),
      ...inlinePolicy('custom-allow-access-to-policy-statements', granted),
    ],
  });
  return { roleArn, variables: [...variables].map(([Name, Value]) => ({ Name, Value })) };
}

/** A role that one service of AWS takes on. Returns its ARN. */
export function addRole(
  name: string,
  specifier: string,
  trusted: string,
  stack: StackBuilder,
  {
    Policies = [],
    managed = [],
    RoleName,
  }: { Policies?: Value[]; managed?: string[]; RoleName?: Value | undefined },
): Value {
  const id = stack.names.logicalId(name, 'AWS::IAM::Role', { specifier });
  stack.add(name, id, {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName,
      AssumeRolePolicyDocument: trustPolicy(trusted),
      ManagedPolicyArns:
        managed.length === 0
          ? undefined
          : managed.map((one) => sub(`arn:\${AWS::Partition}:iam::aws:policy/service-role/${one}`)),
      Policies: Policies.length === 0 ? undefined : Policies,
    },
  });
  return getAtt(id, 'Arn');
}

export const logGroupId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::Logs::LogGroup');

/** The log group, where there is to be one. */
export function addContainerLogs(
  name: string,
  service: string,
  logging: { disabled?: boolean; retentionDays?: number } | undefined,
  stack: StackBuilder,
): Value | undefined {
  if (logging?.disabled) return undefined;
  const id = logGroupId(stack.names, name);
  stack.add(name, id, {
    Type: 'AWS::Logs::LogGroup',
    Properties: {
      LogGroupName: `/aws/${service}/${stack.names.physicalName(name, 400)}`,
      RetentionInDays: logging?.retentionDays ?? 90,
    },
  });
  return {
    LogDriver: 'awslogs',
    Options: {
      'awslogs-group': { Ref: id },
      'awslogs-region': { Ref: 'AWS::Region' },
      'awslogs-stream-prefix': name,
    },
  };
}

/** The security group of what runs the containers. */
export function addContainerSecurityGroup(
  name: string,
  stack: StackBuilder,
  ingress: readonly Value[] = [],
): Value {
  const id = securityGroupId(stack.names, name);
  stack.add(name, id, {
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupName: stack.names.physicalName(`${name}-sg`, 255),
      GroupDescription: `Containers of ${name} of stack ${stack.names.stackName}`,
      VpcId: networkOf(stack).vpcId,
      SecurityGroupIngress: ingress.length === 0 ? undefined : ingress,
    },
  });
  return getAtt(id, 'GroupId');
}

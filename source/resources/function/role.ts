import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { sub, type Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { trustPolicy } from '../policies/documents.ts';
import { statementProperties } from '../policies/statements.ts';
import { closedObject, oneOrMany } from '../schema.ts';
import type { FunctionProperties } from './function.ts';
import { logGroupName } from './names.ts';

/** Keys as IAM has them, so that a statement can be pasted from its documentation. */
export const iamRoleStatementsSchema = Type.Array(
  closedObject({
    Sid: statementProperties.Sid,
    Effect: statementProperties.Effect,
    Action: Type.Optional(
      oneOrMany(Type.String({ minLength: 1 }), {
        description: 'Actions such as s3:GetObject; * stands for any text.',
        default: ['*'],
      }),
    ),
    Resource: oneOrMany(Type.String({ minLength: 1 }), {
      description: 'ARN or list of ARNs that the statement is about.',
    }),
    Condition: statementProperties.Condition,
  }),
  { title: 'IAM statements', description: "Statements that are added to the function's role." },
);

export function roleStatements(
  statements: Type.Static<typeof iamRoleStatementsSchema>,
): readonly PolicyStatement[] {
  return statements.map(({ Sid, Effect = 'Allow', Action = ['*'], Resource, Condition }) => ({
    ...(Sid === undefined ? {} : { Sid }),
    Effect,
    Action: Array.isArray(Action) ? Action : [Action],
    Resource,
    ...(Condition === undefined ? {} : { Condition: Condition as Record<string, Record<string, Value>> }),
  }));
}

/** Lambda makes the log group by itself when it may; ours is made with its retention, so it may not. */
const loggingStatement = (logGroupName: string): PolicyStatement => ({
  Effect: 'Allow',
  Action: ['logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams'],
  // Written out, not Fn::GetAtt: the role and the log group are then made at the same time.
  Resource: ['', ':*'].map((streams) =>
    sub(`arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${logGroupName}${streams}`),
  ),
});

/** IAM allows 64 characters, of which the longest name of a Region (`us-isof-south-1`) and a hyphen take 16. */
export const roleNameText = (names: Names, functionName: string): string =>
  `${names.physicalName(functionName, 64 - 16)}-\${AWS::Region}`;

export const roleName = (names: Names, functionName: string): Value => sub(roleNameText(names, functionName));

/** The role of a function; what grants it something fills in the policies. */
export function addRole({ name, properties }: ConfigResource<FunctionProperties>, stack: StackBuilder): void {
  stack.add(name, stack.names.logicalId(name, 'AWS::IAM::Role'), {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: roleName(stack.names, name),
      AssumeRolePolicyDocument: trustPolicy('lambda.amazonaws.com'),
      // Filled when everything that grants has been synthesized.
      Policies: undefined,
    },
  });
  if (!properties.logging?.disabled) {
    stack.allow(name, 'allow-cloudwatch-logging-policy', [loggingStatement(logGroupName(stack.names, name))]);
  }
}

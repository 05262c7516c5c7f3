import { randomUUID } from 'node:crypto';
import type {
  AddPermissionCommandInput,
  AddPermissionCommandOutput,
  GetPolicyCommandInput,
  GetPolicyCommandOutput,
  RemovePermissionCommandInput,
  RemovePermissionCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../backend.ts';
import { conflict, resourceNotFound, revisionMismatch } from '../errors.ts';
import { functionArn, parseFunctionName } from '../function-name.ts';
import type { LambdaContext } from '../lambda-context.ts';

type Statement = {
  Sid: string;
  Effect: 'Allow';
  Principal: '*' | { Service: string } | { AWS: string };
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
};

type Policy = { revisionId: string; statements: Statement[] };

/** The resource-based policy of a function: who outside of its account's roles may call it. */
export function permissionOperations({ backend, functions }: LambdaContext) {
  const read = (name: string, qualifier: string | undefined): Policy | undefined =>
    functions.setting<Policy>(name, 'policy', qualifier ?? '$LATEST');

  const write = (name: string, qualifier: string | undefined, statements: Statement[]): void =>
    functions.setSetting(name, 'policy', { revisionId: randomUUID(), statements }, qualifier ?? '$LATEST');

  const addPermission: Operation<AddPermissionCommandInput, AddPermissionCommandOutput> = (input) => {
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    functions.get({ name, qualifier });
    const policy = read(name, qualifier);
    if (input.RevisionId !== undefined && input.RevisionId !== policy?.revisionId) throw revisionMismatch();
    const statements = policy?.statements ?? [];
    if (statements.some((statement) => statement.Sid === input.StatementId)) {
      throw conflict(
        `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
      );
    }
    const statement = statementOf(input, functionArn(backend, name, qualifier));
    write(name, qualifier, [...statements, statement]);
    return { Statement: JSON.stringify(statement) };
  };

  const removePermission: Operation<RemovePermissionCommandInput, RemovePermissionCommandOutput> = (
    input,
  ) => {
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    functions.get({ name, qualifier });
    const policy = read(name, qualifier);
    const left = policy?.statements.filter((statement) => statement.Sid !== input.StatementId) ?? [];
    if (policy === undefined || left.length === policy.statements.length)
      throw resourceNotFound(`Statement ${input.StatementId} is not found in resource policy.`);
    if (input.RevisionId !== undefined && input.RevisionId !== policy.revisionId) throw revisionMismatch();
    if (left.length > 0) write(name, qualifier, left);
    else functions.removeSetting(name, 'policy', qualifier ?? '$LATEST');
    return {};
  };

  const getPolicy: Operation<GetPolicyCommandInput, GetPolicyCommandOutput> = (input) => {
    const { name, qualifier } = parseFunctionName(input.FunctionName, input.Qualifier);
    functions.get({ name, qualifier });
    const policy = read(name, qualifier);
    if (policy === undefined) throw resourceNotFound('The resource you requested does not exist.');
    const document = { Version: '2012-10-17', Id: 'default', Statement: policy.statements };
    return { Policy: JSON.stringify(document), RevisionId: policy.revisionId };
  };

  return { AddPermission: addPermission, RemovePermission: removePermission, GetPolicy: getPolicy };
}

function statementOf(input: AddPermissionCommandInput, resource: string): Statement {
  const condition: Record<string, Record<string, string>> = {};
  const require = (operator: string, key: string, value: string | undefined): void => {
    if (value !== undefined) condition[operator] = { ...condition[operator], [key]: value };
  };
  require('StringEquals', 'AWS:SourceAccount', input.SourceAccount);
  require('StringEquals', 'lambda:EventSourceToken', input.EventSourceToken);
  require('StringEquals', 'lambda:FunctionUrlAuthType', input.FunctionUrlAuthType);
  require('StringEquals', 'aws:PrincipalOrgID', input.PrincipalOrgID);
  require('ArnLike', 'AWS:SourceArn', input.SourceArn);
  if (input.InvokedViaFunctionUrl !== undefined)
    require('Bool', 'lambda:InvokedViaFunctionUrl', String(input.InvokedViaFunctionUrl));
  return {
    Sid: input.StatementId ?? '',
    Effect: 'Allow',
    Principal: principalOf(input.Principal ?? ''),
    Action: input.Action ?? '',
    Resource: resource,
    ...(Object.keys(condition).length > 0 ? { Condition: condition } : {}),
  };
}

function principalOf(principal: string): Statement['Principal'] {
  if (principal === '*') return '*';
  if (/^\d{12}$/.test(principal)) return { AWS: `arn:aws:iam::${principal}:root` };
  if (principal.startsWith('arn:')) return { AWS: principal };
  return { Service: principal };
}

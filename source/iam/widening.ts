import { logicalIdOf, type Value } from '../model/intrinsic.ts';
import type { Template, TemplateResource } from '../model/template.ts';
import { describeValue, listOf, sameValue } from './describe-value.ts';
import { newGrants, type Statement } from './new-grants.ts';

/** What one resource of the new template permits that the old one did not. */
export type Widening = { logicalId: string; sentences: string[] };

/**
 * Says in words which permissions widen and what becomes public between two templates. Without `before`,
 * everything that the new template permits. What every function has from the start is left out: writing its own
 * log, and being invoked by an API of its own stack when it is new.
 */
export function describeWidening(before: Template | undefined, after: Template): Widening[] {
  const widenings: Widening[] = [];
  for (const [logicalId, resource] of Object.entries(after.Resources)) {
    const old = before?.Resources[logicalId];
    const same = old?.Type === resource.Type ? old : undefined;
    const sentences = [...new Set(describe(logicalId, resource, same, before))];
    if (sentences.length > 0) widenings.push({ logicalId, sentences });
  }
  return widenings;
}

function describe(
  logicalId: string,
  resource: TemplateResource,
  old: TemplateResource | undefined,
  before: Template | undefined,
): string[] {
  const who = ownerOf(logicalId, resource);
  switch (resource.Type) {
    case 'AWS::IAM::Role':
      return describeRole(who, resource, old);
    case 'AWS::IAM::Policy':
    case 'AWS::IAM::ManagedPolicy':
    case 'AWS::IAM::UserPolicy':
    case 'AWS::IAM::RolePolicy':
      return newGrants(documentOf(resource), documentOf(old)).map((grant) => `${who} may ${grant}`);
    case 'AWS::Lambda::Permission':
      return describePermission(resource, old, before);
    case 'AWS::Lambda::Url':
      return resource.Properties?.AuthType === 'NONE' && old?.Properties?.AuthType !== 'NONE'
        ? [`anyone can reach the URL of ${who}`]
        : [];
    case 'AWS::ApiGatewayV2::Api':
      return old ? [] : [`anyone can reach the HTTP API ${who}`];
    case 'AWS::ApiGatewayV2::Route':
      return isGuarded(old) && !isGuarded(resource)
        ? [`anyone can reach ${describeValue(resource.Properties?.RouteKey)}, which asked for authorization`]
        : [];
    case 'AWS::S3::Bucket':
      return blocksPublic(old) && !blocksPublic(resource) ? [`${who} no longer blocks public access`] : [];
    default:
      return resource.Type.endsWith('Policy') ? describeResourcePolicy(who, resource, old) : [];
  }
}

function describeRole(who: string, role: TemplateResource, old: TemplateResource | undefined): string[] {
  const sentences: string[] = [];
  for (const grant of newGrants(inlineStatements(role), inlineStatements(old))) {
    sentences.push(`${who} may ${grant}`);
  }
  const managed = listOf(old?.Properties?.ManagedPolicyArns);
  for (const arn of listOf(role.Properties?.ManagedPolicyArns)) {
    if (!managed.some((one) => sameValue(one, arn))) {
      sentences.push(`${who} gets everything in the policy ${describeValue(arn)}`);
    }
  }
  if (old) {
    const trusted = principalsOf(statementsOf(old.Properties?.AssumeRolePolicyDocument));
    for (const principal of principalsOf(statementsOf(role.Properties?.AssumeRolePolicyDocument))) {
      if (!trusted.includes(principal)) sentences.push(`${principal} may take on the role of ${who}`);
    }
  }
  return sentences;
}

function describePermission(
  permission: TemplateResource,
  old: TemplateResource | undefined,
  before: Template | undefined,
): string[] {
  const { Principal, FunctionName, SourceArn, SourceAccount } = permission.Properties ?? {};
  const same = (['Principal', 'SourceArn', 'SourceAccount', 'FunctionUrlAuthType'] as const).every((key) =>
    sameValue(old?.Properties?.[key], permission.Properties?.[key]),
  );
  if (old && same) return [];
  const target = logicalIdOf(FunctionName);
  const isNew = target !== undefined && before !== undefined && !before.Resources[target];
  const fromOwnStack = typeof SourceArn === 'object' && SourceArn !== null && Principal !== '*';
  if (isNew && fromOwnStack) return [];
  const from = SourceArn ?? SourceAccount;
  const origin = from === undefined ? '' : ` from ${describeValue(from)}`;
  const who = Principal === '*' ? 'anyone' : describeValue(Principal);
  return [`${who} may invoke ${target ?? describeValue(FunctionName)}${origin}`];
}

/** Policies of buckets, queues and topics: who may now, and whether that is everybody. */
function describeResourcePolicy(
  who: string,
  policy: TemplateResource,
  old: TemplateResource | undefined,
): string[] {
  const earlier = principalsOf(documentOf(old));
  return principalsOf(documentOf(policy))
    .filter((principal) => !earlier.includes(principal))
    .map((principal) => `${principal === '*' ? 'anyone' : principal} gets access by the policy ${who}`);
}

const ownerOf = (logicalId: string, resource: TemplateResource): string =>
  resource.Metadata?.['stp:resource'] ?? logicalId;

const isGuarded = (route: TemplateResource | undefined): boolean => {
  const type = route?.Properties?.AuthorizationType;
  return type !== undefined && type !== 'NONE';
};

function blocksPublic(bucket: TemplateResource | undefined): boolean {
  const block = bucket?.Properties?.PublicAccessBlockConfiguration;
  return typeof block === 'object' && block !== null && Object.values(block).every((value) => value === true);
}

/** Statements of a role's inline policies, but for the one that every function has for its own log. */
function inlineStatements(role: TemplateResource | undefined): Statement[] {
  const policies = listOf(role?.Properties?.Policies) as { PolicyName?: string; PolicyDocument?: Value }[];
  return policies
    .filter(({ PolicyName }) => PolicyName !== 'allow-cloudwatch-logging-policy')
    .flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument));
}

const documentOf = (resource: TemplateResource | undefined): Statement[] =>
  statementsOf(resource?.Properties?.PolicyDocument);

function statementsOf(document: Value | undefined): Statement[] {
  if (typeof document !== 'object' || document === null || !('Statement' in document)) return [];
  return listOf(document.Statement) as Statement[];
}

/** Names of the principals that are allowed something: `lambda.amazonaws.com`, an ARN, `*`. */
function principalsOf(statements: readonly Statement[]): string[] {
  return statements
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Principal }) =>
      typeof Principal === 'object' && Principal !== null && !Array.isArray(Principal)
        ? Object.values(Principal).flatMap((value) => listOf(value as Value))
        : listOf(Principal),
    )
    .map(describeValue);
}

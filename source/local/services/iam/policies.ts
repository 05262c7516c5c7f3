import { ServiceError } from '../../backend.ts';

/** IAM's limit on a trust policy, in characters without white space. */
const maximumTrustPolicy = 2_048;
/** IAM's limit on all inline policies of a role together. */
export const maximumInlinePolicies = 10_240;

/**
 * A policy document as IAM keeps it. The wire holds it percent-encoded (RFC 3986) in answers.
 * @throws ServiceError MalformedPolicyDocument where it is not the JSON of a policy.
 */
export function checkPolicyDocument(text: string, kind: 'trust' | 'inline'): string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw malformed(kind === 'trust' ? 'This policy contains invalid Json' : 'Syntax errors in policy.');
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw malformed('Syntax errors in policy.');
  const { Version, Statement } = document as { Version?: unknown; Statement?: unknown };
  if (Version !== undefined && Version !== '2012-10-17' && Version !== '2008-10-17') {
    throw malformed(`The policy failed legacy parsing: Version ${JSON.stringify(Version)} is unknown`);
  }
  const statements = Array.isArray(Statement) ? Statement : Statement === undefined ? [] : [Statement];
  if (statements.length === 0) throw malformed('Syntax errors in policy.');
  for (const statement of statements) checkStatement(statement as Record<string, unknown>, kind);
  if (kind === 'trust' && text.replace(/\s+/g, '').length > maximumTrustPolicy) {
    throw new ServiceError('LimitExceeded', 'Cannot exceed quota for ACLSizePerRole: 2048', 409);
  }
  return text;
}

function checkStatement(statement: Record<string, unknown>, kind: 'trust' | 'inline'): void {
  if (typeof statement !== 'object' || statement === null) throw malformed('Syntax errors in policy.');
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') {
    throw malformed(`Syntax error: the effect of a statement must be Allow or Deny`);
  }
  if (statement.Action === undefined && statement.NotAction === undefined) {
    throw malformed('Policy statement must contain actions.');
  }
  if (kind === 'trust') {
    if (statement.Principal === undefined && statement.NotPrincipal === undefined) {
      throw malformed('Missing required field Principal');
    }
    if (statement.Resource !== undefined) throw malformed('Has prohibited field Resource');
    return;
  }
  if (statement.Resource === undefined && statement.NotResource === undefined) {
    throw malformed('Policy statement must contain resources.');
  }
  if (statement.Principal !== undefined) throw malformed('Policy document should not specify a principal.');
  const actions = [statement.Action ?? statement.NotAction].flat();
  for (const action of actions) {
    if (action !== '*' && !(typeof action === 'string' && action.includes(':'))) {
      throw malformed(`Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.`);
    }
  }
}

const malformed = (message: string): ServiceError => new ServiceError('MalformedPolicyDocument', message);

/** As IAM encodes documents in its answers. */
export const encodeDocument = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

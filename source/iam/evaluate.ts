import { conditionsHold } from './conditions.ts';
import { literally, matchesArn, matchesPattern } from './match-pattern.ts';
import type { Statement } from './new-grants.ts';
import { fillVariables } from './policy-variables.ts';
import type { RequestContext } from './request-context.ts';

/** A policy as it stands, with every intrinsic function resolved. */
export type PolicyDocument = { Version?: string; Statement: Statement | readonly Statement[] };

export type AccessRequest = {
  /** `s3:GetObject`. */
  action: string;
  /** ARN, or `*` for actions that are about no resource. */
  resource: string;
  /** For policies of resources: an ARN, the name of a service, or an account. Policies of roles name nobody. */
  principal?: { type: 'AWS' | 'Service' | 'Federated'; name: string };
  context?: RequestContext;
};

export type Decision = 'allow' | 'explicit-deny' | 'implicit-deny';

/**
 * What policies that apply together say of a request: a denial that fits wins over every permission, and what nothing
 * permits is denied. `statement` is the one that decided. What cannot be understood (an intrinsic function, an unknown
 * operator) permits nothing and, in a denial, denies.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(
  policies: readonly PolicyDocument[],
  request: AccessRequest,
): { decision: Decision; statement?: Statement } {
  let allowedBy: Statement | undefined;
  for (const { Version, Statement } of policies) {
    for (const statement of [Statement].flat() as readonly Statement[]) {
      if (!applies(statement, request, Version === '2012-10-17')) continue;
      if (statement.Effect === 'Deny') return { decision: 'explicit-deny', statement };
      allowedBy ??= statement;
    }
  }
  return allowedBy ? { decision: 'allow', statement: allowedBy } : { decision: 'implicit-deny' };
}

/** @param hasVariables policies of the first version have none: `${aws:username}` is that text */
function applies(statement: Statement, request: AccessRequest, hasVariables: boolean): boolean {
  const { context = {} } = request;
  const ifUnclear = statement.Effect === 'Deny';
  if (!fitsPrincipal(statement, request)) return false;
  const action = fits(statement.Action, statement.NotAction, (pattern) =>
    matchesPattern(pattern, request.action, true),
  );
  if (!(action ?? ifUnclear)) return false;
  const resource = fits(statement.Resource, statement.NotResource, (pattern) => {
    const filled = hasVariables ? fillVariables(pattern, context, literally) : pattern;
    return filled !== undefined && matchesArn(filled, request.resource);
  });
  // Trust policies have no resource: they are about the role that has them.
  const none = statement.Resource === undefined && statement.NotResource === undefined;
  if (!none && !(resource ?? ifUnclear)) return false;
  return conditionsHold(statement.Condition, context, hasVariables) ?? ifUnclear;
}

/** Whether one of the patterns fits or, where it is the others that are meant, none; `undefined` where that is unclear. */
function fits(
  patterns: unknown,
  others: unknown,
  matches: (pattern: string) => boolean,
): boolean | undefined {
  const list = [others ?? patterns ?? []].flat();
  if (list.some((pattern) => typeof pattern === 'string' && matches(pattern))) return others === undefined;
  if (list.some((pattern) => typeof pattern !== 'string')) return undefined;
  return others !== undefined;
}

function fitsPrincipal(statement: Statement, { principal }: AccessRequest): boolean {
  const wanted: unknown = statement.Principal;
  if (wanted === undefined) return true;
  if (wanted === '*') return true;
  if (principal === undefined || typeof wanted !== 'object' || wanted === null) return false;
  const names = [(wanted as Record<string, unknown>)[principal.type] ?? []].flat();
  return names.some(
    (name) =>
      name === '*' ||
      name === principal.name ||
      (principal.type === 'AWS' && typeof name === 'string' && isAccountOf(name, principal.name)),
  );
}

/** `123456789012` and `arn:aws:iam::123456789012:root` are the whole account. */
function isAccountOf(name: string, arn: string): boolean {
  const account = /^(?:arn:[^:]+:iam::)?(\d{12})(?::root)?$/.exec(name)?.[1];
  return account !== undefined && arn.split(':')[4] === account;
}

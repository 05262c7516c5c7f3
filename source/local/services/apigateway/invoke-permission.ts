/** What of a function's resource policy counts here. */
type Statement = {
  Effect?: string;
  Principal?: '*' | { Service?: string | string[] };
  Action?: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
};

/**
 * Whether a function's resource policy lets API Gateway call it for one route.
 * @param sourceArn `arn:aws:execute-api:{region}:{account}:{api}/{stage}/{method}{path}`
 */
export function allowsApiGateway(policy: string, sourceArn: string, accountId: string): boolean {
  const { Statement: statements = [] } = JSON.parse(policy) as { Statement?: Statement[] };
  const keys: Record<string, string> = { 'aws:sourcearn': sourceArn, 'aws:sourceaccount': accountId };
  return statements.some(
    (statement) =>
      statement.Effect === 'Allow' &&
      isFor(statement.Principal) &&
      list(statement.Action).some((action) => glob(action.toLowerCase()).test('lambda:invokefunction')) &&
      Object.entries(statement.Condition ?? {}).every(([operator, tests]) =>
        Object.entries(tests).every(([key, values]) =>
          holds(operator, keys[key.toLowerCase()], list(values)),
        ),
      ),
  );
}

const isFor = (principal: Statement['Principal']): boolean =>
  principal === '*' ||
  list(principal?.Service).some((service) => service === 'apigateway.amazonaws.com' || service === '*');

/** A condition that is not known here is not fulfilled. */
function holds(operator: string, actual: string | undefined, wanted: string[]): boolean {
  if (actual === undefined) return false;
  switch (operator) {
    case 'ArnLike':
    case 'ArnEquals':
      return wanted.some((pattern) => arnLike(pattern, actual));
    case 'StringEquals':
      return wanted.includes(actual);
    case 'StringLike':
      return wanted.some((pattern) => glob(pattern).test(actual));
    default:
      return false;
  }
}

/** Each of the six parts of an ARN is compared by itself; `*` does not reach over a colon. */
function arnLike(pattern: string, arn: string): boolean {
  const wanted = partsOf(pattern);
  return partsOf(arn).every((part, index) => glob(wanted[index] ?? '').test(part));
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return [...parts.slice(0, 5), parts.slice(5).join(':')];
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    's',
  );

const list = (value: string | string[] | undefined): string[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

export type Token = {
  kind: 'identifier' | 'name' | 'value' | 'index' | 'symbol' | 'end';
  text: string;
  start: number;
  end: number;
};

const pattern =
  /(?<identifier>[A-Za-z][A-Za-z0-9_]*)|(?<name>#[A-Za-z0-9_]+)|(?<value>:[A-Za-z0-9_]+)|(?<index>\d+)|(?<symbol><=|>=|<>|\S)/g;

/** The tokens of an expression, `end` last. What no expression may hold comes as a symbol that no rule takes. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  for (const match of expression.matchAll(pattern)) {
    const { identifier, name, value, index } = match.groups ?? {};
    const kind = identifier ? 'identifier' : name ? 'name' : value ? 'value' : index ? 'index' : 'symbol';
    const [text] = match;
    tokens.push({ kind, text, start: match.index, end: match.index + text.length });
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: expression.length, end: expression.length });
  return tokens;
}

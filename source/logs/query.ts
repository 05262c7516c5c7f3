import { type Level, levelOf, levels } from './log-entry.ts';

/** A filter as it was typed, checked and taken apart. All terms have to hold. */
export type CompiledQuery = {
  text: string;
  terms: readonly QueryTerm[];
  /** Nothing to look for: every line matches. */
  isEmpty: boolean;
};

export type QueryTerm = { negated: boolean } & (
  | { kind: 'text'; pattern: RegExp; source: string }
  /** Of the user's own making: it may backtrack for ever, so it is only run with a limit of time. */
  | { kind: 'regexp'; pattern: RegExp; source: string }
  | { kind: 'level'; accepted: ReadonlySet<Level> }
  | { kind: 'function'; name: string }
  | { kind: 'request'; id: string }
);

/** What is wrong with a filter, and where in its text: half-open, in UTF-16 units. */
export type QueryError = { message: string; start: number; end: number };

type Token = { start: number; end: number; negated: boolean } & (
  | { kind: 'word'; text: string }
  | { kind: 'phrase'; text: string }
  | { kind: 'regexp'; text: string; flags: string }
  | { kind: 'field'; name: string; operator: string; value: string }
);

/** Fields of the query language that are understood; further ones have to be named here and in `termOf`. */
const fieldNames = ['level', 'fn', 'request'];

export function isQueryError(value: CompiledQuery | QueryError): value is QueryError {
  return 'message' in value;
}

/**
 * Compiles a filter: `word`, `"a phrase"`, `/regexp/i`, `level:error`, `level>=warn`, `fn:name`,
 * `request:<start of id>`, each with `-` before it for its contrary. Words and phrases ignore case unless they
 * have a capital letter in them.
 */
export function compileQuery(text: string): CompiledQuery | QueryError {
  const tokens = tokenize(text);
  if (!Array.isArray(tokens)) return tokens;
  const terms: QueryTerm[] = [];
  for (const token of tokens) {
    const term = termOf(token);
    if ('message' in term) return term;
    terms.push(term);
  }
  return { text, terms, isEmpty: terms.length === 0 };
}

function tokenize(text: string): Token[] | QueryError {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at] ?? '')) {
      at += 1;
      continue;
    }
    const start = at;
    const negated = text[at] === '-' && at + 1 < text.length && !/\s/.test(text[at + 1] ?? '');
    if (negated) at += 1;
    const token = nextToken(text, at, start, negated);
    if ('message' in token) return token;
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function nextToken(text: string, at: number, start: number, negated: boolean): Token | QueryError {
  if (text[at] === '"') {
    const end = closing(text, at + 1, '"');
    if (end < 0) return { message: 'the closing " is missing', start, end: text.length };
    const inner = text.slice(at + 1, end).replace(/\\(["\\])/g, '$1');
    return { kind: 'phrase', text: inner, negated, start, end: end + 1 };
  }
  if (text[at] === '/') {
    const end = closing(text, at + 1, '/');
    if (end < 0) return { message: 'the closing / is missing', start, end: text.length };
    const flags = /^[a-z]*/.exec(text.slice(end + 1))?.[0] ?? '';
    return {
      kind: 'regexp',
      text: text.slice(at + 1, end),
      flags,
      negated,
      start,
      end: end + 1 + flags.length,
    };
  }
  const rest = text.slice(at);
  const field = /^([a-z][\w.]*)(>=|<=|:|=|>|<)("(?:[^"\\]|\\.)*"|\S*)/.exec(rest);
  if (field?.[1] !== undefined && fieldNames.includes(field[1])) {
    const value = (field[3] ?? '').replace(/^"(.*)"$/, '$1');
    const end = at + field[0].length;
    return { kind: 'field', name: field[1], operator: field[2] ?? ':', value, negated, start, end };
  }
  const word = /^\S+/.exec(rest)?.[0] ?? '';
  return { kind: 'word', text: word, negated, start, end: at + word.length };
}

/** Where the quote is that ends a text begun before `from`; -1 when there is none. */
function closing(text: string, from: number, quote: string): number {
  for (let index = from; index < text.length; index++) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === quote) return index;
  }
  return -1;
}

function termOf(token: Token): QueryTerm | QueryError {
  const { negated, start, end } = token;
  switch (token.kind) {
    case 'word':
    case 'phrase':
      if (token.text === '') return { message: 'nothing between the quotes', start, end };
      return { kind: 'text', pattern: literal(token.text), source: token.text, negated };
    case 'regexp':
      return regexpTerm(token);
    case 'field':
      return fieldTerm(token);
  }
}

function literal(text: string): RegExp {
  const caseMatters = text !== text.toLowerCase();
  return new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), caseMatters ? 'g' : 'gi');
}

function regexpTerm(token: Extract<Token, { kind: 'regexp' }>): QueryTerm | QueryError {
  const { text, flags, negated, start, end } = token;
  if (text === '') return { message: 'nothing between the slashes', start, end };
  const wrong = /[^isu]/.exec(flags)?.[0];
  if (wrong !== undefined) return { message: `unknown flag "${wrong}": i, s and u are there`, start, end };
  const caseMatters = /[A-Z]/.test(text.replace(/\\./g, ''));
  const all = new Set([...flags, 'm', 'g', ...(caseMatters ? [] : ['i'])]);
  try {
    return {
      kind: 'regexp',
      pattern: new RegExp(text, [...all].join('')),
      source: `/${text}/${flags}`,
      negated,
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*\/[a-z]*: /s, '') : String(error);
    return { message: `not a regular expression: ${reason}`, start, end };
  }
}

function fieldTerm(token: Extract<Token, { kind: 'field' }>): QueryTerm | QueryError {
  const { name, operator, value, negated, start, end } = token;
  if (value === '') return { message: `${name}${operator} wants a value`, start, end };
  if (name === 'level') {
    const accepted = acceptedLevels(operator, value);
    if (accepted === undefined) {
      return { message: `no level "${value}": ${levels.join(', ')}`, start, end };
    }
    return { kind: 'level', accepted, negated };
  }
  if (operator !== ':' && operator !== '=') {
    return { message: `${name} can only be compared with ":"`, start, end };
  }
  if (name === 'fn') return { kind: 'function', name: value, negated };
  return { kind: 'request', id: value.toLowerCase(), negated };
}

function acceptedLevels(operator: string, value: string): ReadonlySet<Level> | undefined {
  const accepted = new Set<Level>();
  for (const word of value.split(',')) {
    const level = levelOf(word);
    if (level === undefined) return undefined;
    const rank = levels.indexOf(level);
    for (const [index, candidate] of levels.entries()) {
      const holds =
        operator === '>='
          ? index >= rank
          : operator === '>'
            ? index > rank
            : operator === '<='
              ? index <= rank
              : operator === '<'
                ? index < rank
                : index === rank;
      if (holds) accepted.add(candidate);
    }
  }
  return accepted;
}

/**
 * Whether every line that the new query accepts was accepted by the old one, so that searching the old hits is
 * enough. Says no where it is not sure.
 */
export function refines(next: CompiledQuery, last: CompiledQuery): boolean {
  return last.terms.every((old) => next.terms.some((term) => implies(term, old)));
}

function implies(term: QueryTerm, old: QueryTerm): boolean {
  if (term.negated !== old.negated) return false;
  switch (term.kind) {
    case 'text': {
      if (old.kind !== 'text') return false;
      const [narrow, wide] = term.negated ? [old, term] : [term, old];
      // Case may be ignored by the wider one; by the narrower one only if the wider one does too.
      if (narrow.pattern.ignoreCase && !wide.pattern.ignoreCase) return false;
      return wide.pattern.ignoreCase
        ? narrow.source.toLowerCase().includes(wide.source.toLowerCase())
        : narrow.source.includes(wide.source);
    }
    case 'regexp':
      return old.kind === 'regexp' && String(old.pattern) === String(term.pattern);
    case 'level':
      if (old.kind !== 'level') return false;
      return term.negated ? within(old.accepted, term.accepted) : within(term.accepted, old.accepted);
    case 'function':
      return old.kind === 'function' && old.name === term.name;
    case 'request':
      if (old.kind !== 'request') return false;
      return term.negated ? old.id.startsWith(term.id) : term.id.startsWith(old.id);
  }
}

function within(inner: ReadonlySet<Level>, outer: ReadonlySet<Level>): boolean {
  return [...inner].every((level) => outer.has(level));
}

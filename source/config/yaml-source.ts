import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml';
import type { ConfigPath, SourceRange } from '../model/diagnostic.ts';
import { didYouMean } from '../model/nearest-word.ts';

/** A problem of the text itself, which has no path but a place. */
export type TextFinding = {
  code: string;
  message: string;
  /** Offsets in the text, the end not included. */
  start: number;
  end: number;
  expected?: string;
  suggestion?: string;
};

type Place = { key?: Scalar; value: Node | null };

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html */
const functionTags: ReadonlySet<string> = new Set([
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'Transform',
]);

/** More than this is no config but an attack by aliases of aliases, or by brackets without end. */
const maximumNodes = 200_000;
const maximumDepth = 100;

/** The text of a config as YAML: its value, what is wrong with it, and where each part of it stands. */
export class YamlSource {
  readonly file: string;
  /** Without a byte order mark. */
  readonly text: string;
  readonly findings: TextFinding[] = [];
  /** The whole document as plain data; undefined where it cannot be read. */
  readonly value: unknown;
  readonly #lines = new LineCounter();
  readonly #document: Document.Parsed | undefined;
  /** The library looks an anchor up by going through the whole document. */
  readonly #anchors = new Map<string, Node>();
  readonly #targets = new Map<Alias, Node>();
  /** Anchored nodes that are being read: an alias to one of them has no end. */
  readonly #open = new Set<Node>();
  #nodes = 0;
  #unreadable = false;
  #depth = 0;

  constructor(text: string, file: string) {
    this.file = file;
    this.text = text.replace(/^\uFEFF/, '');
    this.#document = this.#parse();
    const places = new Set<number>();
    const unquoted = new Set<number>();
    for (const { code, message, pos } of this.#document?.errors ?? []) {
      // At one place, the first error is the cause and the others follow from it.
      if (places.has(pos[0])) continue;
      // So does all that stands where a document should begin, since the parser has lost its place.
      if (this.findings.length > 0 && message.includes(' token in YAML stream')) continue;
      places.add(pos[0]);
      const hint = unquotedDirective(this.text, pos[0]);
      const { line } = this.range(pos[0], pos[0]);
      // All that follows in the line follows from it.
      if (hint.suggestion !== undefined && unquoted.has(line)) continue;
      if (hint.suggestion !== undefined) unquoted.add(line);
      this.findings.push({
        ...describeSyntaxError(code, message, this.text.slice(pos[0], pos[1])),
        ...hint,
        start: pos[0],
        end: pos[1],
      });
    }
    if (this.findings.length > 0 || !this.#document) return;
    const value = this.#read(this.#document.contents);
    this.value = this.#unreadable ? undefined : value;
  }

  #parse(): Document.Parsed | undefined {
    try {
      return parseDocument(this.text, {
        lineCounter: this.#lines,
        prettyErrors: false,
        // Checked below, in linear time and with both places.
        uniqueKeys: false,
        // Not `silent`, which would take several documents for one.
        logLevel: 'error',
      });
    } catch (error) {
      // The parser calls itself for each level.
      if (!(error instanceof RangeError)) throw error;
      this.findings.push(tooDeep(0));
      return undefined;
    }
  }

  /** Range of what stands at a path; undefined where nothing of it is in the text. */
  locate(path: ConfigPath, at: 'key' | 'value' = 'value', within?: readonly [number, number]) {
    const place = this.#find(path);
    if (!place) return undefined;
    const node = at === 'value' && hasText(place.value) ? place.value : (place.key ?? place.value);
    if (!node?.range) return undefined;
    const [start, end] = node.range;
    const inner = within && isScalar(node) ? this.#offsetInScalar(node) : undefined;
    if (within && inner !== undefined) return this.range(inner + within[0], inner + within[1]);
    return this.range(start, end);
  }

  /** As `locate`, for the nearest part of the path that is in the text. */
  locateNearest(path: ConfigPath, at?: 'key' | 'value', within?: readonly [number, number]): SourceRange {
    const exact = this.locate(path, at, within);
    if (exact) return exact;
    for (let length = path.length - 1; length > 0; length--) {
      const range = this.locate(path.slice(0, length), 'key');
      if (range) return range;
    }
    return this.range(0, 0);
  }

  /** A number as it is written, `0777` for 777; nothing where a directive gave it. */
  writtenAs(path: ConfigPath): string | undefined {
    const node = this.#find(path)?.value;
    return isScalar(node) && typeof node.value !== 'string' ? node.source : undefined;
  }

  range(start: number, end: number): SourceRange {
    const from = this.#lines.linePos(Math.min(start, this.text.length));
    const to = this.#lines.linePos(Math.min(Math.max(start, end), this.text.length));
    // An offset before the first line end that the parser has seen has no line yet.
    return {
      file: this.file,
      line: Math.max(1, from.line),
      column: Math.max(1, from.col),
      endLine: Math.max(1, to.line),
      endColumn: Math.max(1, to.col),
    };
  }

  #find(path: ConfigPath): Place | undefined {
    let place: Place | undefined = { value: this.#document?.contents ?? null };
    for (const step of path) {
      const node = this.#resolve(place.value);
      if (isMap(node)) {
        place = this.#findKey(node, String(step));
      } else if (isSeq(node) && typeof step === 'number') {
        const item = node.items[step];
        place = item === undefined ? undefined : { value: item as Node | null };
      } else return undefined;
      if (!place) return undefined;
    }
    return place;
  }

  #findKey(map: YAMLMap, key: string): Place | undefined {
    for (let index = map.items.length - 1; index >= 0; index--) {
      const pair = map.items[index] as Pair<Node, Node | null>;
      if (isScalar(pair.key) && String(pair.key.value) === key) return { key: pair.key, value: pair.value };
    }
    for (const merged of this.#mergedMaps(map)) {
      const place = this.#findKey(merged, key);
      if (place) return place;
    }
    return undefined;
  }

  #mergedMaps(map: YAMLMap): YAMLMap[] {
    const maps: YAMLMap[] = [];
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      if (!isMergeKey(pair.key)) continue;
      const value = this.#resolve(pair.value);
      for (const item of isSeq(value) ? value.items : [value]) {
        const merged = this.#resolve(item as Node | null);
        if (isMap(merged)) maps.push(merged);
      }
    }
    return maps;
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (this.#targets.get(node) ?? this.#anchors.get(node.source) ?? null) : node;
  }

  #read(node: Node | null): unknown {
    if (this.#unreadable) return undefined;
    if (++this.#nodes > maximumNodes) {
      const message = `The config has more than ${maximumNodes} values when its aliases are written out.`;
      return this.#giveUp({ code: 'too-many-aliases', message, start: 0, end: 0 });
    }
    if (isScalar(node)) {
      if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
      return this.#tagged(node, node.value);
    }
    if (isAlias(node)) return this.#readAlias(node);
    if (!isMap(node) && !isSeq(node)) return null;
    if (node.anchor !== undefined) this.#anchors.set(node.anchor, node);
    if (++this.#depth > maximumDepth) return this.#giveUp(tooDeep(node.range?.[0] ?? 0));
    this.#open.add(node);
    const value = isMap(node)
      ? this.#readMap(node)
      : node.items.map((item) => this.#read(item as Node | null));
    this.#open.delete(node);
    this.#depth--;
    return this.#tagged(node, value);
  }

  /** The short forms of CloudFormation's functions: `!Ref x` is `{Ref: x}`. */
  #tagged(node: Node, value: unknown): unknown {
    const { tag } = node;
    if (tag === undefined || !tag.startsWith('!') || tag === '!') return value;
    const name = tag.slice(1);
    if (name === 'Ref' || name === 'Condition') return { [name]: value };
    if (name === 'GetAtt' && typeof value === 'string') {
      const dot = value.indexOf('.');
      return { 'Fn::GetAtt': dot < 0 ? value : [value.slice(0, dot), value.slice(dot + 1)] };
    }
    if (functionTags.has(name)) return { [`Fn::${name}`]: value };
    this.#report(
      node,
      'unknown-tag',
      `Nothing is known of the tag ${tag}.`,
      'a text in quotes, or a tag of CloudFormation such as !Ref',
    );
    return value;
  }

  #giveUp(finding: TextFinding): undefined {
    this.#unreadable = true;
    this.findings.push(finding);
  }

  #readAlias(alias: Alias): unknown {
    const target = this.#anchors.get(alias.source);
    const [start, end] = alias.range ?? [0, 0];
    if (!target) {
      const message = `Alias *${alias.source} has no anchor &${alias.source} before it.`;
      const near = didYouMean(alias.source, [...this.#anchors.keys()]);
      return this.#giveUp({ code: 'unknown-alias', message, start, end, ...near });
    }
    if (this.#open.has(target)) {
      const message = `Alias *${alias.source} stands inside of what it stands for.`;
      return this.#giveUp({ code: 'endless-alias', message, start, end });
    }
    this.#targets.set(alias, target);
    return this.#read(target);
  }

  #readMap(map: YAMLMap): Record<string, unknown> {
    const value: Record<string, unknown> = {};
    const keys = new Map<string, Scalar>();
    for (const merged of this.#mergedMaps(map).reverse()) Object.assign(value, this.#readMap(merged));
    for (const pair of map.items as Pair<Node, Node | null>[]) {
      const { key } = pair;
      if (isMergeKey(key)) continue;
      if (!isScalar(key) || typeof key.value === 'object') {
        this.#report(key ?? map, 'invalid-key', 'A key has to be a word, not a list, a mapping or nothing.');
        continue;
      }
      const name = String(key.value);
      const first = keys.get(name);
      if (first?.range) {
        const { line, column } = this.range(first.range[0], first.range[0]);
        this.#report(
          key,
          'duplicate-key',
          `Key "${name}" is there already, at line ${line}, column ${column}.`,
        );
      }
      keys.set(name, key);
      // `__proto__` would change the object itself when assigned.
      Object.defineProperty(value, name, {
        value: this.#read(pair.value),
        enumerable: true,
        writable: true,
        configurable: true,
      });
    }
    return value;
  }

  #report(node: Node, code: string, message: string, expected?: string): void {
    const [start, end] = node.range ?? [0, 0];
    this.findings.push({ code, message, start, end, ...(expected === undefined ? {} : { expected }) });
  }

  /** Offset in the text of the first character of a scalar's value, where the two are written alike. */
  #offsetInScalar(node: Scalar): number | undefined {
    if (!node.range || typeof node.value !== 'string') return undefined;
    const written = this.text.slice(node.range[0], node.range[1]);
    if (written === node.value) return node.range[0];
    if (written.slice(1, -1) === node.value) return node.range[0] + 1;
    return undefined;
  }
}

const isMergeKey = (key: unknown): boolean => isScalar(key) && key.value === '<<' && key.type === 'PLAIN';

const hasText = (node: Node | null): boolean => !!node?.range && node.range[1] > node.range[0];

const tooDeep = (offset: number): TextFinding => ({
  code: 'nested-too-deeply',
  message: `The config is nested more than ${maximumDepth} levels deep.`,
  start: offset,
  end: offset,
});

/** The parser's errors in the words of somebody who edits a config. */
function describeSyntaxError(
  code: string,
  message: string,
  written: string,
): Omit<TextFinding, 'start' | 'end'> {
  switch (code) {
    case 'UNEXPECTED_TOKEN': {
      // The parser's names of its tokens say nothing to others.
      const isToken = /^Unexpected [a-z-]+(?: at node end| token)\b/.test(message);
      const [word] = /^\S{1,40}/.exec(written) ?? [];
      return {
        code: 'yaml-syntax',
        message: isToken && word !== undefined ? `Unexpected "${word}".` : withDot(message),
      };
    }
    case 'TAB_AS_INDENT':
      return {
        code: 'tab-indent',
        message: 'A tab is used to indent; YAML allows spaces only.',
        suggestion: 'Replace the tab with spaces.',
      };
    case 'MULTIPLE_DOCS':
      return {
        code: 'several-documents',
        message: 'The file holds several YAML documents; a config is one.',
        suggestion: 'Remove the line "---" that begins the second one.',
      };
    case 'BAD_INDENT':
      return {
        code: 'yaml-syntax',
        message: withDot(message),
        suggestion: 'Check how far the line is indented.',
      };
    default:
      return { code: 'yaml-syntax', message: withDot(message) };
  }
}

/** In `{…}` and `[…]` the commas and brackets of a directive are taken for those of YAML. */
function unquotedDirective(text: string, offset: number): { suggestion?: string } {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset + 1);
  return /[{[].*[ :,[]\$[\w$]+\(.*$/.test(line)
    ? { suggestion: 'Inside of { } and [ ] a directive has to be in double quotes.' }
    : {};
}

const withDot = (message: string): string => (/[.!?]$/.test(message) ? message : `${message}.`);

import type { Finding, Problem } from '../model/diagnostic.ts';
import { resourceDescriptor } from '../resources/registry.ts';
import type { ResourceTypes } from './check-references.ts';
import { codeFrame, splitLines } from './code-frame.ts';
import type { TextFinding, YamlSource } from './yaml-source.ts';

/** Gathers what is wrong with one file and gives each its place and the lines around it. */
export class ProblemList {
  /** Names the owner in front of messages. */
  resourceTypes: ResourceTypes = new Map();
  readonly #source: YamlSource;
  readonly #problems: Problem[] = [];
  #lines: string[] | undefined;

  constructor(source: YamlSource) {
    this.#source = source;
  }

  get hasErrors(): boolean {
    return this.#problems.some(({ severity }) => severity === 'error');
  }

  add(finding: Finding): void {
    const { related, ...rest } = finding;
    this.#push({
      ...rest,
      message: this.#withOwner(finding),
      range: this.#source.locateNearest(finding.path, finding.at, finding.within),
      ...(related
        ? {
            related: related.map(({ path, message }) => ({
              range: this.#source.locateNearest(path),
              message,
            })),
          }
        : {}),
    });
  }

  addText({ start, end, ...finding }: TextFinding): void {
    this.#push({ severity: 'error', path: [], ...finding, range: this.#source.range(start, end) });
  }

  /** In the order of the file. */
  sorted(): Problem[] {
    return this.#problems.sort((a, b) => a.range.line - b.range.line || a.range.column - b.range.column);
  }

  #push(problem: Omit<Problem, 'frame'>): void {
    this.#lines ??= splitLines(this.#source.text);
    this.#problems.push({ ...problem, frame: codeFrame(this.#lines, problem.range) });
  }

  /** `Function getPosts: …` for what is inside a resource. */
  #withOwner({ path, message }: Finding): string {
    const [root, name] = path;
    if (root !== 'resources' || typeof name !== 'string' || this.resourceTypes.size === 0) return message;
    const type = this.resourceTypes.get(name);
    const title = type === undefined ? undefined : resourceDescriptor(type)?.title;
    if (/^(Resource name|CloudFormation)/.test(message)) return message;
    return `${title ?? 'Resource'} ${name}: ${lowerFirst(message)}`;
  }
}

/** A sentence's first word in the middle of one; names such as `NODE_OPTIONS`, Aurora and "quoted" words stay. */
const lowerFirst = (message: string): string =>
  /^(?!(?:Amazon|Aurora|Cognito|Upstash) )[A-Z][a-z]*[ ,]/.test(message)
    ? message.charAt(0).toLowerCase() + message.slice(1)
    : message;

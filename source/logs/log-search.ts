import { canScan, scanLines, testLines } from './guarded-regexp.ts';
import { HitList } from './hit-list.ts';
import type { LogChunk } from './log-chunk.ts';
import { isFunction, slowRegexp } from './match-line.ts';
import type { CompiledQuery } from './query.ts';

/** How long one piece of work may keep a key waiting. */
export const sliceMilliseconds = 4;

export type SearchStatus = 'running' | 'done' | 'stopped' | 'failed';

/** What a search needs of the store that it searches. */
export type SearchedStore = {
  readonly first: number;
  readonly end: number;
  readonly chunks: readonly LogChunk[];
  functionOf(stream: number): string;
};

/**
 * The lines that match a query: newest first in slices of 4 ms, then each line as it arrives.
 * With the finished search of a wider query, only its hits are looked at.
 */
export class LogSearch {
  readonly query: CompiledQuery;
  readonly hits = new HitList();
  status: SearchStatus = 'running';
  /** Why it failed. */
  error: string | undefined;
  readonly #store: SearchedStore;
  readonly #now: () => number;
  /** By the name of a `fn:` term, whether a stream belongs to it. */
  readonly #streams = new Map<string, boolean[]>();
  /** Lines from here on have been tested as they arrived. */
  #testedTo: number;

  constructor(store: SearchedStore, query: CompiledQuery, now: () => number) {
    this.#store = store;
    this.query = query;
    this.#now = now;
    this.#testedTo = store.end;
  }

  /** Looks through what is there. `onSlice` is called after each slice; whoever is waiting for keys gets a turn then. */
  async run(signal: AbortSignal, onSlice: () => void, wider?: LogSearch): Promise<void> {
    // What is there now; lines that arrive meanwhile are tested by `catchUp`.
    const work = wider?.status === 'done' ? this.#refine(wider) : this.#scan();
    let started = this.#now();
    for (const _ of work) {
      if (signal.aborted) {
        this.status = 'stopped';
        return;
      }
      if (this.#now() - started < sliceMilliseconds) continue;
      onSlice();
      await new Promise((resolve) => setImmediate(resolve));
      started = this.#now();
    }
    if (this.status === 'running') this.status = signal.aborted ? 'stopped' : 'done';
    onSlice();
  }

  /** Tests the lines that have arrived since. Cheap when there are none. */
  catchUp(): void {
    this.hits.dropBefore(this.#store.first);
    const { end } = this.#store;
    if (this.status === 'failed' || this.#testedTo >= end) return;
    const from = Math.max(this.#testedTo, this.#store.first);
    this.#testedTo = end;
    for (const chunk of this.#store.chunks) {
      if (chunk.first + chunk.count <= from) continue;
      const candidates: number[] = [];
      for (let index = Math.max(0, from - chunk.first); index < chunk.count; index++) {
        if (this.#holds(chunk, index)) candidates.push(index);
      }
      for (const index of this.#tested(chunk, candidates)) this.hits.addNewer(chunk.first + index);
    }
  }

  *#scan(): Generator<void> {
    const limit = this.#testedTo;
    for (const chunk of [...this.#store.chunks].reverse()) {
      const count = Math.min(chunk.count, limit - chunk.first);
      const found = this.#tested(chunk, this.#candidates(chunk, count));
      for (let place = found.length - 1; place >= 0; place--)
        this.hits.addOlder(chunk.first + (found[place] ?? 0));
      if (this.status === 'failed') return;
      yield;
    }
  }

  *#refine(wider: LogSearch): Generator<void> {
    wider.catchUp();
    const { hits } = wider;
    let place = hits.length - 1;
    for (const chunk of [...this.#store.chunks].reverse()) {
      const candidates: number[] = [];
      for (let id = hits.at(place); id !== undefined && id >= chunk.first; id = hits.at(--place)) {
        if (id < this.#testedTo && this.#holds(chunk, id - chunk.first)) candidates.push(id - chunk.first);
      }
      const found = this.#tested(chunk, candidates);
      for (const index of found) this.hits.addOlder(chunk.first + index);
      if (this.status === 'failed') return;
      yield;
    }
  }

  /** Lines of a chunk for which everything holds but the user's own expressions, ascending. */
  #candidates(chunk: LogChunk, count: number): number[] {
    const found: number[] = [];
    const lines = this.#driven(chunk, count);
    if (lines === undefined) {
      for (let index = 0; index < count; index++) if (this.#holds(chunk, index)) found.push(index);
      return found;
    }
    if (this.query.terms.length === 1) return lines;
    for (const index of lines) if (this.#holds(chunk, index)) found.push(index);
    return found;
  }

  /**
   * The lines that one of the terms allows: one pass of an expression over a quarter of a megabyte costs less than
   * a call for each line. Undefined where no term can do that.
   */
  #driven(chunk: LogChunk, count: number): number[] | undefined {
    const driver =
      this.query.terms.find((term) => term.kind === 'text' && !term.negated) ??
      this.query.terms.find((term) => term.kind === 'regexp' && !term.negated && canScan(term.pattern));
    if (driver?.kind === 'text') return literalLines(driver.pattern, chunk, count);
    if (driver?.kind !== 'regexp') return undefined;
    const places = scanLines(driver.pattern, chunk.text);
    if (places === undefined) return this.#fail(driver.source);
    if (places === 'each') return undefined;
    let line = 0;
    return places.map((place) => (line = chunk.lineOf(place, line))).filter((index) => index < count);
  }

  #fail(source: string): [] {
    this.status = 'failed';
    this.error = slowRegexp(source).message;
    return [];
  }

  #holds(chunk: LogChunk, index: number): boolean {
    let text: string | undefined;
    for (const term of this.query.terms) {
      let holds: boolean;
      switch (term.kind) {
        case 'regexp':
          continue;
        case 'text':
          text ??= chunk.textAt(index);
          term.pattern.lastIndex = 0;
          holds = term.pattern.test(text);
          break;
        case 'level': {
          const level = chunk.levelAt(index);
          holds = level !== undefined && term.accepted.has(level);
          break;
        }
        case 'function':
          holds = this.#isOfFunction(chunk.streamAt(index), term.name);
          break;
        case 'request':
          holds = chunk.requestAt(index)?.toLowerCase().startsWith(term.id) === true;
      }
      if (holds === term.negated) return false;
    }
    return true;
  }

  #isOfFunction(stream: number, name: string): boolean {
    let streams = this.#streams.get(name);
    if (streams === undefined) {
      streams = [];
      this.#streams.set(name, streams);
    }
    streams[stream] ??= isFunction(this.#store.functionOf(stream), name);
    return streams[stream] === true;
  }

  /** The candidates for which the user's own expressions hold too; on one that takes too long, the search fails. */
  #tested(chunk: LogChunk, candidates: number[]): number[] {
    let left = candidates;
    for (const term of this.query.terms) {
      if (term.kind !== 'regexp' || left.length === 0) continue;
      const results = testLines(
        term.pattern,
        left.map((index) => chunk.textAt(index)),
      );
      if (results === undefined) {
        return this.#fail(term.source);
      }
      left = left.filter((_, place) => results[place] !== term.negated);
    }
    return left;
  }
}

function literalLines(pattern: RegExp, chunk: LogChunk, count: number): number[] {
  const lines: number[] = [];
  let line = 0;
  while (line < count) {
    pattern.lastIndex = chunk.startOf(line);
    const match = pattern.exec(chunk.text);
    if (match === null) break;
    line = chunk.lineOf(match.index, line);
    if (line >= count) break;
    lines.push(line);
    line += 1;
  }
  return lines;
}

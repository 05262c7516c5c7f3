import { LogChunk } from './log-chunk.ts';
import type { Level, LogItem } from './log-entry.ts';
import { LogSearch, type SearchStatus } from './log-search.ts';
import { fieldsMark } from './match-line.ts';
import { type CompiledQuery, refines } from './query.ts';

/** How often new lines may change what is shown. */
const frameMilliseconds = 100;
const defaultBytes = 256 * 1024 * 1024;

export type StoreClock = {
  now(): number;
  after(milliseconds: number, run: () => void): () => void;
};

/** A line as a viewer wants it. */
export type LogRow = {
  id: number;
  kind: 'log' | 'gap';
  /** Milliseconds since 1970. */
  time: number;
  level: Level | undefined;
  function: string;
  logGroup: string;
  stream: string;
  requestId: string | undefined;
  /** With its line breaks. */
  message: string;
  /** JSON. */
  fields: string | undefined;
  late: boolean;
};

/** What is known of the log at one moment; replaced, never changed. */
export type LogSnapshot = {
  /** Lines are numbered from 0 on; those before `first` have been dropped, `end` is one past the last. */
  first: number;
  end: number;
  errors: number;
  bytes: number;
  filter: { text: string; hits: number; status: SearchStatus; error: string | undefined } | undefined;
};

type Stream = { function: string; logGroup: string; stream: string };

/**
 * The log, outside React: text in chunks of about 256 KiB with columns beside it, about four bytes a line over
 * the text. Past its cap it drops whole chunks from the front. Snapshots come at most every 100 ms.
 */
export class LogStore {
  readonly chunks: LogChunk[] = [];
  readonly #maxBytes: number;
  readonly #clock: StoreClock;
  readonly #streams: Stream[] = [];
  readonly #streamIndex = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #functions = new Set<string>();
  #first = 0;
  #end = 0;
  #errors = 0;
  #fullBytes = 0;
  #search: LogSearch | undefined;
  #abort: AbortController | undefined;
  #snapshot: LogSnapshot = { first: 0, end: 0, errors: 0, bytes: 0, filter: undefined };
  #publishedAt = Number.NEGATIVE_INFINITY;
  #cancelFrame: (() => void) | undefined;

  /** `maxBytes` (default 256 MiB) counts text and columns as V8 keeps them. */
  constructor(options: { clock: StoreClock; maxBytes?: number }) {
    this.#clock = options.clock;
    this.#maxBytes = options.maxBytes ?? defaultBytes;
  }

  get first(): number {
    return this.#first;
  }

  get end(): number {
    return this.#end;
  }

  /** The search of the filter that is set. */
  get filter(): LogSearch | undefined {
    return this.#search;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): LogSnapshot => this.#snapshot;

  append(item: LogItem): void {
    let chunk = this.chunks.at(-1);
    if (chunk === undefined || chunk.isFull) {
      chunk?.seal();
      this.#fullBytes += chunk?.bytes ?? 0;
      chunk = new LogChunk(this.#end);
      this.chunks.push(chunk);
    }
    chunk.append(item, this.#stream(item));
    this.#end += 1;
    if (item.type === 'log' && (item.level === 'error' || item.level === 'fatal')) this.#errors += 1;
    this.#dropFront();
    this.#publishSoon();
  }

  row(id: number): LogRow | undefined {
    const chunk = this.#chunkOf(id);
    if (chunk === undefined) return undefined;
    const index = id - chunk.first;
    const text = chunk.textAt(index);
    const mark = text.indexOf(fieldsMark);
    const stream = this.#streams[chunk.streamAt(index)];
    return {
      id,
      kind: chunk.isGapAt(index) ? 'gap' : 'log',
      time: chunk.timeAt(index),
      level: chunk.levelAt(index),
      function: stream?.function ?? '',
      logGroup: stream?.logGroup ?? '',
      stream: stream?.stream ?? '',
      requestId: chunk.requestAt(index),
      message: (mark < 0 ? text : text.slice(0, mark)).replaceAll('\r', '\n'),
      fields: mark < 0 ? undefined : text.slice(mark + 1),
      late: chunk.isLateAt(index),
    };
  }

  functionOf(stream: number): string {
    return this.#streams[stream]?.function ?? '';
  }

  levelOf(id: number): Level | undefined {
    const chunk = this.#chunkOf(id);
    return chunk?.levelAt(id - chunk.first);
  }

  /** Names of the functions that lines have come from. */
  functions(): ReadonlySet<string> {
    return this.#functions;
  }

  /**
   * Searches for a query, newest lines first, without blocking for longer than 4 ms; ends when `signal` aborts.
   * Its hits can be read while it runs; lines that arrive later are found by its `catchUp`.
   */
  search(
    query: CompiledQuery,
    signal: AbortSignal,
    wider?: LogSearch,
  ): { search: LogSearch; done: Promise<void> } {
    const search = new LogSearch(this, query, () => performance.now());
    return { search, done: search.run(signal, () => this.#onSlice(search), wider) };
  }

  /** Sets the filter and ends the search of the last one; a query that extends it looks only at its hits. */
  setFilter(query: CompiledQuery | undefined): void {
    const last = this.#search;
    this.#abort?.abort();
    this.#abort = undefined;
    this.#search = undefined;
    if (query !== undefined && !query.isEmpty) {
      const abort = new AbortController();
      const wider = last?.status === 'done' && refines(query, last.query) ? last : undefined;
      this.#abort = abort;
      const search = new LogSearch(this, query, () => performance.now());
      this.#search = search;
      // Its own errors are in its status; what else it throws is a bug and has to be seen.
      void search.run(abort.signal, () => this.#onSlice(search), wider);
    }
    this.#publish();
  }

  /** Ends the search and takes back the frame that was to come. */
  stop(): void {
    this.#abort?.abort();
    this.#cancelFrame?.();
    this.#cancelFrame = undefined;
  }

  #onSlice(search: LogSearch): void {
    if (search !== this.#search) return;
    const shown = this.#snapshot.filter;
    // The first page, and the end, are what is waited for.
    if (search.status !== 'running' || shown === undefined || shown.hits === 0) this.#publish();
    else this.#publishSoon();
  }

  #publishSoon(): void {
    if (this.#cancelFrame !== undefined) return;
    const wait = this.#publishedAt + frameMilliseconds - this.#clock.now();
    if (wait <= 0) this.#publish();
    else this.#cancelFrame = this.#clock.after(wait, () => this.#publish());
  }

  #publish(): void {
    this.#cancelFrame?.();
    this.#cancelFrame = undefined;
    this.#publishedAt = this.#clock.now();
    const search = this.#search;
    search?.catchUp();
    this.#snapshot = {
      first: this.#first,
      end: this.#end,
      errors: this.#errors,
      bytes: this.#bytes(),
      filter: search && {
        text: search.query.text,
        hits: search.hits.length,
        status: search.status,
        error: search.error,
      },
    };
    for (const listener of this.#listeners) listener();
  }

  #bytes(): number {
    return this.#fullBytes + (this.chunks.at(-1)?.bytes ?? 0);
  }

  #dropFront(): void {
    while (this.chunks.length > 1 && this.#bytes() > this.#maxBytes) {
      const chunk = this.chunks.shift();
      if (chunk === undefined) return;
      this.#fullBytes -= chunk.bytes;
      this.#first = chunk.first + chunk.count;
    }
  }

  #chunkOf(id: number): LogChunk | undefined {
    if (id < this.#first || id >= this.#end) return undefined;
    let low = 0;
    let high = this.chunks.length;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if ((this.chunks[middle]?.first ?? 0) <= id) low = middle;
      else high = middle;
    }
    return this.chunks[low];
  }

  #stream(item: LogItem): number {
    const stream: Stream = {
      function: item.function ?? '',
      logGroup: item.logGroup ?? '',
      stream: item.type === 'log' ? item.stream : '',
    };
    const key = `${stream.function}\n${stream.logGroup}\n${stream.stream}`;
    const known = this.#streamIndex.get(key);
    if (known !== undefined) return known;
    if (stream.function !== '') this.#functions.add(stream.function);
    const index = this.#streams.push(stream) - 1;
    this.#streamIndex.set(key, index);
    return index;
  }
}

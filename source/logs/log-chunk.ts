import { type Level, type LogItem, levels } from './log-entry.ts';
import { searchedText } from './match-line.ts';

/** Characters of text after which a chunk is full. */
const chunkCharacters = 256 * 1024;
const beyondLatin1 = /[\u0100-\uffff]/;
const bytesPerRow = 4 + 8 + 1 + 4 + 4 + 1;

const isLate = 1;
const isGap = 2;

/** One piece of the log: the text of many lines in one string, and a column for each thing that is filtered by. */
export class LogChunk {
  /** Number of the first line. */
  readonly first: number;
  count = 0;
  text = '';
  #offsets = new Uint32Array(256);
  #times = new Float64Array(256);
  #levels = new Uint8Array(256);
  #streams = new Uint32Array(256);
  #requests = new Uint32Array(256);
  #flags = new Uint8Array(256);
  /** Request ids repeat from line to line; 0 is none. */
  readonly #requestIds: string[] = [''];
  readonly #requestIndex = new Map<string, number>();
  /** V8 keeps a string in one byte a character until one of them does not fit. */
  #wide = false;
  #requestBytes = 0;

  constructor(first: number) {
    this.first = first;
  }

  get isFull(): boolean {
    return this.text.length >= chunkCharacters;
  }

  get bytes(): number {
    return this.text.length * (this.#wide ? 2 : 1) + this.#times.length * bytesPerRow + this.#requestBytes;
  }

  /** After its last line: gives back what was kept for more. */
  seal(): void {
    const { count } = this;
    this.#offsets = this.#offsets.slice(0, count + 1);
    this.#times = this.#times.slice(0, count);
    this.#levels = this.#levels.slice(0, count);
    this.#streams = this.#streams.slice(0, count);
    this.#requests = this.#requests.slice(0, count);
    this.#flags = this.#flags.slice(0, count);
    this.#requestIndex.clear();
  }

  append(item: LogItem, stream: number): void {
    const index = this.count;
    if (index + 1 >= this.#times.length) this.#grow();
    const text = searchedText(item);
    this.#wide ||= beyondLatin1.test(text);
    this.text += `${text}\n`;
    this.#offsets[index + 1] = this.text.length;
    this.#times[index] = Date.parse(item.type === 'log' ? item.timestamp : item.from);
    this.#streams[index] = stream;
    if (item.type === 'log') {
      this.#levels[index] = item.level === undefined ? 0 : levels.indexOf(item.level) + 1;
      this.#requests[index] = this.#request(item.requestId);
      this.#flags[index] = item.late === true ? isLate : 0;
    } else {
      this.#flags[index] = isGap;
    }
    this.count += 1;
  }

  textAt(index: number): string {
    return this.text.slice(this.startOf(index), this.startOf(index + 1) - 1);
  }

  /** Where a line begins in the chunk's text. */
  startOf(index: number): number {
    return this.#offsets[index] ?? 0;
  }

  timeAt(index: number): number {
    return this.#times[index] ?? 0;
  }

  levelAt(index: number): Level | undefined {
    return levels[(this.#levels[index] ?? 0) - 1];
  }

  streamAt(index: number): number {
    return this.#streams[index] ?? 0;
  }

  requestAt(index: number): string | undefined {
    const id = this.#requests[index] ?? 0;
    return id === 0 ? undefined : this.#requestIds[id];
  }

  isLateAt(index: number): boolean {
    return ((this.#flags[index] ?? 0) & isLate) !== 0;
  }

  isGapAt(index: number): boolean {
    return ((this.#flags[index] ?? 0) & isGap) !== 0;
  }

  /** The line that a place in the text belongs to, looked for from line `from` on. */
  lineOf(place: number, from: number): number {
    let step = 1;
    let low = from;
    while (low + step < this.count && this.startOf(low + step) <= place) {
      low += step;
      step *= 2;
    }
    let high = Math.min(this.count, low + step);
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.startOf(middle) <= place) low = middle;
      else high = middle;
    }
    return low;
  }

  #request(id: string | undefined): number {
    if (id === undefined) return 0;
    const known = this.#requestIndex.get(id);
    if (known !== undefined) return known;
    const index = this.#requestIds.push(id) - 1;
    this.#requestIndex.set(id, index);
    this.#requestBytes += id.length + 24;
    return index;
  }

  #grow(): void {
    const size = this.#times.length * 2;
    this.#offsets = grown(this.#offsets, new Uint32Array(size));
    this.#times = grown(this.#times, new Float64Array(size));
    this.#levels = grown(this.#levels, new Uint8Array(size));
    this.#streams = grown(this.#streams, new Uint32Array(size));
    this.#requests = grown(this.#requests, new Uint32Array(size));
    this.#flags = grown(this.#flags, new Uint8Array(size));
  }
}

function grown<T extends Uint8Array | Uint32Array | Float64Array>(old: T, next: T): T {
  next.set(old);
  return next;
}

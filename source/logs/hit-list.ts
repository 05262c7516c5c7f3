/** Numbers of matching lines, which are found from the newest back and, as lines arrive, from there on. */
export class HitList {
  /** Descending. */
  #older = new Uint32Array(64);
  #olderCount = 0;
  /** Ascending. */
  #newer = new Uint32Array(64);
  #newerFrom = 0;
  #newerCount = 0;

  get length(): number {
    return this.#olderCount + this.#newerCount - this.#newerFrom;
  }

  /** A hit older than all that are there. */
  addOlder(id: number): void {
    if (this.#olderCount === this.#older.length) this.#older = doubled(this.#older);
    this.#older[this.#olderCount++] = id;
  }

  /** A hit newer than all that are there. */
  addNewer(id: number): void {
    if (this.#newerCount === this.#newer.length) this.#newer = doubled(this.#newer);
    this.#newer[this.#newerCount++] = id;
  }

  /** The line at a place, the oldest hit at 0. */
  at(index: number): number | undefined {
    if (index < 0 || index >= this.length) return undefined;
    if (index < this.#olderCount) return this.#older[this.#olderCount - 1 - index];
    return this.#newer[this.#newerFrom + index - this.#olderCount];
  }

  /** How many hits are before the line: the place of the line itself if it is one. */
  placeOf(id: number): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.at(middle) ?? 0) < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  has(id: number): boolean {
    return this.at(this.placeOf(id)) === id;
  }

  /** Forgets the hits before a line, because these lines have been dropped. */
  dropBefore(id: number): void {
    while (this.#olderCount > 0 && (this.#older[this.#olderCount - 1] ?? 0) < id) this.#olderCount -= 1;
    while (this.#newerFrom < this.#newerCount && (this.#newer[this.#newerFrom] ?? 0) < id)
      this.#newerFrom += 1;
  }
}

function doubled(old: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const next = new Uint32Array(old.length * 2);
  next.set(old);
  return next;
}

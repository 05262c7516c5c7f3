import type { Clock } from './clock.ts';

/** How often data may change the screen: ten times a second cost a fifth of what a change per line costs. */
export const frameMilliseconds = 100;

/**
 * A value outside React, read with `useSyncExternalStore`. What the user did is shown at once; data is shown at
 * most every 100 ms, so that it never stands between a key and its echo.
 */
export class FrameStore<T> {
  /** The newest value, which may be ahead of what is shown. */
  current: T;
  #shown: T;
  #shownAt = Number.NEGATIVE_INFINITY;
  #cancel: (() => void) | undefined;
  readonly #clock: Clock;
  readonly #listeners = new Set<() => void>();

  constructor(initial: T, clock: Clock) {
    this.current = initial;
    this.#shown = initial;
    this.#clock = clock;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly getSnapshot = (): T => this.#shown;

  /** Shown at once. */
  setNow(value: T): void {
    this.current = value;
    this.#publish();
  }

  /** Shown with the next frame. */
  setSoon(value: T): void {
    this.current = value;
    if (this.#cancel !== undefined) return;
    const wait = this.#shownAt + frameMilliseconds - this.#clock.now();
    if (wait <= 0) this.#publish();
    else this.#cancel = this.#clock.after(wait, () => this.#publish());
  }

  /** Takes back a frame that was to come. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #publish(): void {
    this.stop();
    this.#shownAt = this.#clock.now();
    if (this.#shown === this.current) return;
    this.#shown = this.current;
    for (const listener of this.#listeners) listener();
  }
}

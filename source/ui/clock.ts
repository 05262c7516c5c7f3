/** The time, and something to be done later. Screens get theirs passed in, so that a test can hold the hands. */
export type Clock = {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once after so many milliseconds; the answer takes it back. */
  after(milliseconds: number, run: () => void): () => void;
};

export function systemClock(now: () => number = Date.now): Clock {
  return {
    now,
    after(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      return () => clearTimeout(timer);
    },
  };
}

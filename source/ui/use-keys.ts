import { useInput, usePaste } from 'ink';
import { type Key, splitKeys } from './keys.ts';

/** Calls back once for each key, however many of them came in one read; pasted text comes as one piece. */
export function useKeys(onKey: (key: Key) => void, onPaste: (text: string) => void): void {
  useInput((input, key) => {
    for (const press of splitKeys(input, key)) onKey(press);
  });
  usePaste(onPaste);
}

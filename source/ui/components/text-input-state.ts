import type { Key } from '../keys.ts';
import { graphemesOf } from '../text.ts';

/** A line being typed; the cursor counts graphemes. */
export type TextInputState = { text: string; cursor: number };

export const emptyInput: TextInputState = { text: '', cursor: 0 };

/** The line after a key; the same object when the key is none of its own. */
export function reduceTextInput(state: TextInputState, key: Key): TextInputState {
  const parts = graphemesOf(state.text);
  const { cursor } = state;
  const at = (text: readonly string[], place: number): TextInputState => ({
    text: text.join(''),
    cursor: place,
  });
  if (key.text !== '') return insertText(state, key.text);
  switch (key.name) {
    case 'backspace':
    case 'ctrl-h':
      return cursor === 0 ? state : at(parts.toSpliced(cursor - 1, 1), cursor - 1);
    case 'delete':
    case 'ctrl-d':
      return at(parts.toSpliced(cursor, 1), cursor);
    case 'left':
    case 'ctrl-b':
      return { ...state, cursor: Math.max(0, cursor - 1) };
    case 'right':
    case 'ctrl-f':
      return { ...state, cursor: Math.min(parts.length, cursor + 1) };
    case 'home':
    case 'ctrl-a':
      return { ...state, cursor: 0 };
    case 'end':
    case 'ctrl-e':
      return { ...state, cursor: parts.length };
    case 'ctrl-u':
      return at(parts.slice(cursor), 0);
    case 'ctrl-k':
      return at(parts.slice(0, cursor), cursor);
    case 'ctrl-w': {
      const before = parts
        .slice(0, cursor)
        .join('')
        .replace(/\S+\s*$/, '');
      const kept = graphemesOf(before);
      return at([...kept, ...parts.slice(cursor)], kept.length);
    }
    default:
      return state;
  }
}

/** Typed or pasted text put in at the cursor, its line breaks as spaces. */
export function insertText(state: TextInputState, text: string): TextInputState {
  const parts = graphemesOf(state.text);
  const added = graphemesOf(text.replace(/[\r\n\t]+/g, ' ').replace(/\p{Control}/gu, ''));
  return {
    text: [...parts.slice(0, state.cursor), ...added, ...parts.slice(state.cursor)].join(''),
    cursor: state.cursor + added.length,
  };
}

import { graphemesOf } from './text.ts';

/** One key press. Printable keys are their own name and have a text; the others have a name alone. */
export type Key = { name: string; text: string };

/** The part of Ink's key object that is looked at. */
export type InkKey = {
  upArrow: boolean;
  downArrow: boolean;
  leftArrow: boolean;
  rightArrow: boolean;
  pageUp: boolean;
  pageDown: boolean;
  home: boolean;
  end: boolean;
  return: boolean;
  escape: boolean;
  tab: boolean;
  backspace: boolean;
  delete: boolean;
  ctrl: boolean;
  shift: boolean;
  meta: boolean;
};

const escapeKey: Key = { name: 'escape', text: '' };

const named = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'pageup'],
  ['pageDown', 'pagedown'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'enter'],
  ['tab', 'tab'],
  ['backspace', 'backspace'],
  ['delete', 'delete'],
  ['escape', 'escape'],
] as const satisfies readonly (readonly [keyof InkKey, string])[];

/**
 * The presses in what Ink hands over at once. Keys typed faster than they are read arrive as one string
 * (`jjjj`, `/FAILED`, `ab\r`), and Escape followed by a letter looks like Alt with that letter.
 */
export function splitKeys(input: string, key: InkKey): Key[] {
  for (const [flag, name] of named) {
    if (!key[flag]) continue;
    // Escape pressed twice before it was read looks like Alt with Escape.
    if (name === 'escape' && key.meta) return [escapeKey, escapeKey];
    const shifted = key.shift && (name === 'tab' || name === 'up' || name === 'down');
    return [{ name: shifted ? `shift-${name}` : name, text: '' }];
  }
  if (key.ctrl) return input === '' ? [] : [{ name: `ctrl-${input}`, text: '' }];
  if (input === '') return [];
  const presses = graphemesOf(input).map(pressOf);
  return key.meta ? [escapeKey, ...presses] : presses;
}

function pressOf(grapheme: string): Key {
  if (grapheme === '\r' || grapheme === '\n' || grapheme === '\r\n') return { name: 'enter', text: '' };
  if (grapheme === '\t') return { name: 'tab', text: '' };
  if (grapheme === '\u001b') return escapeKey;
  if (grapheme === '\u007f' || grapheme === '\b') return { name: 'backspace', text: '' };
  const point = grapheme.codePointAt(0) ?? 0;
  if (point < 0x20) return { name: `ctrl-${String.fromCharCode(point + 96)}`, text: '' };
  return { name: grapheme, text: grapheme };
}

import { describe, expect, test } from 'vitest';
import { emptyInput, insertText, reduceTextInput } from '../../source/ui/components/text-input-state.ts';
import {
  type Binding,
  type Context,
  commandFor,
  footerHints,
  helpSections,
  keymap,
} from '../../source/ui/keymap.ts';
import { type InkKey, splitKeys } from '../../source/ui/keys.ts';

const none: InkKey = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageUp: false,
  pageDown: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  tab: false,
  backspace: false,
  delete: false,
  ctrl: false,
  shift: false,
  meta: false,
};

test.each<[input: string, key: Partial<InkKey>, names: string[]]>([
  ['j', {}, ['j']],
  ['jjjj', {}, ['j', 'j', 'j', 'j']],
  ['/FAILED', {}, ['/', 'F', 'A', 'I', 'L', 'E', 'D']],
  ['ab\r', {}, ['a', 'b', 'enter']],
  ['\r\r', {}, ['enter', 'enter']],
  ['a\tb', {}, ['a', 'tab', 'b']],
  ['ü🚀e\u0301', {}, ['ü', '🚀', 'e\u0301']],
  ['', { return: true }, ['enter']],
  ['', { tab: true, shift: true }, ['shift-tab']],
  ['', { downArrow: true, shift: true }, ['shift-down']],
  ['c', { ctrl: true }, ['ctrl-c']],
  ['', { escape: true }, ['escape']],
  ['', { escape: true, meta: true }, ['escape', 'escape']],
  ['q', { meta: true }, ['escape', 'q']],
  ['\u0001', {}, ['ctrl-a']],
  ['', {}, []],
])('%j is %j', (input, key, names) => {
  expect(splitKeys(input, { ...none, ...key }).map(({ name }) => name)).toEqual(names);
});

describe('the keymap', () => {
  const contexts = Object.keys(keymap).filter((name): name is Context => name in keymap);

  test.each(contexts)('no key means two things in %s', (context) => {
    const keys = Object.values<Binding>(keymap[context]).flatMap((binding) => binding.keys);
    expect(keys).toEqual([...new Set(keys)]);
  });

  test('no key of a screen hides one of the shell or of moving', () => {
    for (const screen of ['deploy', 'logs'] as const) {
      const keys = Object.values<Binding>(keymap[screen]).flatMap((binding) => binding.keys);
      for (const key of keys) expect(commandFor(['shell', 'list'], key)).toBeUndefined();
    }
  });

  test('the first context that knows a key has it', () => {
    expect(commandFor(['dialog', 'shell'], 'tab')).toEqual({ context: 'dialog', name: 'next' });
    expect(commandFor(['deploy', 'list', 'shell'], 'tab')).toEqual({ context: 'shell', name: 'nextTab' });
    expect(commandFor(['shell'], 'x')).toBeUndefined();
  });

  test('help and footer are drawn from it', () => {
    expect(footerHints(['logs'])[0]).toEqual({ key: '/', word: 'filter' });
    expect(helpSections(['list'])[0]?.lines[0]).toEqual({ keys: 'j ↓', help: 'down' });
  });
});

describe('the text line', () => {
  const type = (text: string, ...names: string[]) =>
    names.reduce(
      (state, name) => reduceTextInput(state, { name, text: name.length === 1 ? name : '' }),
      insertText(emptyInput, text),
    );

  test.each<[text: string, names: string[], expected: string, cursor: number]>([
    ['ab', ['c'], 'abc', 3],
    ['abc', ['left', 'left', 'x'], 'axbc', 2],
    ['abc', ['backspace'], 'ab', 2],
    ['abc', ['home', 'delete'], 'bc', 0],
    ['abc', ['home', 'backspace'], 'abc', 0],
    ['abc', ['home', 'right', 'ctrl-k'], 'a', 1],
    ['abc', ['left', 'ctrl-u'], 'c', 0],
    ['one two  ', ['ctrl-w'], 'one ', 4],
    ['日本', ['left', 'backspace'], '本', 0],
    ['👨‍👩‍👧x', ['left', 'backspace'], 'x', 0],
    ['abc', ['end', 'right', 'f5'], 'abc', 3],
  ])('%j with %j is %j', (text, names, expected, cursor) => {
    expect(type(text, ...names)).toEqual({ text: expected, cursor });
  });

  test('pasted line breaks become spaces', () => {
    expect(insertText(emptyInput, 'a\r\nb\tc\u0007')).toEqual({ text: 'a b c', cursor: 5 });
  });
});

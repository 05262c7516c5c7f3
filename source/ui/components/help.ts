import { type Context, helpSections } from '../keymap.ts';
import { paintRow, type Row } from '../row.ts';
import { displayWidth, padText } from '../text.ts';
import type { Theme } from '../theme.ts';

const titles: Record<Context, string> = {
  shell: 'Everywhere',
  list: 'Moving',
  deploy: 'Deploy',
  logs: 'Logs',
  dialog: 'Questions',
  overlay: 'This help',
};

/** The rows of the help for these contexts, drawn from the keymap. */
export function helpRows(contexts: readonly Context[], theme: Theme): Row[] {
  const sections = helpSections(contexts);
  const keyWidth = Math.max(...sections.flatMap(({ lines }) => lines.map(({ keys }) => displayWidth(keys))));
  return sections.flatMap(({ context, lines }, index): Row[] => [
    ...(index > 0 ? [[]] : []),
    [[titles[context], 'bold']],
    ...lines.map(
      ({ keys, help }): Row => [
        ['  '],
        [padText(keys, keyWidth, theme.glyphs.ellipsis), 'accent'],
        [`  ${help}`],
      ],
    ),
  ]);
}

/** The visible part of the help; always `height` lines. */
export function helpLines(
  contexts: readonly Context[],
  size: { width: number; height: number; scroll: number },
  theme: Theme,
): string[] {
  const rows = helpRows(contexts, theme);
  const lines = rows
    .slice(size.scroll, size.scroll + size.height)
    .map((row) => paintRow([['  '], ...row], size.width, theme));
  while (lines.length < size.height) lines.push('');
  return lines;
}

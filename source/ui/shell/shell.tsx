import { Box, useWindowSize } from 'ink';
import { useSyncExternalStore } from 'react';
import { helpLines } from '../components/help.ts';
import { Lines } from '../components/lines.tsx';
import { type Context, footerHints } from '../keymap.ts';
import { paintRow, type Row, rowWidth, type Segment, spreadRow } from '../row.ts';
import { displayWidth } from '../text.ts';
import type { Theme } from '../theme.ts';
import { useKeys } from '../use-keys.ts';
import type { Size } from './screen-model.ts';
import { type ShellModel, type ShellState, shellRows, smallest } from './shell-model.ts';

export type Props = { model: ShellModel; theme: Theme };

/** Tab bar, the open tab or the help, and the keys on the last line. */
export function Shell({ model, theme }: Props) {
  const state = useSyncExternalStore(model.store.subscribe, model.store.getSnapshot);
  const { columns, rows } = useWindowSize();
  useKeys(
    (key) => model.press(key, { columns, rows }),
    (text) => model.paste(text),
  );
  const size: Size = { columns, rows: rows - shellRows };
  const View = model.active?.View;
  if (columns < smallest.columns || rows < smallest.rows) {
    return (
      <Box width="100%" height={rows} overflow="hidden" flexDirection="column">
        <Lines lines={tooSmallLines({ columns, rows }, theme)} />
      </Box>
    );
  }
  return (
    <Box width="100%" height={rows} overflow="hidden" flexDirection="column">
      <Lines lines={[tabLine(model, state, columns, theme)]} />
      <Box height={size.rows} overflow="hidden" flexDirection="column">
        {state.help ? (
          <Lines
            lines={helpLines(
              model.helpContexts(),
              { width: columns, height: size.rows, scroll: state.helpScroll },
              theme,
            )}
          />
        ) : (
          View && <View size={size} theme={theme} />
        )}
      </Box>
      <Lines lines={[footerLine(footerContexts(model, state), model.screens.length > 1, columns, theme)]} />
    </Box>
  );
}

function tooSmallLines({ columns, rows }: Size, theme: Theme): string[] {
  const text: Row[] = [
    [['Make the window larger', 'bold']],
    [[`${columns}x${rows}, needed ${smallest.columns}x${smallest.rows}`, 'dim']],
  ];
  return text.slice(0, rows).map((row) => paintRow(row, columns, theme));
}

/** The open tab stands in brackets, so that it is seen without colour too. */
function tabLine(model: ShellModel, state: ShellState, width: number, theme: Theme): string {
  const tabs = model.screens.flatMap((screen, index): Segment[] => {
    const badge = screen.badge?.() ?? '';
    const name = `${index + 1} ${screen.title}${badge === '' ? '' : ` ${badge}`}`;
    return index === state.tab ? [[`[${name}]`, 'accent']] : [[` ${name} `, 'dim']];
  });
  return paintRow([[' stp ', 'bold'], [' '], ...tabs], width, theme);
}

function footerContexts(model: ShellModel, state: ShellState): readonly Context[] {
  return state.help ? ['overlay'] : [...(model.active?.contexts() ?? []), 'shell'];
}

/** As many hints as fit; help and quit, which come last in the table, are kept. */
function footerLine(contexts: readonly Context[], hasTabs: boolean, width: number, theme: Theme): string {
  if (contexts[0] === 'overlay')
    return paintRow(
      [
        [' Esc', 'accent'],
        [' close', 'dim'],
      ],
      width,
      theme,
    );
  const asks = contexts[0] === 'dialog';
  const hints = footerHints(contexts).filter(({ word }) => word !== 'tabs' || (hasTabs && !asks));
  const toRow = ({ key, word }: { key: string; word: string }): Segment[] => [
    [` ${key}`, 'accent'],
    [` ${word} `, 'dim'],
  ];
  const right = hints.slice(-2).flatMap(toRow);
  let room = width - rowWidth(right) - 1;
  const left: Segment[] = [];
  for (const hint of hints.slice(0, -2)) {
    const segments = toRow(hint);
    const size = segments.reduce((sum, [text]) => sum + displayWidth(text), 0);
    if (size > room) break;
    room -= size;
    left.push(...segments);
  }
  return paintRow(spreadRow(left, right, width, theme), width, theme);
}

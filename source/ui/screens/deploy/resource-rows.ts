import type { Progress } from '../../../deploy/deploy-state.ts';
import { formatDuration, shortType } from '../../format.ts';
import type { Row } from '../../row.ts';
import { cleanLine, padText, padTextStart } from '../../text.ts';
import { progressLook, type Style, type Theme } from '../../theme.ts';
import type { TreeItem } from './resource-tree.ts';
import { groupWord, statusWord } from './status-word.ts';

export type RowContext = { theme: Theme; width: number; now: number; frame: number; over?: boolean };

const wordWidth = 15;
const timeWidth = 6;

/** One row of the tree: name, type, word, time. On a narrow screen the type gives way first. */
export function resourceRow(item: TreeItem, context: RowContext): Row {
  const { theme, width } = context;
  const { ellipsis } = theme.glyphs;
  if (item.kind === 'note') {
    const label = item.label === '' ? '' : `${item.label}: `;
    return [
      [`      ${label}`, 'dim'],
      [cleanLine(item.text), item.bad ? 'bad' : 'plain'],
    ];
  }
  const rest = width - wordWidth - timeWidth - 1;
  if (item.kind === 'group') {
    const { group, folded } = item;
    const look = progressLook(theme, group.progress, context.frame);
    const nameWidth = Math.max(10, Math.floor((rest - 4) * 0.55));
    const count = group.total > 0 ? `${group.done}/${group.total}` : '';
    return [
      [`${group.total === 0 ? ' ' : folded ? theme.glyphs.closed : theme.glyphs.open} `, 'dim'],
      [`${look.glyph} `, look.style],
      [padText(group.name, nameWidth, ellipsis), 'bold'],
      [padText(` ${group.type}${count === '' ? '' : ` ${count}`}`, rest - 4 - nameWidth, ellipsis), 'dim'],
      [
        padText(
          ` ${context.over === true && group.progress === 'waiting' ? 'not started' : groupWord(group.progress)}`,
          wordWidth,
          ellipsis,
        ),
        wordStyle(group.progress, look.style),
      ],
      [padTextStart(timeOf(group, group.progress, context), timeWidth, ellipsis), 'dim'],
    ];
  }
  const { resource } = item;
  const look = progressLook(theme, resource.progress, context.frame);
  const style = resource.provisional ? 'warn' : look.style;
  const nameWidth = Math.max(10, Math.floor((rest - 6) * 0.55));
  return [
    ['  '],
    [`${item.last ? theme.glyphs.lastBranch : theme.glyphs.branch} `, 'dim'],
    [`${resource.provisional ? theme.glyphs.warning : look.glyph} `, style],
    [padText(resource.logicalId, nameWidth, ellipsis)],
    [padText(` ${shortType(resource.resourceType)}`, rest - 6 - nameWidth, ellipsis), 'dim'],
    [
      padText(
        ` ${context.over === true && resource.progress === 'waiting' ? 'not started' : statusWord(resource)}`,
        wordWidth,
        ellipsis,
      ),
      wordStyle(resource.progress, style),
    ],
    [padTextStart(timeOf(resource, resource.progress, context), timeWidth, ellipsis), 'dim'],
  ];
}

function wordStyle(progress: Progress, style: Style): Style {
  return progress === 'done' ? 'plain' : style;
}

/** How long it took, or how long it runs; what only waits has no time. */
function timeOf(
  span: { startedAt?: string; finishedAt?: string },
  progress: Progress,
  context: RowContext,
): string {
  if (span.startedAt === undefined) return '';
  const start = Date.parse(span.startedAt);
  if (span.finishedAt !== undefined && progress !== 'running' && progress !== 'rolling-back') {
    return formatDuration(Date.parse(span.finishedAt) - start);
  }
  if (progress !== 'running' && progress !== 'rolling-back') return '';
  return formatDuration(context.now - start, true);
}

import type { DeployState } from '../../../deploy/deploy-state.ts';
import { progressOf } from '../../../deploy/progress-of.ts';
import { formatDuration } from '../../format.ts';
import { paintRow, type Row } from '../../row.ts';
import { cleanLine, displayWidth, padText, wrapText } from '../../text.ts';
import { createTheme, resultLook, unicodeWanted } from '../../theme.ts';
import { targetName } from './header-rows.ts';
import { sourcePlace } from './side-rows.ts';

const verbs = {
  deploy: 'Deploy of',
  delete: 'Deletion of',
  attach: 'Operation on',
  cancel: 'Cancelling on',
  rollback: 'Rollback of',
} as const;

/**
 * What stays in the scrollback after the screen is closed: outcome and time, the first cause of a failure with
 * its place in the config, outputs and links in full. Ends with a line end.
 */
export function formatDeploySummary(
  state: DeployState,
  options: { color: boolean; width: number; unicode?: boolean; attachCommand?: string },
): string {
  const theme = createTheme({
    color: options.color,
    unicode: options.unicode ?? unicodeWanted(process.env),
  });
  const { dot, arrow, failed, info } = theme.glyphs;
  const rows: Row[] = [];
  const { started, result, error } = state;
  const name = started === undefined ? '' : `${verbs[started.operation]} ${started.stackName} `;
  const where = started === undefined ? '' : ` ${dot} ${targetName(state)}`;
  if (result !== undefined) {
    const look = resultLook(theme, result.status);
    const { total, done } = progressOf(state);
    const count = total > 0 ? ` ${dot} ${done} of ${total} resources` : '';
    rows.push([
      [`${look.glyph} `, look.style],
      [name],
      [look.word, look.style],
      [` in ${formatDuration(result.milliseconds)}${count}${where}`, 'dim'],
    ]);
  } else if (error !== undefined) {
    rows.push([[`${failed} `, 'badBold'], [name], ['stopped by an error', 'badBold'], [where, 'dim']]);
  } else {
    rows.push([[`${info} `, 'warn'], [name], ['is not being watched any more', 'warn'], [where, 'dim']]);
  }
  for (const row of whyRows(state, options.width, arrow)) rows.push([['  '], ...row]);
  for (const row of pairRows([...Object.entries(state.outputs), ...state.links.map(linkPair)])) {
    rows.push([['  '], ...row]);
  }
  for (const { level, message } of state.notices) {
    if (level === 'warning') rows.push([['  '], [`${theme.glyphs.warning} ${cleanLine(message)}`, 'warn']]);
  }
  if (started !== undefined && (result === undefined ? error === undefined : result.status === 'detached')) {
    rows.push([
      ['  watch it again: ', 'dim'],
      [options.attachCommand ?? `stp attach --stage ${started.stage}${targetFlags(state)}`, 'bold'],
    ]);
  }
  // Not cut: a URL has to be whole, and the terminal can wrap.
  return `${rows.map((row) => paintRow(row, Number.MAX_SAFE_INTEGER, theme)).join('\n')}\n`;
}

function targetFlags(state: DeployState): string {
  const { started } = state;
  if (started?.target.kind === 'local') return ' --local';
  const region = started === undefined ? '' : ` --region ${started.region}`;
  const endpoint = started?.target.endpoint === undefined ? '' : ` --endpoint-url ${started.target.endpoint}`;
  return region + endpoint;
}

function linkPair({ title, url }: { title: string; url: string }): [string, string] {
  return [title, url];
}

function pairRows(pairs: readonly (readonly [string, string])[]): Row[] {
  const width = Math.min(32, Math.max(0, ...pairs.map(([key]) => displayWidth(key))));
  return pairs.map(([key, value]) => [
    [displayWidth(key) > width ? key : padText(key, width), 'bold'],
    [`  ${cleanLine(value)}`, 'info'],
  ]);
}

function whyRows(state: DeployState, width: number, arrow: string): Row[] {
  const { cause, error } = state;
  const wrapWidth = Math.max(20, width - 4);
  if (cause === undefined) {
    if (error === undefined) return [];
    const message = wrapText(error.message, wrapWidth).map((line): Row => [[line, 'bad']]);
    return error.hint === undefined ? message : [...message, [[`${arrow} ${error.hint}`]]];
  }
  const rows: Row[] = [];
  if (cause.logicalId !== undefined) {
    const owner = cause.resource === undefined ? '' : `${cause.resource} ${arrow} `;
    const type = cause.resourceType === undefined ? '' : ` (${cause.resourceType})`;
    rows.push([
      [`${owner}${cause.logicalId}`, 'bold'],
      [type, 'dim'],
    ]);
  }
  for (const line of wrapText(cause.message, wrapWidth)) rows.push([[line, 'bad']]);
  const place = sourcePlace(cause);
  if (place !== undefined)
    rows.push([
      ['at ', 'dim'],
      [place, 'info'],
    ]);
  if (cause.hint !== undefined) rows.push([[`${arrow} ${cause.hint}`]]);
  for (const line of cause.logTail ?? []) rows.push([[`  ${cleanLine(line)}`, 'dim']]);
  return rows;
}

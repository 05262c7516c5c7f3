import { type Phase, phases } from '../../../deploy/deploy-event.ts';
import type { DeployState, PhaseState } from '../../../deploy/deploy-state.ts';
import { progressOf } from '../../../deploy/progress-of.ts';
import { progressBar } from '../../components/progress-bar.ts';
import { formatDuration } from '../../format.ts';
import { type Row, type Segment, spreadRow } from '../../row.ts';
import { cleanLine } from '../../text.ts';
import { phaseLook, resultLook, spinnerFrame, type Theme } from '../../theme.ts';
import type { RowContext } from './resource-rows.ts';

const operations = {
  deploy: 'Deploying',
  delete: 'Deleting',
  attach: 'Watching',
  cancel: 'Cancelling',
  rollback: 'Rolling back',
} as const;

/** Where it goes, in words. */
export function targetName(state: DeployState): string {
  const { started } = state;
  if (started === undefined) return '';
  switch (started.target.kind) {
    case 'local':
      return 'embedded AWS';
    case 'endpoint':
      return `${started.region} at ${started.target.endpoint ?? 'an endpoint'}`;
    case 'aws':
      return `AWS ${started.region}`;
  }
}

export function isOver(state: DeployState): boolean {
  return state.result !== undefined || state.error !== undefined;
}

function elapsed(state: DeployState, now: number): string {
  if (state.result !== undefined) return formatDuration(state.result.milliseconds);
  if (state.started === undefined) return '';
  const end = state.error !== undefined && state.lastAt !== undefined ? Date.parse(state.lastAt) : now;
  return formatDuration(end - Date.parse(state.started.at), true);
}

/** Operation, stack, stage and target; at the right what it is doing and for how long. */
export function headerRow(state: DeployState, context: RowContext): Row {
  const { theme } = context;
  const { dot } = theme.glyphs;
  const { started } = state;
  if (started === undefined)
    return [
      [' Starting', 'bold'],
      [theme.glyphs.ellipsis, 'dim'],
    ];
  const left: Row = [
    [` ${isOver(state) ? '' : `${operations[started.operation]} `}`],
    [started.stackName, 'bold'],
    [`  ${started.stage} ${dot} ${targetName(state)}`, 'dim'],
  ];
  return spreadRow(left, stateSegments(state, context), context.width, theme);
}

function stateSegments(state: DeployState, { theme, frame, now }: RowContext): Segment[] {
  const time: Segment = [` ${elapsed(state, now)} `, 'bold'];
  if (state.result !== undefined) {
    const { glyph, style, word } = resultLook(theme, state.result.status);
    return [[`${glyph} ${word}`, style], time];
  }
  if (state.error !== undefined) return [[`${theme.glyphs.failed} stopped by an error`, 'badBold'], time];
  if (state.connection.status === 'lost') {
    const since =
      state.connection.since === undefined
        ? ''
        : ` for ${formatDuration(now - Date.parse(state.connection.since), true)}`;
    return [[`${theme.glyphs.warning} connection lost${since}, still trying`, 'warnBold'], time];
  }
  const spinner = spinnerFrame(theme, frame);
  if (state.question !== undefined)
    return [[`${theme.glyphs.warning} waits for your answer`, 'warnBold'], time];
  if (state.cancelling) return [[`${spinner} cancelling`, 'warnBold'], time];
  if (state.connection.status === 'throttled') return [[`${spinner} AWS asks to slow down`, 'warn'], time];
  return [[spinner, 'info'], time];
}

/** The phases on one line, with their times where there is room. */
export function phaseRow(state: DeployState, context: RowContext): Row {
  const full = phaseSegments(state, context, true);
  const width = full.reduce((sum, [text]) => sum + text.length, 0);
  return width <= context.width ? full : phaseSegments(state, context, false);
}

function phaseSegments(state: DeployState, { theme, frame, now }: RowContext, times: boolean): Segment[] {
  return phases.flatMap((phase: Phase): Segment[] => {
    const current = state.phases[phase];
    const look = phaseLook(theme, current.status, frame);
    const time = times ? phaseTime(current, now) : '';
    return [
      [` ${look.glyph} `, look.style],
      [phase, current.status === 'running' ? 'bold' : current.status === 'failed' ? 'bad' : 'plain'],
      [time === '' ? ' ' : ` ${time} `, 'dim'],
    ];
  });
}

function phaseTime(phase: PhaseState, now: number): string {
  if (phase.startedAt === undefined || phase.status === 'skipped') return '';
  const start = Date.parse(phase.startedAt);
  if (phase.finishedAt !== undefined) return formatDuration(Date.parse(phase.finishedAt) - start);
  return phase.status === 'running' ? formatDuration(now - start, true) : '';
}

/** How many of the resources are done; before there is a plan, what the running phase says of itself. */
export function progressRow(state: DeployState, context: RowContext): Row {
  const { theme, width } = context;
  const progress = progressOf(state);
  const message = phases
    .map((phase) => state.phases[phase])
    .findLast(({ status }) => status === 'running')?.message;
  if (progress.total === 0) {
    return state.error === undefined ? [[` ${cleanLine(message ?? '')}`, 'dim']] : errorRow(state, theme);
  }
  const failed = progress.failed > 0 ? `, ${progress.failed} failed` : '';
  const running = progress.running > 0 ? `, ${progress.running} in progress` : '';
  const text = ` ${progress.done} of ${progress.total} resources${running}${failed} `;
  const style = state.cause !== undefined || progress.failed > 0 ? 'bad' : state.cancelling ? 'warn' : 'info';
  const barWidth = Math.max(10, Math.min(40, width - 52));
  return [
    [' '],
    ...progressBar(progress.done, progress.total, barWidth, theme, progress.percent === 100 ? 'good' : style),
    [` ${String(progress.percent).padStart(3)}%`, 'bold'],
    [text, 'dim'],
  ];
}

function errorRow(state: DeployState, theme: Theme): Row {
  return [[` ${theme.glyphs.failed} ${cleanLine(state.error?.message ?? '')}`, 'bad']];
}

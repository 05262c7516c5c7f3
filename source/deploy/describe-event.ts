import type { DeployEvent, PlannedChange, ResultStatus, StackEvent } from './deploy-event.ts';
import type { DeployState } from './deploy-state.ts';
import { isCancelled, isStackItself } from './resource-progress.ts';

/** A state is told by a symbol and a word, never by colour alone. */
const marks = {
  done: '✔',
  failed: '✖',
  running: '●',
  back: '↺',
  skipped: '–',
  note: 'i',
  warning: '!',
  ask: '?',
};

/**
 * One readable line for an event, for plain output and the event pane; undefined for events that say nothing by
 * themselves. `state` is the one after the event. No colour, no time, no line ends.
 */
export function describeEvent(event: DeployEvent, state: DeployState): string | undefined {
  const text = describe(event, state);
  return text?.replace(/\s*\n\s*/g, ' ');
}

function describe(event: DeployEvent, state: DeployState): string | undefined {
  switch (event.type) {
    case 'started': {
      const where = event.target.kind === 'local' ? 'the embedded AWS' : event.region;
      const endpoint = event.target.kind === 'endpoint' ? ` at ${event.target.endpoint}` : '';
      return `${marks.running} ${event.operation} ${event.stackName} · ${where}${endpoint} · ${event.id}`;
    }
    case 'phase':
      return describePhase(event, state);
    case 'artifact':
      return describeArtifact(event);
    case 'upload':
      return describeUpload(event);
    case 'plan':
      return `${marks.note} ${describePlan(event.changes)}`;
    case 'question':
      return `${marks.ask} ${[event.question.message, ...event.question.reasons].join(' · ')}`;
    case 'answer':
      return `${event.answer === 'yes' ? marks.done : marks.skipped} answered ${event.answer}`;
    case 'stack-event':
      return describeStackEvent(event, state);
    case 'stack-status':
      // The same is said by the stack's own event, with its time.
      return undefined;
    case 'connection':
      if (event.status === 'ok') return `${marks.done} connection is back`;
      if (event.status === 'throttled')
        return `${marks.warning} AWS asks for fewer calls; watching more slowly`;
      return `${marks.warning} connection lost, trying again; the stack goes on by itself: ${event.message ?? ''}`;
    case 'cancel-requested':
      return event.effect === 'delete'
        ? `${marks.back} cancelling: the new stack is deleted`
        : `${marks.back} cancelling: the stack is rolled back`;
    case 'cause': {
      const { cause } = event;
      const place = cause.source ? ` (${cause.source.file}:${cause.source.line}:${cause.source.column})` : '';
      const what = cause.logicalId === undefined ? '' : `${cause.resource ?? cause.logicalId}${place}: `;
      return `${marks.failed} cause: ${what}${cause.message}${cause.hint === undefined ? '' : ` — ${cause.hint}`}`;
    }
    case 'notice':
      return `${event.level === 'warning' ? marks.warning : marks.note} ${event.message}`;
    case 'outputs': {
      const entries = Object.entries(event.outputs);
      return entries.length === 0
        ? undefined
        : `${marks.note} outputs: ${entries.map(([name, value]) => `${name}=${value}`).join(' · ')}`;
    }
    case 'result':
      return `${resultMark(event.status)} ${describeResult(event.status)} in ${seconds(event.milliseconds)}`;
    case 'error':
      return `${marks.failed} ${event.message}${event.hint === undefined ? '' : ` — ${event.hint}`}`;
  }
}

const describePhase = (event: Extract<DeployEvent, { type: 'phase' }>, state: DeployState) => {
  const message = event.message === undefined ? '' : `: ${event.message}`;
  switch (event.status) {
    case 'running':
      return `${marks.running} ${event.phase} running`;
    case 'skipped':
      return `${marks.skipped} ${event.phase} skipped${message}`;
    default: {
      const { startedAt } = state.phases[event.phase];
      const time =
        startedAt === undefined ? '' : ` in ${seconds(Date.parse(event.at) - Date.parse(startedAt))}`;
      return `${event.status === 'done' ? marks.done : marks.failed} ${event.phase} ${event.status}${message}${time}`;
    }
  }
};

function describeArtifact(event: Extract<DeployEvent, { type: 'artifact' }>): string | undefined {
  const size = event.zippedBytes === undefined ? '' : ` ${bytes(event.zippedBytes)} zipped`;
  switch (event.status) {
    case 'building':
      return undefined;
    case 'built':
      return `${marks.done} built ${event.function}${size}${event.milliseconds === undefined ? '' : ` in ${seconds(event.milliseconds)}`}`;
    case 'cached':
      return `${marks.done} cached ${event.function}${size}`;
    case 'failed':
      return `${marks.failed} failed to build ${event.function}: ${event.message ?? ''}`;
  }
}

function describeUpload(event: Extract<DeployEvent, { type: 'upload' }>): string | undefined {
  switch (event.status) {
    case 'running':
      return undefined;
    case 'sent':
      return `${marks.done} sent ${event.name} ${bytes(event.bytes)}${event.message === undefined ? '' : `: ${event.message}`}`;
    case 'present':
      return `${marks.done} present ${event.name}${event.message === undefined ? ', already in the bucket' : `: ${event.message}`}`;
    case 'failed':
      return `${marks.failed} failed to send ${event.name}: ${event.message ?? ''}`;
  }
}

/** `2 to add, 1 to replace (loses data)`. */
export function describePlan(changes: readonly PlannedChange[]): string {
  if (changes.length === 0) return 'no resource changes';
  const words = { add: 'to add', modify: 'to change', replace: 'to replace', remove: 'to remove' } as const;
  const parts = (['add', 'modify', 'replace', 'remove'] as const).flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length;
    return count === 0 ? [] : [`${count} ${words[action]}`];
  });
  const loss = changes.some((change) => change.losesData) ? ' (loses data)' : '';
  return `plan: ${parts.join(', ')}${loss}`;
}

function describeStackEvent(event: StackEvent, state: DeployState): string {
  const reason = event.reason === undefined ? '' : `: ${event.reason}`;
  if (isStackItself(event))
    return `${stackMark(event.status)} ${event.status} stack ${event.stackName}${reason}`;
  const resource = state.stacks.get(event.stackId)?.resources.get(event.logicalId);
  const owner = event.resource === undefined ? '' : `${event.resource} · `;
  const name = `${owner}${event.logicalId} ${event.resourceType}`;
  const detail = event.detailedStatus === undefined ? '' : ` (${event.detailedStatus})`;
  const ended = !event.status.endsWith('_IN_PROGRESS');
  const time =
    ended && resource?.startedAt !== undefined && resource.finishedAt === event.timestamp
      ? ` in ${seconds(Date.parse(event.timestamp) - Date.parse(resource.startedAt))}`
      : '';
  const mark = eventMark(event, resource?.progress, resource?.provisional === true);
  return `${mark} ${event.status}${detail} ${name}${time}${reason}`;
}

function eventMark(event: StackEvent, progress: string | undefined, provisional: boolean): string {
  if (isCancelled(event.status, event.reason)) return marks.skipped;
  if (event.status.endsWith('_FAILED')) return provisional ? marks.warning : marks.failed;
  if (progress === 'rolling-back' || progress === 'rolled-back') return marks.back;
  return event.status.endsWith('_IN_PROGRESS') ? marks.running : marks.done;
}

function stackMark(status: string): string {
  if (status.endsWith('_FAILED')) return marks.failed;
  if (status.includes('ROLLBACK')) return marks.back;
  return status.endsWith('_IN_PROGRESS') ? marks.running : marks.done;
}

const resultMark = (status: ResultStatus) =>
  ({
    succeeded: marks.done,
    unchanged: marks.done,
    failed: marks.failed,
    rolledBack: marks.back,
    cancelled: marks.back,
    detached: marks.note,
  })[status];

/** The outcome in words, as headings and last lines have it. */
export function describeResult(status: ResultStatus): string {
  return {
    succeeded: 'succeeded',
    unchanged: 'nothing to change',
    failed: 'failed',
    rolledBack: 'failed and rolled back',
    cancelled: 'cancelled',
    detached: 'detached: it goes on without us',
  }[status];
}

/** `850 ms`, `12.3 s`, `4 min 05 s`. */
export function seconds(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.max(0, Math.round(milliseconds))} ms`;
  if (milliseconds < 60_000) return `${(milliseconds / 1000).toFixed(1)} s`;
  const whole = Math.round(milliseconds / 1000);
  return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
}

function bytes(count: number): string {
  if (count < 1024) return `${count} B`;
  if (count < 1024 * 1024) return `${(count / 1024).toFixed(1)} KB`;
  return `${(count / 1024 / 1024).toFixed(1)} MB`;
}

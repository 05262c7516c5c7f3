import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { DeployEvent, Operation, ResultStatus } from './deploy-event.ts';

/** One operation in the record, as `stp replay --list` shows it. */
export type RecordedDeployment = {
  id: string;
  operation: Operation;
  stack: string;
  startedAt: string;
  /** Absent where the program ended before the operation did. */
  finishedAt?: string;
  status?: ResultStatus | 'error';
  /** How many resources the plan changes. */
  changes: number;
};

export type DeploymentRecord = {
  /** Appends the event. The first time that this does not work it says why, and from then on does nothing. */
  write(event: DeployEvent): string | undefined;
  close(): void;
};

/**
 * The record of one operation, `<directory>/<id>.ndjson`. Written event by event, so that a killed program
 * leaves all but at most the last line. A disk that is full or read-only never fails the operation.
 */
export function openRecord(directory: string | undefined, id: string): DeploymentRecord {
  let file: number | undefined;
  let given = directory === undefined;
  const giveUp = (error: unknown) => {
    given = true;
    return error instanceof Error ? error.message : String(error);
  };
  return {
    write(event) {
      if (given || directory === undefined) return undefined;
      try {
        if (file === undefined) {
          mkdirSync(directory, { recursive: true });
          file = openSync(join(directory, `${id}.ndjson`), 'a');
        }
        writeSync(file, `${JSON.stringify(event)}\n`);
        return undefined;
      } catch (error) {
        return giveUp(error);
      }
    },
    close() {
      given = true;
      try {
        if (file !== undefined) closeSync(file);
      } catch {
        // The events are written; whether the file can be closed changes nothing.
      }
      file = undefined;
    },
  };
}

/** All recorded operations, newest first. A folder that is not there is an empty record. */
export function listDeployments(directory: string): RecordedDeployment[] {
  if (!existsSync(directory)) return [];
  const deployments: RecordedDeployment[] = [];
  for (const file of readdirSync(directory)) {
    if (!file.endsWith('.ndjson')) continue;
    const deployment = summarize(readEvents(join(directory, file)));
    if (deployment) deployments.push(deployment);
  }
  return deployments.sort((a, b) => (a.id < b.id ? 1 : -1));
}

/**
 * The events of one operation, oldest first; `id` may be cut short where it still names a single one.
 * @throws UserError `no-such-deployment`
 */
export function readDeployment(directory: string, id: string): DeployEvent[] {
  const known = existsSync(directory)
    ? readdirSync(directory).filter((file) => file.endsWith('.ndjson'))
    : [];
  const matching = known.filter((file) => file.startsWith(id));
  const file =
    known.find((one) => one === `${id}.ndjson`) ?? (matching.length === 1 ? matching[0] : undefined);
  if (file === undefined) {
    const many = matching.length > 1;
    throw new UserError(
      many
        ? `\`${id}\` begins the ids of ${matching.length} deployments.`
        : `No deployment \`${id}\` is recorded.`,
      { code: 'no-such-deployment', hint: 'See `stp replay --list`.' },
    );
  }
  return readEvents(join(directory, file));
}

/** A line that is cut off (a killed program, a full disk) or damaged is passed over. */
function readEvents(path: string): DeployEvent[] {
  const events: DeployEvent[] = [];
  for (const line of readFileSync(path, 'utf8').split('\n')) {
    if (line === '') continue;
    try {
      const event: unknown = JSON.parse(line);
      if (isEvent(event)) events.push(event);
    } catch {
      // Not a whole line.
    }
  }
  return events;
}

function isEvent(value: unknown): value is DeployEvent {
  return typeof value === 'object' && value !== null && 'type' in value && 'at' in value;
}

function summarize(events: DeployEvent[]): RecordedDeployment | undefined {
  const started = events.find((event) => event.type === 'started');
  if (!started) return undefined;
  const plan = events.find((event) => event.type === 'plan');
  const end = events.findLast((event) => event.type === 'result' || event.type === 'error');
  return {
    id: started.id,
    operation: started.operation,
    stack: started.stackName,
    startedAt: started.at,
    ...(end && { finishedAt: end.at, status: end.type === 'result' ? end.status : 'error' }),
    changes: plan?.changes.length ?? 0,
  };
}

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import type { Backend, Operation } from '../../backend.ts';
import { constraintBroken, invalidParameter } from './errors.ts';
import type { EventRow, EventStore } from './event-store.ts';
import { parseFilterPattern } from './filter-pattern/filter-pattern.ts';
import type { LogStore } from './log-store.ts';
import { groupArn, nameInArn, requireGroup } from './names.ts';

const updateMilliseconds = 1_000;
/** What a session shows of one second; of more it shows a sample. */
const mostPerUpdate = 500;
const longestSession = 3 * 3_600_000;
const mostGroups = 10;

/**
 * StartLiveTail: what is taken in from now on, once a second, until the client goes.
 * @param stopping Aborts when the service stops.
 * @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html
 */
export function liveTailOperation(
  backend: Backend,
  store: LogStore,
  events: EventStore,
  stopping: AbortSignal,
) {
  const startLiveTail: Operation<Logs.StartLiveTailCommandInput, Logs.StartLiveTailCommandOutput> = (
    input,
    context,
  ) => {
    const groups = chosenGroups(backend, store, input);
    const isWanted = streamFilter(input);
    const matches = parseFilterPattern(input.logEventFilterPattern ?? '');
    const signal = AbortSignal.any([context.signal, stopping]);
    // Read here and not with the first event: what is written after the answer has begun belongs to it.
    let seen = events.newestId();

    const news = (): EventRow[] => {
      const names = new Map<number, string>();
      for (const name of groups) {
        // A group may be deleted and made again while somebody looks on.
        const group = store.group(name);
        if (group !== undefined) names.set(group.id, name);
      }
      const newest = events.newestId();
      const found: EventRow[] = [];
      for (const row of events.between(seen, newest)) {
        if (names.has(row.groupId) && isWanted(row.stream) && matches(row.message)) found.push(row);
      }
      // Never back: the newest events may have been deleted.
      seen = Math.max(seen, newest);
      return found.sort((a, b) => a.timestamp - b.timestamp || a.id - b.id);
    };

    const groupOf = (row: EventRow): string =>
      groups.find((name) => store.group(name)?.id === row.groupId) ?? '';

    async function* session(): AsyncGenerator<Logs.StartLiveTailResponseStream> {
      const startedAt = backend.now();
      yield {
        sessionStart: {
          requestId: context.requestId,
          sessionId: randomUUID(),
          logGroupIdentifiers: groups.map((name) => groupArn(backend, name)),
          logStreamNames: input.logStreamNames ?? [],
          logStreamNamePrefixes: input.logStreamNamePrefixes ?? [],
          logEventFilterPattern: input.logEventFilterPattern ?? '',
        },
      };
      while (await waited(updateMilliseconds, signal)) {
        if (backend.now() - startedAt > longestSession) {
          yield {
            SessionTimeoutException: {
              name: 'SessionTimeoutException',
              message: 'The session has reached its limit of three hours.',
            } as Logs.SessionTimeoutException,
          };
          return;
        }
        const found = news();
        const shown = sample(found, mostPerUpdate);
        yield {
          sessionUpdate: {
            sessionMetadata: { sampled: shown.length < found.length },
            sessionResults: shown.map((row) => ({
              logStreamName: row.stream,
              logGroupIdentifier: `${backend.accountId}:${groupOf(row)}`,
              message: row.message,
              timestamp: row.timestamp,
              ingestionTime: row.ingestedAt,
            })),
          },
        };
      }
    }

    return { responseStream: session() };
  };
  return { StartLiveTail: startLiveTail };
}

/** Whether the time has passed; it has not when the signal came first. */
const waited = (milliseconds: number, signal: AbortSignal): Promise<boolean> =>
  sleep(milliseconds, true, { signal }).catch(() => false);

/** Names of the groups. */
function chosenGroups(
  backend: Backend,
  store: LogStore,
  { logGroupIdentifiers = [], logStreamNames, logStreamNamePrefixes }: Logs.StartLiveTailCommandInput,
): string[] {
  if (logGroupIdentifiers.length === 0 || logGroupIdentifiers.length > mostGroups) {
    throw constraintBroken(
      'logGroupIdentifiers',
      `[${logGroupIdentifiers.join(', ')}]`,
      `have length between 1 and ${mostGroups}`,
    );
  }
  if (logStreamNames !== undefined && logStreamNamePrefixes !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.');
  }
  if ((logStreamNames ?? logStreamNamePrefixes) !== undefined && logGroupIdentifiers.length > 1) {
    throw invalidParameter(
      'logStreamNames and logStreamNamePrefixes can be used only with a single log group identifier.',
    );
  }
  const names = logGroupIdentifiers.map((arn) => {
    // Here AWS wants ARNs, and those without the star.
    if (nameInArn(arn) === undefined || arn.endsWith(':*')) {
      throw invalidParameter(
        `The log group identifier ${arn} is not the ARN of a log group, such as ${groupArn(backend, 'name')}`,
      );
    }
    return requireGroup(store, { logGroupIdentifier: arn }).name;
  });
  return [...new Set(names)];
}

function streamFilter(input: Logs.StartLiveTailCommandInput): (stream: string) => boolean {
  const { logStreamNames, logStreamNamePrefixes } = input;
  if (logStreamNames !== undefined) {
    const names = new Set(logStreamNames);
    return (stream) => names.has(stream);
  }
  if (logStreamNamePrefixes === undefined) return () => true;
  return (stream) => logStreamNamePrefixes.some((prefix) => stream.startsWith(prefix));
}

/** Of too many, so many that stand evenly apart. */
function sample<T>(all: readonly T[], most: number): readonly T[] {
  if (all.length <= most) return all;
  return all.filter(
    (_, index) => Math.floor((index * most) / all.length) !== Math.floor(((index - 1) * most) / all.length),
  );
}

import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { checkRange, invalidParameter, streamNotFound } from './errors.ts';
import type { LogStore, StreamCursor, StreamRow } from './log-store.ts';
import { checkStreamName, groupArn, requireGroup } from './names.ts';
import { pageToken, readPageToken } from './position.ts';

/** Operations on log streams. */
export function streamOperations(backend: Backend, store: LogStore) {
  const createLogStream: Operation<Logs.CreateLogStreamCommandInput, Logs.CreateLogStreamCommandOutput> = (
    input,
  ) => {
    const name = checkStreamName(input.logStreamName ?? '');
    const group = requireGroup(store, { logGroupName: input.logGroupName });
    if (store.stream(group.id, name) !== undefined) {
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    store.insertStream(group.id, name, backend.now());
    return {};
  };

  const deleteLogStream: Operation<Logs.DeleteLogStreamCommandInput, Logs.DeleteLogStreamCommandOutput> = (
    input,
  ) => {
    const group = requireGroup(store, { logGroupName: input.logGroupName });
    store.removeStream(requireStream(store, group.id, input.logStreamName ?? '').id);
    return {};
  };

  const describeLogStreams: Operation<
    Logs.DescribeLogStreamsCommandInput,
    Logs.DescribeLogStreamsCommandOutput
  > = (input) => {
    const { logStreamNamePrefix, orderBy = 'LogStreamName', descending = false, nextToken } = input;
    const limit = checkRange('limit', input.limit ?? 50, 1, 50);
    if (orderBy === 'LastEventTime' && logStreamNamePrefix !== undefined) {
      throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.');
    }
    const group = requireGroup(store, input);
    const after = nextToken === undefined ? undefined : readPageToken(nextToken, isCursor);
    const by = orderBy === 'LastEventTime' ? 'lastEvent' : 'name';
    const order = { by, descending, after, limit: limit + 1 } as const;
    const found = store.streams(group.id, logStreamNamePrefix ?? '', order);
    const page = found.slice(0, limit);
    const last = page.at(-1);
    const arn = groupArn(backend, group.name);
    return {
      logStreams: page.map((stream) => describe(stream, arn)),
      ...(found.length > limit && last !== undefined
        ? { nextToken: pageToken({ name: last.name, lastEventAt: last.lastEventAt ?? 0 }) }
        : {}),
    };
  };

  return {
    CreateLogStream: createLogStream,
    DeleteLogStream: deleteLogStream,
    DescribeLogStreams: describeLogStreams,
  };
}

/** @throws ServiceError InvalidParameterException, ResourceNotFoundException */
export function requireStream(store: LogStore, groupId: number, name: string): StreamRow {
  const stream = store.stream(groupId, checkStreamName(name));
  if (stream === undefined) throw streamNotFound();
  return stream;
}

/** Tokens have had no meaning since 2023; those who send the last one back may go on doing so. */
export const sequenceToken = ({ id }: Pick<StreamRow, 'id'>): string => `49${String(id).padStart(54, '0')}`;

function describe(stream: StreamRow, arnOfGroup: string): Logs.LogStream {
  const { firstEventAt, lastEventAt, lastIngestedAt } = stream;
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(firstEventAt === null ? {} : { firstEventTimestamp: firstEventAt }),
    ...(lastEventAt === null ? {} : { lastEventTimestamp: lastEventAt }),
    ...(lastIngestedAt === null ? {} : { lastIngestionTime: lastIngestedAt }),
    uploadSequenceToken: sequenceToken(stream),
    arn: `${arnOfGroup}:log-stream:${stream.name}`,
    // CloudWatch has not counted the bytes of streams since 2019, only those of groups.
    storedBytes: 0,
  };
}

const isCursor = (value: unknown): value is StreamCursor =>
  typeof value === 'object' &&
  value !== null &&
  'name' in value &&
  typeof value.name === 'string' &&
  'lastEventAt' in value &&
  typeof value.lastEventAt === 'number';

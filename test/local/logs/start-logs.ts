import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  type FilteredLogEvent,
  type FilterLogEventsCommandInput,
  PutLogEventsCommand,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { startTestAws, type TestAws } from '../start-test-aws.ts';

export type TestLogs = {
  aws: TestAws;
  /** Another one after `restart`: connections of the one before are gone. */
  readonly client: CloudWatchLogsClient;
  restart(): Promise<void>;
  /** Makes a group with these streams. */
  group(logGroupName: string, ...streams: string[]): Promise<void>;
  /** Writes messages with their times, in milliseconds since 1970. */
  put(logGroupName: string, logStreamName: string, ...events: (readonly [number, string])[]): Promise<void>;
  /** Every event that FilterLogEvents finds, over all pages. */
  filter(input: FilterLogEventsCommandInput): Promise<FilteredLogEvent[]>;
};

/** `now` stands still where it is given. */
export async function startLogs(now?: () => number): Promise<TestLogs> {
  const aws = await startTestAws({ services: ['logs'], ...(now === undefined ? {} : { now }) });
  let client = aws.client(CloudWatchLogsClient);
  return {
    aws,
    get client() {
      return client;
    },
    async restart() {
      await aws.restart();
      client = aws.client(CloudWatchLogsClient);
    },
    async group(logGroupName, ...streams) {
      await client.send(new CreateLogGroupCommand({ logGroupName }));
      for (const logStreamName of streams) {
        await client.send(new CreateLogStreamCommand({ logGroupName, logStreamName }));
      }
    },
    async put(logGroupName, logStreamName, ...events) {
      const logEvents = events.map(([timestamp, message]) => ({ timestamp, message }));
      await client.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }));
    },
    async filter(input) {
      const found: FilteredLogEvent[] = [];
      for await (const { events = [] } of paginateFilterLogEvents({ client }, input)) found.push(...events);
      return found;
    },
  };
}

/** Name and message of the error that a request is answered with. */
export async function failure(request: Promise<unknown>): Promise<{ name: string; message: string }> {
  const error = await request.then(
    () => new Error('The request succeeded.'),
    (reason: Error) => reason,
  );
  return { name: error.name, message: error.message };
}

export const messages = (events: readonly { message?: string | undefined }[] = []): (string | undefined)[] =>
  events.map(({ message }) => message);

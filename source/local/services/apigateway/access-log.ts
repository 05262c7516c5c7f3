import type { AccessLogSettings } from '@aws-sdk/client-apigatewayv2';
import type { Backend } from '../../backend.ts';

/** Values of `$context`, by name without the prefix: `routeKey`, `identity.sourceIp`. */
export type LogContext = Record<string, string | number | undefined>;

/** One line in a stage's format; what is not known is `-`. */
export const formatAccessLog = (format: string, context: LogContext): string =>
  format.replace(/\$context\.([A-Za-z0-9_]+(?:\.[A-Za-z0-9_-]+)*)/g, (_, name: string) =>
    String(context[name] ?? '-'),
  );

export type AccessLog = {
  write(settings: AccessLogSettings, apiId: string, stage: string, context: LogContext): void;
  /** Resolves when every line is written. */
  flush(): Promise<void>;
};

const batchMilliseconds = 50;

/** Access logs of all APIs, in CloudWatch Logs. The group has to be there, as on AWS; the stream is made. */
export function createAccessLog(backend: Backend): AccessLog {
  const pending = new Map<
    string,
    { group: string; stream: string; events: { timestamp: number; message: string }[] }
  >();
  const streams = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  async function send(group: string, stream: string, logEvents: object[]): Promise<void> {
    const names = { logGroupName: group, logStreamName: stream };
    if (!streams.has(`${group}:${stream}`)) {
      try {
        await backend.call('logs', 'CreateLogStream', names);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ResourceAlreadyExistsException') throw error;
      }
      streams.add(`${group}:${stream}`);
    }
    await backend.call('logs', 'PutLogEvents', { ...names, logEvents });
  }

  const flush = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    for (const [key, { group, stream, events }] of pending) {
      pending.delete(key);
      writing = writing
        .then(() => send(group, stream, events))
        .catch((error: unknown) => {
          streams.delete(key);
          backend.log(`apigateway: access log ${group}: ${error}`);
        });
    }
    return writing;
  };

  return {
    write({ DestinationArn = '', Format = '' }, apiId, stage, context) {
      const group = /:log-group:([^:]+)/.exec(DestinationArn)?.[1];
      if (group === undefined) return;
      const stream = `${apiId}/${stage.replace('$', '')}`;
      const key = `${group}:${stream}`;
      const batch = pending.get(key) ?? { group, stream, events: [] };
      batch.events.push({ timestamp: backend.now(), message: formatAccessLog(Format, context) });
      pending.set(key, batch);
      timer ??= setTimeout(flush, batchMilliseconds);
    },
    flush,
  };
}

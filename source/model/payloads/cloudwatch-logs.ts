/** What a subscription of a log group delivers. */
export type LogDelivery = {
  owner: string;
  logGroup: string;
  logStream: string;
  subscriptionFilters: readonly string[];
  /** Timestamps in milliseconds since the epoch. */
  logEvents: readonly { id: string; timestamp: number; message: string }[];
};

/**
 * Log events as a function gets them: JSON, compressed with gzip, as base64.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html
 */
export function cloudwatchLogsEvent(delivery: LogDelivery): { awslogs: { data: string } } {
  const { gzipSync } = process.getBuiltinModule('node:zlib');
  const json = JSON.stringify({ messageType: 'DATA_MESSAGE', ...delivery });
  return { awslogs: { data: gzipSync(json).toString('base64') } };
}

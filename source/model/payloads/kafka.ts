/** A record of a topic; key and value are base64 where they come to the function. */
export type KafkaRecord = {
  partition: number;
  offset: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  key?: Uint8Array;
  value: Uint8Array;
};

/**
 * Records of a self-managed Kafka cluster, grouped by partition.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kafka.html
 */
export function kafkaEvent(of: {
  bootstrapServers: readonly string[];
  topic: string;
  records: readonly KafkaRecord[];
}) {
  const records: Record<string, unknown[]> = {};
  for (const record of of.records) {
    const group = `${of.topic}-${record.partition}`;
    records[group] = [
      ...(records[group] ?? []),
      {
        topic: of.topic,
        partition: record.partition,
        offset: record.offset,
        timestamp: record.timestamp,
        timestampType: 'CREATE_TIME',
        ...(record.key ? { key: Buffer.from(record.key).toString('base64') } : {}),
        value: Buffer.from(record.value).toString('base64'),
        headers: [],
      },
    ];
  }
  return { eventSource: 'SelfManagedKafka', bootstrapServers: of.bootstrapServers.join(','), records };
}

/** A record of a stream. */
export type StreamRecord = {
  partitionKey: string;
  sequenceNumber: string;
  shardId: string;
  data: Uint8Array;
  /** Milliseconds since the epoch. */
  arrival: number;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html */
export const kinesisEvent = (of: {
  /** ARN of the stream, or of its consumer where the function has one. */
  sourceArn: string;
  roleArn: string;
  records: readonly StreamRecord[];
}) => ({
  Records: of.records.map((record) => ({
    kinesis: {
      kinesisSchemaVersion: '1.0',
      partitionKey: record.partitionKey,
      sequenceNumber: record.sequenceNumber,
      data: Buffer.from(record.data).toString('base64'),
      approximateArrivalTimestamp: record.arrival / 1000,
    },
    eventSource: 'aws:kinesis',
    eventVersion: '1.0',
    eventID: `${record.shardId}:${record.sequenceNumber}`,
    eventName: 'aws:kinesis:record',
    invokeIdentityArn: of.roleArn,
    awsRegion: of.sourceArn.split(':')[3] ?? '',
    eventSourceARN: of.sourceArn,
  })),
});

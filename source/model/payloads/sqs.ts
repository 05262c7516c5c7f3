/** A message as a consumer received it. */
export type QueueMessage = {
  messageId: string;
  receiptHandle: string;
  body: string;
  md5OfBody: string;
  /** Milliseconds since the epoch. */
  sentTimestamp: number;
  firstReceiveTimestamp: number;
  receiveCount: number;
  senderId: string;
  /** Of first-in-first-out queues. */
  fifo?: { groupId: string; deduplicationId: string; sequenceNumber: string };
  messageAttributes?: Record<string, { dataType: string; stringValue?: string; binaryValue?: string }>;
};

/**
 * A batch of messages as Lambda hands it to a function.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html
 */
export const sqsEvent = ({
  queueArn,
  messages,
}: {
  queueArn: string;
  messages: readonly QueueMessage[];
}) => ({
  Records: messages.map((message) => ({
    messageId: message.messageId,
    receiptHandle: message.receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.receiveCount),
      SentTimestamp: String(message.sentTimestamp),
      ...(message.fifo
        ? {
            SequenceNumber: message.fifo.sequenceNumber,
            MessageGroupId: message.fifo.groupId,
            MessageDeduplicationId: message.fifo.deduplicationId,
          }
        : {}),
      SenderId: message.senderId,
      ApproximateFirstReceiveTimestamp: String(message.firstReceiveTimestamp),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes ?? {}).map(([name, attribute]) => [
        name,
        { ...attribute, stringListValues: [], binaryListValues: [] },
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  })),
});

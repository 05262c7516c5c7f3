/** A change of an item; attributes are written as DynamoDB has them: `{id: {S: '1'}}`. */
export type ItemChange = {
  eventId: string;
  eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  /** Milliseconds since the epoch. */
  createdAt: number;
  keys: Record<string, unknown>;
  newImage?: Record<string, unknown>;
  oldImage?: Record<string, unknown>;
  sequenceNumber: string;
  sizeBytes: number;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export const dynamoDbStreamEvent = (of: {
  streamArn: string;
  viewType: string;
  changes: readonly ItemChange[];
}) => ({
  Records: of.changes.map((change) => ({
    eventID: change.eventId,
    eventName: change.eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: of.streamArn.split(':')[3] ?? '',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(change.createdAt / 1000),
      Keys: change.keys,
      ...(change.newImage ? { NewImage: change.newImage } : {}),
      ...(change.oldImage ? { OldImage: change.oldImage } : {}),
      SequenceNumber: change.sequenceNumber,
      SizeBytes: change.sizeBytes,
      StreamViewType: of.viewType,
    },
    eventSourceARN: of.streamArn,
  })),
});

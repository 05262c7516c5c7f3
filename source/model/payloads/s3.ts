/** What happened to an object. */
export type ObjectEvent = {
  /** Without `s3:` in front: `ObjectCreated:Put`. */
  eventName: string;
  region: string;
  /** Milliseconds since the epoch. */
  time: number;
  bucket: string;
  bucketArn: string;
  configurationId: string;
  principalId: string;
  sourceIp: string;
  requestId: string;
  key: string;
  /** Of what was created. */
  object?: { size: number; eTag: string };
  versionId?: string;
  sequencer: string;
};

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html */
export const s3Event = (event: ObjectEvent) => ({
  Records: [
    {
      eventVersion: '2.1',
      eventSource: 'aws:s3',
      awsRegion: event.region,
      eventTime: new Date(event.time).toISOString(),
      eventName: event.eventName,
      userIdentity: { principalId: event.principalId },
      requestParameters: { sourceIPAddress: event.sourceIp },
      responseElements: { 'x-amz-request-id': event.requestId, 'x-amz-id-2': event.requestId },
      s3: {
        s3SchemaVersion: '1.0',
        configurationId: event.configurationId,
        bucket: {
          name: event.bucket,
          ownerIdentity: { principalId: event.principalId },
          arn: event.bucketArn,
        },
        object: {
          // As in a form: S3 writes a space as a plus sign.
          key: encodeURIComponent(event.key).replaceAll('%20', '+').replaceAll('%2F', '/'),
          ...(event.object ? { size: event.object.size, eTag: event.object.eTag } : {}),
          ...(event.versionId === undefined ? {} : { versionId: event.versionId }),
          sequencer: event.sequencer,
        },
      },
    },
  ],
});

/** A message as a topic hands it to a function. */
export type TopicMessage = {
  topicArn: string;
  subscriptionArn: string;
  messageId: string;
  subject: string | null;
  message: string;
  /** Milliseconds since the epoch. */
  timestamp: number;
  attributes?: Record<string, { Type: string; Value: string }>;
};

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export const snsEvent = (message: TopicMessage) => ({
  Records: [
    {
      EventSource: 'aws:sns',
      EventVersion: '1.0',
      EventSubscriptionArn: message.subscriptionArn,
      Sns: {
        Type: 'Notification',
        MessageId: message.messageId,
        TopicArn: message.topicArn,
        Subject: message.subject,
        Message: message.message,
        Timestamp: new Date(message.timestamp).toISOString(),
        SignatureVersion: '1',
        Signature: 'EXAMPLE',
        SigningCertUrl: 'EXAMPLE',
        UnsubscribeUrl: 'EXAMPLE',
        MessageAttributes: message.attributes ?? {},
      },
    },
  ],
});

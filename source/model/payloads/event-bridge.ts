/** What EventBridge knows of an event. */
export type BusEvent = {
  id: string;
  source: string;
  detailType: string;
  account: string;
  region: string;
  /** Milliseconds since the epoch. */
  time: number;
  resources: readonly string[];
  detail: unknown;
};

/**
 * The event as a function gets it; the time has no milliseconds.
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/overiew-event-structure.html
 */
export const eventBridgeEvent = (event: BusEvent) => ({
  version: '0',
  id: event.id,
  'detail-type': event.detailType,
  source: event.source,
  account: event.account,
  time: new Date(event.time).toISOString().replace(/\.\d{3}Z$/, 'Z'),
  region: event.region,
  resources: event.resources,
  detail: event.detail,
});

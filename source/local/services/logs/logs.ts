import type { Backend, Service } from '../../backend.ts';
import { createEventStore } from './event-store.ts';
import { tagOperations } from './group-tags.ts';
import { groupOperations } from './groups.ts';
import { liveTailOperation } from './live-tail.ts';
import { createLogStore } from './log-store.ts';
import { putLogEventsOperation } from './put-log-events.ts';
import { readOperations } from './read-events.ts';
import { expiresBefore } from './retention.ts';
import { streamOperations } from './streams.ts';
import { subscriptionFilterOperations } from './subscription-filters.ts';

/** CloudWatch Logs: groups, streams, events, live tail; subscription filters as records. */
export function createLogs(backend: Backend): Service {
  const store = createLogStore(backend.database);
  const events = createEventStore(backend.database);
  const stopping = new AbortController();
  return {
    operations: {
      ...groupOperations(backend, store, events),
      ...tagOperations(store),
      ...streamOperations(backend, store),
      ...putLogEventsOperation(backend, store, events),
      ...readOperations(backend, store, events),
      ...liveTailOperation(backend, store, events, stopping.signal),
      ...subscriptionFilterOperations(backend, store, backend.database),
    },
    async start() {
      // Reading leaves out what has expired; here its place is given back.
      for (const group of [...store.groups()]) events.expire(group.id, expiresBefore(group, backend.now()));
    },
    async stop() {
      stopping.abort();
    },
  };
}

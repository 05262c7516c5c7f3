import type { DatabaseSync } from 'node:sqlite';
import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { checkRange, constraintBroken } from './errors.ts';
import { parseFilterPattern } from './filter-pattern/filter-pattern.ts';
import type { LogStore } from './log-store.ts';
import { requireGroup } from './names.ts';
import { isText, pageToken, readPageToken } from './position.ts';

const mostFilters = 2;

/** Subscription filters as records: nothing is sent to their destinations. */
export function subscriptionFilterOperations(backend: Backend, store: LogStore, database: DatabaseSync) {
  database.exec(`
    CREATE TABLE IF NOT EXISTS logs_subscription_filters (
      groupId INTEGER NOT NULL REFERENCES logs_groups (id) ON DELETE CASCADE,
      name TEXT NOT NULL, filter TEXT NOT NULL, PRIMARY KEY (groupId, name)
    ) WITHOUT ROWID
  `);
  const statements = {
    put: database.prepare('INSERT OR REPLACE INTO logs_subscription_filters VALUES (?, ?, ?)'),
    list: database.prepare('SELECT filter FROM logs_subscription_filters WHERE groupId = ? ORDER BY name'),
    remove: database.prepare('DELETE FROM logs_subscription_filters WHERE groupId = ? AND name = ?'),
  };
  const list = (groupId: number): Logs.SubscriptionFilter[] =>
    statements.list.all(groupId).map(({ filter }) => JSON.parse(String(filter)) as Logs.SubscriptionFilter);

  const putSubscriptionFilter: Operation<
    Logs.PutSubscriptionFilterCommandInput,
    Logs.PutSubscriptionFilterCommandOutput
  > = ({ logGroupName, filterName = '', filterPattern = '', destinationArn = '', ...rest }) => {
    if (!/^[^:*]{1,512}$/.test(filterName)) {
      throw constraintBroken('filterName', filterName, 'satisfy regular expression pattern: [^:*]*');
    }
    parseFilterPattern(filterPattern);
    const group = requireGroup(store, { logGroupName });
    const existing = list(group.id);
    const same = existing.find((filter) => filter.filterName === filterName);
    if (same === undefined && existing.length >= mostFilters) {
      throw new ServiceError('LimitExceededException', 'Resource limit exceeded.');
    }
    const filter: Logs.SubscriptionFilter = {
      filterName,
      logGroupName: group.name,
      filterPattern,
      destinationArn,
      distribution: 'ByLogStream',
      applyOnTransformedLogs: false,
      ...rest,
      creationTime: same?.creationTime ?? backend.now(),
    };
    statements.put.run(group.id, filterName, JSON.stringify(filter));
    return {};
  };

  const describeSubscriptionFilters: Operation<
    Logs.DescribeSubscriptionFiltersCommandInput,
    Logs.DescribeSubscriptionFiltersCommandOutput
  > = ({ logGroupName, filterNamePrefix = '', nextToken, limit: wanted }) => {
    const limit = checkRange('limit', wanted ?? 50, 1, 50);
    const after = nextToken === undefined ? '' : readPageToken(nextToken, isText);
    const found = list(requireGroup(store, { logGroupName }).id).filter(
      ({ filterName = '' }) => filterName.startsWith(filterNamePrefix) && filterName > after,
    );
    const page = found.slice(0, limit);
    return {
      subscriptionFilters: page,
      ...(found.length > limit ? { nextToken: pageToken(page.at(-1)?.filterName) } : {}),
    };
  };

  const deleteSubscriptionFilter: Operation<
    Logs.DeleteSubscriptionFilterCommandInput,
    Logs.DeleteSubscriptionFilterCommandOutput
  > = ({ logGroupName, filterName = '' }) => {
    const group = requireGroup(store, { logGroupName });
    if (statements.remove.run(group.id, filterName).changes === 0) {
      throw new ServiceError(
        'ResourceNotFoundException',
        'The specified subscription filter does not exist.',
      );
    }
    return {};
  };

  return {
    PutSubscriptionFilter: putSubscriptionFilter,
    DescribeSubscriptionFilters: describeSubscriptionFilters,
    DeleteSubscriptionFilter: deleteSubscriptionFilter,
  };
}

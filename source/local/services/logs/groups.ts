import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { checkRange, constraintBroken, invalidParameter } from './errors.ts';
import type { EventStore } from './event-store.ts';
import { checkTags } from './group-tags.ts';
import type { GroupRow, LogStore } from './log-store.ts';
import { checkGroupName, groupArn, nameInArn, requireGroup } from './names.ts';
import { isText, pageToken, readPageToken } from './position.ts';
import { expiresBefore } from './retention.ts';

const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Operations on log groups themselves and on how long they keep their events. */
export function groupOperations(backend: Backend, store: LogStore, events: EventStore) {
  const describe = (group: GroupRow): Logs.LogGroup => {
    const arn = groupArn(backend, group.name);
    return {
      logGroupName: group.name,
      creationTime: group.createdAt,
      ...(group.retentionInDays === null ? {} : { retentionInDays: group.retentionInDays }),
      metricFilterCount: 0,
      arn: `${arn}:*`,
      storedBytes: store.storedBytes(group.id),
      ...(group.kmsKeyId === null ? {} : { kmsKeyId: group.kmsKeyId }),
      logGroupClass: group.class as Logs.LogGroupClass,
      logGroupArn: arn,
      deletionProtectionEnabled: group.isProtected === 1,
    };
  };

  const createLogGroup: Operation<Logs.CreateLogGroupCommandInput, Logs.CreateLogGroupCommandOutput> = (
    input,
  ) => {
    const name = checkGroupName(input.logGroupName ?? '');
    if (name.startsWith('aws/')) {
      throw invalidParameter("Log groups starting with 'aws/' are reserved for AWS.");
    }
    const tags = checkTags(input.tags ?? {}, {});
    if (store.group(name) !== undefined) {
      throw new ServiceError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    const id = store.insertGroup({
      name,
      createdAt: backend.now(),
      kmsKeyId: input.kmsKeyId ?? null,
      class: input.logGroupClass ?? 'STANDARD',
      isProtected: input.deletionProtectionEnabled === true ? 1 : 0,
    });
    for (const [key, value] of tags) store.putTag(id, key, value);
    return {};
  };

  const deleteLogGroup: Operation<Logs.DeleteLogGroupCommandInput, Logs.DeleteLogGroupCommandOutput> = (
    input,
  ) => {
    const group = requireGroup(store, { logGroupName: input.logGroupName });
    if (group.isProtected === 1) {
      throw new ServiceError(
        'ValidationException',
        'The log group cannot be deleted because deletion protection is enabled.',
      );
    }
    store.removeGroup(group.id);
    return {};
  };

  const describeLogGroups: Operation<
    Logs.DescribeLogGroupsCommandInput,
    Logs.DescribeLogGroupsCommandOutput
  > = (input) => {
    const { logGroupNamePrefix, logGroupNamePattern, logGroupIdentifiers, logGroupClass } = input;
    const limit = checkRange('limit', input.limit ?? 50, 1, 50);
    if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
      throw invalidParameter(
        'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
      );
    }
    if (logGroupNamePrefix !== undefined) checkGroupName(logGroupNamePrefix, 'logGroupNamePrefix');
    const names = logGroupIdentifiers && new Set(logGroupIdentifiers.map((id) => nameInArn(id) ?? id));
    const wanted = ({ name, class: ofClass }: GroupRow): boolean =>
      name.startsWith(logGroupNamePrefix ?? '') &&
      name.includes(logGroupNamePattern ?? '') &&
      (names === undefined || names.has(name)) &&
      (logGroupClass === undefined || ofClass === logGroupClass);
    const after = input.nextToken === undefined ? '' : readPageToken(input.nextToken, isText);
    const found: GroupRow[] = [];
    for (const group of store.groups(after)) {
      if (!wanted(group)) continue;
      found.push(group);
      if (found.length > limit) break;
    }
    const page = found.slice(0, limit);
    const last = page.at(-1);
    return {
      logGroups: page.map(describe),
      ...(found.length > limit && last !== undefined ? { nextToken: pageToken(last.name) } : {}),
    };
  };

  const putRetentionPolicy: Operation<
    Logs.PutRetentionPolicyCommandInput,
    Logs.PutRetentionPolicyCommandOutput
  > = ({ logGroupName, retentionInDays = 0 }) => {
    if (!retentionDays.includes(retentionInDays)) {
      throw constraintBroken(
        'retentionInDays',
        retentionInDays,
        `satisfy enum value set: [${retentionDays.join(', ')}]`,
      );
    }
    const group = requireGroup(store, { logGroupName });
    store.keepFor(group.id, retentionInDays);
    events.expire(group.id, expiresBefore({ ...group, retentionInDays }, backend.now()));
    return {};
  };

  const deleteRetentionPolicy: Operation<
    Logs.DeleteRetentionPolicyCommandInput,
    Logs.DeleteRetentionPolicyCommandOutput
  > = ({ logGroupName }) => {
    store.keepFor(requireGroup(store, { logGroupName }).id, null);
    return {};
  };

  const putDeletionProtection: Operation<
    Logs.PutLogGroupDeletionProtectionCommandInput,
    Logs.PutLogGroupDeletionProtectionCommandOutput
  > = ({ logGroupIdentifier, deletionProtectionEnabled }) => {
    store.protect(requireGroup(store, { logGroupIdentifier }).id, deletionProtectionEnabled === true);
    return {};
  };

  return {
    CreateLogGroup: createLogGroup,
    DeleteLogGroup: deleteLogGroup,
    DescribeLogGroups: describeLogGroups,
    PutRetentionPolicy: putRetentionPolicy,
    DeleteRetentionPolicy: deleteRetentionPolicy,
    PutLogGroupDeletionProtection: putDeletionProtection,
  };
}

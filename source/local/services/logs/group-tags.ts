import type * as Logs from '@aws-sdk/client-cloudwatch-logs';
import { type Operation, ServiceError } from '../../backend.ts';
import { constraintBroken, invalidParameter } from './errors.ts';
import type { GroupRow, LogStore } from './log-store.ts';
import { nameInArn, requireGroup } from './names.ts';

const mostTags = 50;

/** Tags of log groups: by ARN, and the older family by name. */
export function tagOperations(store: LogStore) {
  const put = (group: GroupRow, tags: Record<string, string>): void => {
    for (const [key, value] of checkTags(tags, store.tags(group.id))) store.putTag(group.id, key, value);
  };
  const remove = (group: GroupRow, keys: readonly string[]): void => {
    for (const key of keys) store.removeTag(group.id, key);
  };
  const byArn = (arn = ''): GroupRow => {
    const name = nameInArn(arn);
    if (name === undefined) throw invalidParameter('The specified resource ARN is not valid.');
    return requireGroup(store, { logGroupName: name });
  };

  const tagResource: Operation<Logs.TagResourceCommandInput, Logs.TagResourceCommandOutput> = (input) => {
    put(byArn(input.resourceArn), input.tags ?? {});
    return {};
  };

  const untagResource: Operation<Logs.UntagResourceCommandInput, Logs.UntagResourceCommandOutput> = (
    input,
  ) => {
    remove(byArn(input.resourceArn), input.tagKeys ?? []);
    return {};
  };

  const listTagsForResource: Operation<
    Logs.ListTagsForResourceCommandInput,
    Logs.ListTagsForResourceCommandOutput
  > = (input) => ({ tags: store.tags(byArn(input.resourceArn).id) });

  const tagLogGroup: Operation<Logs.TagLogGroupCommandInput, Logs.TagLogGroupCommandOutput> = (input) => {
    put(requireGroup(store, { logGroupName: input.logGroupName }), input.tags ?? {});
    return {};
  };

  const untagLogGroup: Operation<Logs.UntagLogGroupCommandInput, Logs.UntagLogGroupCommandOutput> = (
    input,
  ) => {
    remove(requireGroup(store, { logGroupName: input.logGroupName }), input.tags ?? []);
    return {};
  };

  const listTagsLogGroup: Operation<Logs.ListTagsLogGroupCommandInput, Logs.ListTagsLogGroupCommandOutput> = (
    input,
  ) => ({ tags: store.tags(requireGroup(store, { logGroupName: input.logGroupName }).id) });

  return {
    TagResource: tagResource,
    UntagResource: untagResource,
    ListTagsForResource: listTagsForResource,
    TagLogGroup: tagLogGroup,
    UntagLogGroup: untagLogGroup,
    ListTagsLogGroup: listTagsLogGroup,
  };
}

/**
 * The tags as pairs, when a group that has `existing` may get them.
 * @throws ServiceError InvalidParameterException, TooManyTagsException
 */
export function checkTags(
  tags: Record<string, string>,
  existing: Record<string, string>,
): [key: string, value: string][] {
  const pairs = Object.entries(tags);
  for (const [key, value] of pairs) {
    if (key === '' || key.length > 128) {
      throw constraintBroken('tags', key, 'have length between 1 and 128');
    }
    if (value.length > 256) throw constraintBroken('tags', value, 'have length less than or equal to 256');
    if (key.toLowerCase().startsWith('aws:')) {
      throw invalidParameter(`Tag keys that start with aws: are reserved for system use: ${key}`);
    }
  }
  if (Object.keys({ ...existing, ...tags }).length > mostTags) {
    throw new ServiceError('TooManyTagsException', `A resource can have no more than ${mostTags} tags.`);
  }
  return pairs;
}

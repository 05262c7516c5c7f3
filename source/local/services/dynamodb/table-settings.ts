import type {
  ContinuousBackupsDescription,
  DescribeContinuousBackupsCommandInput,
  DescribeContinuousBackupsCommandOutput,
  DescribeTimeToLiveCommandInput,
  DescribeTimeToLiveCommandOutput,
  ListTagsOfResourceCommandInput,
  ListTagsOfResourceCommandOutput,
  TagResourceCommandInput,
  TagResourceCommandOutput,
  UntagResourceCommandInput,
  UntagResourceCommandOutput,
  UpdateContinuousBackupsCommandInput,
  UpdateContinuousBackupsCommandOutput,
  UpdateTimeToLiveCommandInput,
  UpdateTimeToLiveCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type Operation, ServiceError } from '../../backend.ts';
import { Constraints } from './constraints.ts';
import { validationError } from './errors.ts';
import type { Table } from './table.ts';
import { type TableServices, tagRecord } from './table-operations.ts';

const longestRecovery = 35;

/** What can be set on a table besides its definition: time to live, tags, point-in-time recovery. */
export function settingOperations({ backend, catalog }: TableServices) {
  const describeTimeToLive: Operation<DescribeTimeToLiveCommandInput, DescribeTimeToLiveCommandOutput> = (
    input,
  ) => {
    const { timeToLiveAttribute: attribute } = catalog.named(input.TableName);
    return {
      TimeToLiveDescription: attribute
        ? { TimeToLiveStatus: 'ENABLED', AttributeName: attribute }
        : { TimeToLiveStatus: 'DISABLED' },
    };
  };

  const updateTimeToLive: Operation<UpdateTimeToLiveCommandInput, UpdateTimeToLiveCommandOutput> = (
    input,
  ) => {
    const table = catalog.named(input.TableName);
    const { Enabled: enabled = false, AttributeName: name = '' } = input.TimeToLiveSpecification ?? {};
    new Constraints()
      .required('timeToLiveSpecification', input.TimeToLiveSpecification)
      .length('timeToLiveSpecification.attributeName', name, 1, 255)
      .enforce();
    const { timeToLiveAttribute: current, ...rest } = table;
    if (enabled === (current !== undefined)) {
      throw validationError(`TimeToLive is already ${enabled ? 'enabled' : 'disabled'}`);
    }
    if (!enabled && current !== name) {
      throw validationError(
        `TimeToLive is active on a different AttributeName: current AttributeName is ${current}`,
      );
    }
    catalog.replace(enabled ? { ...rest, timeToLiveAttribute: name } : rest);
    return { TimeToLiveSpecification: { Enabled: enabled, AttributeName: name } };
  };

  const tagged = (arn: string | undefined): Table => {
    new Constraints().required('resourceArn', arn).enforce();
    const table = catalog.all().find((candidate) => catalog.arn(candidate) === arn);
    if (table) return table;
    if (!arn?.startsWith('arn:aws:dynamodb:')) {
      throw validationError(`Invalid TableArn: Invalid ResourceArn provided as input ${arn}`);
    }
    throw new ServiceError(
      'ResourceNotFoundException',
      `Requested resource not found: ResourcArn: ${arn} not found`,
    );
  };

  const tagResource: Operation<TagResourceCommandInput, TagResourceCommandOutput> = (input) => {
    const table = tagged(input.ResourceArn);
    catalog.replace({ ...table, tags: { ...table.tags, ...tagRecord(input.Tags) } });
    return {};
  };

  const untagResource: Operation<UntagResourceCommandInput, UntagResourceCommandOutput> = (input) => {
    const table = tagged(input.ResourceArn);
    const kept = Object.entries(table.tags).filter(([key]) => !input.TagKeys?.includes(key));
    catalog.replace({ ...table, tags: Object.fromEntries(kept) });
    return {};
  };

  const listTagsOfResource: Operation<ListTagsOfResourceCommandInput, ListTagsOfResourceCommandOutput> = (
    input,
  ) => ({
    Tags: Object.entries(tagged(input.ResourceArn).tags).map(([Key, Value]) => ({ Key, Value })),
  });

  const backedUp = (name: string | undefined): Table => {
    const table = name === undefined ? undefined : catalog.find(name.slice(name.indexOf('/') + 1));
    if (!table) throw new ServiceError('TableNotFoundException', `Table not found: ${name}`);
    return table;
  };

  const backups = ({ pointInTimeRecovery: recovery }: Table): ContinuousBackupsDescription => ({
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription: recovery
      ? {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: recovery.days,
          EarliestRestorableDateTime: new Date(recovery.since),
          LatestRestorableDateTime: new Date(backend.now()),
        }
      : { PointInTimeRecoveryStatus: 'DISABLED' },
  });

  const describeContinuousBackups: Operation<
    DescribeContinuousBackupsCommandInput,
    DescribeContinuousBackupsCommandOutput
  > = (input) => ({ ContinuousBackupsDescription: backups(backedUp(input.TableName)) });

  const updateContinuousBackups: Operation<
    UpdateContinuousBackupsCommandInput,
    UpdateContinuousBackupsCommandOutput
  > = (input) => {
    const { pointInTimeRecovery: current, ...rest } = backedUp(input.TableName);
    const settings = input.PointInTimeRecoverySpecification;
    new Constraints()
      .required('pointInTimeRecoverySpecification', settings)
      .range(
        'pointInTimeRecoverySpecification.recoveryPeriodInDays',
        settings?.RecoveryPeriodInDays,
        1,
        longestRecovery,
      )
      .enforce();
    const recovery = {
      since: current?.since ?? backend.now(),
      days: settings?.RecoveryPeriodInDays ?? current?.days ?? longestRecovery,
    };
    const enabled = settings?.PointInTimeRecoveryEnabled ?? false;
    const table = catalog.replace(enabled ? { ...rest, pointInTimeRecovery: recovery } : rest);
    return { ContinuousBackupsDescription: backups(table) };
  };

  return {
    DescribeTimeToLive: describeTimeToLive,
    UpdateTimeToLive: updateTimeToLive,
    TagResource: tagResource,
    UntagResource: untagResource,
    ListTagsOfResource: listTagsOfResource,
    DescribeContinuousBackups: describeContinuousBackups,
    UpdateContinuousBackups: updateContinuousBackups,
  };
}

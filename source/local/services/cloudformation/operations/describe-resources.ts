import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { Operation } from '../../../backend.ts';
import type { Environment } from '../engine/run.ts';
import { validationError } from '../errors.ts';
import type { ResourceRecord, StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import { page, requireStack } from './requests.ts';

/** Those that have had an event; others are not there for the caller yet. */
const begun = (store: Store, stack: StackRecord): ResourceRecord[] =>
  store.resources(stack.id).filter((resource) => resource.status !== undefined);

const shown = (resource: ResourceRecord) => ({
  LogicalResourceId: resource.logicalId,
  PhysicalResourceId: resource.physicalId,
  ResourceType: resource.type,
  ResourceStatus: resource.status,
  ResourceStatusReason: resource.reason,
  DriftInformation: { StackResourceDriftStatus: 'NOT_CHECKED' as const },
});

export const describeStackResources =
  ({
    store,
  }: Environment): Operation<
    Sdk.DescribeStackResourcesCommandInput,
    Sdk.DescribeStackResourcesCommandOutput
  > =>
  (input) => {
    const stack =
      input.StackName === undefined
        ? stackOfPhysicalId(store, input.PhysicalResourceId)
        : requireStack(store, input.StackName);
    const resources = begun(store, stack).filter(
      (resource) => input.LogicalResourceId === undefined || resource.logicalId === input.LogicalResourceId,
    );
    return {
      StackResources: resources.slice(0, 100).map((resource) => ({
        ...shown(resource),
        StackName: stack.name,
        StackId: stack.id,
        Timestamp: new Date(resource.timestamp),
      })),
    };
  };

function stackOfPhysicalId(store: Store, physicalId: string | undefined): StackRecord {
  const found = store
    .stacks()
    .find((stack) =>
      store.resources(stack.id).some((resource) => resource.current?.physicalId === physicalId),
    );
  if (physicalId === undefined || found === undefined)
    throw validationError(`Stack for ${physicalId} does not exist`);
  return found;
}

export const describeStackResource =
  ({
    store,
  }: Environment): Operation<Sdk.DescribeStackResourceCommandInput, Sdk.DescribeStackResourceCommandOutput> =>
  (input) => {
    const stack = requireStack(store, input.StackName);
    const resource = begun(store, stack).find(({ logicalId }) => logicalId === input.LogicalResourceId);
    if (resource === undefined) {
      throw validationError(`Resource ${input.LogicalResourceId} does not exist for stack ${stack.name}`);
    }
    const metadata = resource.current?.metadata;
    return {
      StackResourceDetail: {
        ...shown(resource),
        StackName: stack.name,
        StackId: stack.id,
        LastUpdatedTimestamp: new Date(resource.timestamp),
        Metadata: metadata === undefined ? '{}' : JSON.stringify(metadata),
      },
    };
  };

export const listStackResources =
  ({
    store,
  }: Environment): Operation<Sdk.ListStackResourcesCommandInput, Sdk.ListStackResourcesCommandOutput> =>
  (input) => {
    const stack = requireStack(store, input.StackName);
    const { items, next } = page(begun(store, stack), input.NextToken, 100);
    return {
      StackResourceSummaries: items.map((resource) => ({
        ...shown(resource),
        LastUpdatedTimestamp: new Date(resource.timestamp),
      })),
      NextToken: next,
    };
  };

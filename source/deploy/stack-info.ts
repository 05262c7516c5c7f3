import { toAwsError } from '../aws/aws-error.ts';
import { type Clients, createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import type { ConfigResource } from '../model/config.ts';
import { UserError } from '../model/errors.ts';
import type { Value } from '../model/intrinsic.ts';
import { resourceLinks, stackLink } from './console-links.ts';
import { listResources } from './list-resources.ts';
import { type DeployedFacts, resolveValue } from './resolve-value.ts';
import { deployedTemplate } from './resource-owners.ts';
import { findStack } from './stack-status.ts';

export type StackInfo = {
  stack: {
    stackId: string;
    stackName: string;
    status: string;
    /** ISO 8601. */
    createdAt?: string;
    updatedAt?: string;
    region: string;
    link?: string;
  };
  /** In the order of the config; what belongs to none of its resources comes last, under its logical id. */
  resources: ResourceInfo[];
  outputs: Record<string, string>;
};

export type ResourceInfo = {
  resource: string;
  /** The type in the config, or CloudFormation's for what the config does not have. */
  resourceType: string;
  /** What `$ResourceParam` gives, as it is in the deployed stack. */
  params: Record<string, unknown>;
  /** `console`, `logs`, `metrics`; empty for the embedded AWS. */
  links: Record<string, string>;
  children: { logicalId: string; physicalId: string; resourceType: string; status: string }[];
};

export type StackInfoInput = {
  target: Target;
  stackName: string;
  /** Of the config; empty where none was read. */
  resources: readonly ConfigResource[];
  /** The referenceable params of a resource as its descriptor gives them. */
  paramsOf(resource: ConfigResource): Record<string, Value>;
};

/**
 * What is deployed, for `stp info`.
 * @throws UserError `no-such-stack`; AwsError
 */
export async function describeStackInfo(input: StackInfoInput): Promise<StackInfo> {
  const clients = createClients(input.target);
  try {
    return await readInfo(clients, input);
  } catch (error) {
    throw toAwsError(error);
  } finally {
    clients.destroy();
  }
}

async function readInfo(clients: Clients, input: StackInfoInput): Promise<StackInfo> {
  const cloudFormation = await clients.cloudFormation();
  const stack = await findStack(cloudFormation, input.stackName);
  if (stack?.StackId === undefined || stack.StackStatus === 'REVIEW_IN_PROGRESS')
    throw noSuchStack(input.stackName);
  const template = await deployedTemplate(cloudFormation, stack.StackId);
  const deployed = await listResources(cloudFormation, stack.StackId);
  const children = deployed.map((one) => ({
    logicalId: one.LogicalResourceId ?? '',
    physicalId: one.PhysicalResourceId ?? '',
    resourceType: one.ResourceType ?? '',
    status: one.ResourceStatus ?? '',
  }));
  const facts: DeployedFacts = {
    clients,
    stackId: stack.StackId,
    stackName: input.stackName,
    resources: new Map(children.map((child) => [child.logicalId, child])),
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map((one) => [one.ParameterKey ?? '', one.ParameterValue ?? '']),
    ),
  };
  const byOwner = Map.groupBy(children, (child) => template.ownerOf(child.logicalId) ?? child.logicalId);
  const resources: ResourceInfo[] = [];
  for (const resource of input.resources) {
    const own = byOwner.get(resource.name) ?? [];
    byOwner.delete(resource.name);
    resources.push({
      resource: resource.name,
      resourceType: resource.type,
      params: await paramsOf(resource, input, facts),
      links: linksOf(input.target, own),
      children: own,
    });
  }
  for (const [name, own] of byOwner) {
    const resourceType = own[0]?.resourceType ?? '';
    resources.push({
      resource: name,
      resourceType,
      params: {},
      links: linksOf(input.target, own),
      children: own,
    });
  }
  const link = stackLink(input.target, stack.StackId);
  return {
    stack: {
      stackId: stack.StackId,
      stackName: input.stackName,
      status: stack.StackStatus ?? '',
      region: input.target.region,
      ...(stack.CreationTime && { createdAt: stack.CreationTime.toISOString() }),
      ...(stack.LastUpdatedTime && { updatedAt: stack.LastUpdatedTime.toISOString() }),
      ...(link && { link: link.url }),
    },
    resources,
    outputs: Object.fromEntries(
      (stack.Outputs ?? []).map((output) => [output.OutputKey ?? '', output.OutputValue ?? '']),
    ),
  };
}

export function noSuchStack(stackName: string): UserError {
  return new UserError(`There is no stack ${stackName}.`, {
    code: 'no-such-stack',
    exitCode: 1,
    hint: 'Look at `--stage` and `--region`, or deploy it with `stp deploy`.',
  });
}

async function paramsOf(
  resource: ConfigResource,
  input: StackInfoInput,
  facts: DeployedFacts,
): Promise<Record<string, unknown>> {
  const params: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input.paramsOf(resource))) {
    const resolved = await resolveValue(value, facts);
    if (resolved !== undefined) params[name] = resolved;
  }
  return params;
}

/** The function itself before what serves it, so that `console` is its own page. */
function linksOf(target: Target, children: ResourceInfo['children']): Record<string, string> {
  const links: Record<string, string> = {};
  for (const child of children) {
    for (const [name, url] of Object.entries(resourceLinks(target, child.resourceType, child.physicalId)))
      links[name] ??= url;
  }
  return links;
}

import { type Config, stackNameOf } from '../model/config.ts';
import type { Finding } from '../model/diagnostic.ts';
import type { Value } from '../model/intrinsic.ts';
import type { Template, TemplateResource } from '../model/template.ts';
import { addAlarms } from '../resources/alarms/add-alarms.ts';
import { machineArn } from '../resources/batch-job/names.ts';
import { jobTrigger } from '../resources/batch-job/trigger.ts';
import { type FolderUpload, folderUploads } from '../resources/bucket/directory-upload.ts';
import { bucketNotifier } from '../resources/bucket/notifications.ts';
import { artifactKeyParameter } from '../resources/function/names.ts';
import { namesOf } from '../resources/names.ts';
import { inlinePolicy } from '../resources/policies/documents.ts';
import { resourceDescriptor } from '../resources/registry.ts';
import { addRawQueuePolicies } from '../resources/sqs-queue/policy.ts';
import type { MongoDbAtlasProperties } from '../resources/third-party/mongo-db-atlas-cluster.ts';
import { type ProvidedResource, providedResources } from '../resources/third-party/provided.ts';
import { applyOverrides } from './apply-overrides.ts';
import { addBudget } from './budget.ts';
import { checkLimits, checkTemplateSize } from './check-limits.ts';
import { checkNames } from './check-names.ts';
import { publishVersions } from './publish-versions.ts';
import { settleReferences } from './settle-references.ts';
import { type FunctionDraft, TemplateBuilder } from './template-builder.ts';

export type { FolderUpload, MongoDbAtlasProperties, ProvidedResource };

/** What has to be known of a resource at a provider to remove it, from whichever machine. */
export type ProvidedRecord = Pick<ProvidedResource, 'name' | 'type' | 'provider'>;

/** What a config becomes. Only when no finding is an error can the template be deployed. */
export type SynthesizedStack = {
  template: Template;
  findings: Finding[];
  /** The template parameter that takes the S3 key of each function's artifact, in the config's order. */
  artifacts: { functionName: string; keyParameter: string }[];
  /** What providers besides AWS have to make before the stack, and the parameters that take what they tell. */
  provided: ProvidedResource[];
  /** Folders of the project that belong into buckets of the stack. */
  folders: FolderUpload[];
};

/** The parameter that takes the name of the bucket with the artifacts; there where the stack has functions. */
export const artifactBucketParameter = 'ArtifactBucket';

export type SynthesisInput = {
  /**
   * Digest of each function's artifact, by the function's name. Lambda publishes a version of what is there, so that
   * a stack with gradual deployments has to be synthesized with them before it is deployed: only then does new code
   * make a new version, and traffic shift to it.
   */
  digests?: Readonly<Record<string, string>>;
};

/**
 * Config → CloudFormation template. Pure: no clock, network or disk, and the same input gives the same template.
 * The config has to be checked (`loadConfig` without errors).
 */
export function synthesizeStack(given: Config, { digests = {} }: SynthesisInput = {}): SynthesizedStack {
  const config = withHelpers(given);
  const stack = new TemplateBuilder(config);
  // Before any grants to a function that comes later: artifacts are in the config's order.
  for (const { type, name } of config.resources) if (type === 'function') stack.draft(name);
  for (const resource of config.resources) {
    resourceDescriptor(resource.type)?.synth(resource, stack);
    if (!resource.helper) addAlarms(resource, stack);
  }
  for (const [name, draft] of stack.functions) finishFunction(stack, name, draft);
  addRawQueuePolicies(stack);
  for (const [logicalId, raw] of Object.entries(config.cloudformationResources))
    addRaw(stack, logicalId, raw);
  addBudget(stack);
  addConfigOutputs(stack);
  applyOverrides(stack);
  publishVersions(stack, digests);
  settleReferences(stack);
  const provided = usedOf(providedResources(config, stack.names), stack);
  checkNames(stack);
  checkLimits(stack);

  const hasParameters = Object.keys(stack.parameters).length > 0;
  const template: Template = {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `STP-stack_${config.serviceName}_${config.stage}`,
    ...(provided.length > 0 ? { Metadata: { 'stp:provided': provided.map(recordOf) } } : {}),
    ...(hasParameters ? { Parameters: stack.parameters } : {}),
    ...(Object.keys(stack.conditions).length > 0 ? { Conditions: stack.conditions } : {}),
    Resources: stack.resources,
    ...(Object.keys(stack.outputs).length > 0 ? { Outputs: stack.outputs } : {}),
  };
  checkTemplateSize(stack, template);
  const artifacts = [...stack.functions.keys()]
    .filter((functionName) => !stack.resource(functionName).helper)
    .map((functionName) => ({
      functionName,
      keyParameter: artifactKeyParameter(stack.names, functionName),
    }));
  return {
    template,
    findings: stack.findings,
    artifacts,
    provided,
    folders: folderUploads(config, stack.names),
  };
}

/** The resources of the config and the functions that some of them need besides. */
function withHelpers(config: Config): Config {
  const names = namesOf(config);
  const triggers = config.resources.flatMap((resource) => {
    if (resource.type !== 'batch-job') return [];
    return jobTrigger(resource, machineArn(names, resource.name)) ?? [];
  });
  const triggered =
    triggers.length === 0 ? config : { ...config, resources: [...config.resources, ...triggers] };
  const notifier = bucketNotifier(triggered);
  return notifier ? { ...triggered, resources: [...triggered.resources, notifier] } : triggered;
}

const recordOf = ({ name, type, provider }: ProvidedResource): ProvidedRecord => ({ name, type, provider });

/** The resources of the config that providers besides AWS make. */
export const providedRecords = (config: Config): ProvidedRecord[] =>
  providedResources(config, namesOf(config)).map(recordOf);

/** A parameter that nothing refers to is left out, and nobody has to fill it in. */
function usedOf(resources: ProvidedResource[], stack: TemplateBuilder): ProvidedResource[] {
  if (resources.length === 0) return resources;
  const text = JSON.stringify([stack.resources, stack.outputs]);
  const isUsed = (id: string) => text.includes(`{"Ref":"${id}"}`) || text.includes(`\${${id}}`);
  return resources.map((resource) => {
    const parameters: Record<string, string> = {};
    for (const [param, id] of Object.entries(resource.parameters)) {
      if (isUsed(id)) parameters[param] = id;
      else delete stack.parameters[id];
    }
    return { ...resource, parameters };
  });
}

/** Tags that a deploy gives the whole stack; CloudFormation hands them on to its resources (spec 12.1). */
export function stackTags(config: Config): { Key: string; Value: string }[] {
  return [
    { Key: 'stp:stack-name', Value: stackNameOf(config) },
    { Key: 'stp:project-name', Value: config.serviceName },
    { Key: 'stp:stage', Value: config.stage },
    ...config.tags.map(({ name, value }) => ({ Key: name, Value: value })),
  ];
}

/** Writes what events and connections have gathered into the function and its role. */
function finishFunction(stack: TemplateBuilder, name: string, draft: FunctionDraft): void {
  const role = stack.resources[stack.names.logicalId(name, 'AWS::IAM::Role')];
  const lambda = stack.resources[stack.names.logicalId(name, 'AWS::Lambda::Function')];
  if (!role?.Properties || !lambda?.Properties) return;
  if (draft.policies.size > 0) {
    role.Properties.Policies = [...draft.policies].flatMap((policy) => inlinePolicy(...policy));
  }
  if (draft.variables.size > 0) {
    const variables: Record<string, Value> = {};
    for (const [key, { value }] of draft.variables) variables[key] = value;
    lambda.Properties.Environment = { Variables: variables };
  }
  // The role is waited for through Fn::GetAtt already.
  if (draft.dependencies.size > 0) lambda.DependsOn = [...draft.dependencies];
}

function addRaw(stack: TemplateBuilder, logicalId: string, raw: Record<string, Value>): void {
  const path = ['cloudformationResources', logicalId];
  const type = stack.resources[logicalId]?.Type;
  if (Object.hasOwn(stack.resources, logicalId) || Object.hasOwn(stack.parameters, logicalId)) {
    stack.report({
      severity: 'error',
      code: 'logical-id-collision',
      path,
      at: 'key',
      message: `The stack has ${type === undefined ? 'a parameter' : `an ${type}`} ${logicalId} already.`,
      suggestion: 'Rename yours.',
    });
    return;
  }
  stack.resources[logicalId] = { ...(raw as TemplateResource) };
}

function addConfigOutputs(stack: TemplateBuilder): void {
  for (const [index, output] of stack.config.outputs.entries()) {
    if (Object.hasOwn(stack.outputs, output.name)) {
      stack.report({
        severity: 'error',
        code: 'duplicate-output',
        path: ['stackConfig', 'outputs', index, 'name'],
        message: `The stack has an output ${output.name} already.`,
        suggestion: 'Rename yours.',
      });
      continue;
    }
    stack.output(output.name, {
      ...(output.description === undefined ? {} : { Description: output.description }),
      Value: output.value,
      ...(output.export ? { Export: { Name: `${stack.names.stackName}-${output.name}` } } : {}),
    });
  }
}

import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { defineResource } from '../../model/descriptor.ts';
import { getAtt, type Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { alarmId, alarmsOf, checkAlarms } from '../alarms/resolve-alarms.ts';
import { alarmProperties } from '../alarms/schema.ts';
import { cdnSchema } from '../cdn/cdn-schema.ts';
import { checkCdn } from '../cdn/check-cdn.ts';
import { addCdn, cdnParams } from '../cdn/distribution.ts';
import { canKnow } from '../known-addresses.ts';
import { checkLogForwarding, logForwardingSchema } from '../log-groups/forwarding.ts';
import { disabledSchema, retentionSchema } from '../log-groups/retention.ts';
import { paramVariables } from '../names.ts';
import { checkStatements } from '../policies/statements.ts';
import { closedObject, oneOf } from '../schema.ts';
import { reachInVpc } from '../vpc/reach.ts';
import { aliasName, hasAlias } from './alias.ts';
import {
  checkConcurrency,
  layersSchema,
  provisionedConcurrencySchema,
  reservedConcurrencySchema,
} from './concurrency.ts';
import { joinDefaultVpcSchema, joinVpc, vpcConfig } from './default-vpc.ts';
import { addAlias, checkDeployment, deploymentSchema } from './deployment.ts';
import { addDestinations, checkDestinations, destinationsSchema } from './destinations.ts';
import { addedOptions, addVariables, checkEnvironment, environmentSchema } from './environment.ts';
import { eventsSchema } from './events/events-schema.ts';
import { eventDescriptor } from './events/registry.ts';
import { memory, storage, timeout } from './limits.ts';
import { addLogGroup } from './log-group.ts';
import { artifactKeyParameter, functionTarget, lambdaName, literalArn } from './names.ts';
import { checkPackaging, packagingSchema } from './packaging.ts';
import { addRole, iamRoleStatementsSchema, roleStatements } from './role.ts';
import { checkRuntime, handlerOf, runtimeOf, runtimes } from './runtimes.ts';
import { checkTags, tagsSchema } from './tags.ts';
import { addUrl, checkUrl, urlConnection, urlParams, urlSchema } from './url.ts';
import { checkReach } from './vpc-reach.ts';

const schema = closedObject(
  {
    packaging: packagingSchema,
    events: Type.Optional(eventsSchema('What invokes the function.')),
    environment: Type.Optional(environmentSchema),
    runtime: Type.Optional(
      oneOf(runtimes, {
        title: 'Runtime',
        description: "Default: the newest released one of the entry file's language.",
      }),
    ),
    architecture: Type.Optional(
      oneOf(['x86_64', 'arm64'], {
        title: 'Processor architecture',
        description: 'arm64 costs less; native packages have to be there for it.',
        default: 'x86_64',
      }),
    ),
    memory: Type.Optional(
      Type.Integer({ ...memory, title: 'Memory', description: 'Megabytes. The processor grows with it.' }),
    ),
    timeout: Type.Optional(
      Type.Integer({ ...timeout, 'stp:static': true, title: 'Timeout', description: 'Seconds.' }),
    ),
    storage: Type.Optional(
      Type.Integer({ ...storage, title: 'Temporary storage', description: 'Megabytes of /tmp.' }),
    ),
    logging: Type.Optional(
      closedObject(
        {
          disabled: disabledSchema,
          retentionDays: retentionSchema(90),
          logForwarding: Type.Optional(logForwardingSchema),
        },
        { title: 'Logging', description: 'What becomes of what the function prints.' },
      ),
    ),
    tags: Type.Optional(tagsSchema),
    url: Type.Optional(urlSchema),
    cdn: Type.Optional(
      cdnSchema(
        {},
        'CloudFront in front of the "url" of the function, which keeps answers near the clients. Without "cachingOptions" it keeps none.',
      ),
    ),
    destinations: Type.Optional(destinationsSchema),
    reservedConcurrency: reservedConcurrencySchema,
    provisionedConcurrency: provisionedConcurrencySchema,
    layers: layersSchema,
    connectTo: Type.Optional(
      Type.Array(Type.String({ 'stp:static': true, 'stp:connectable': true }), {
        title: 'Connected resources',
        description: 'Resources that the function may use; their names and addresses become variables.',
        uniqueItems: true,
      }),
    ),
    iamRoleStatements: Type.Optional(iamRoleStatementsSchema),
    deployment: Type.Optional(deploymentSchema),
    joinDefaultVpc: Type.Optional(joinDefaultVpcSchema),
    ...alarmProperties('function'),
  },
  {
    'stp:later': ['volumeMounts'],
    'stp:formerly': { accessControl: 'connectTo', packageConfig: 'packaging' },
  },
);

/** Properties of a checked function (spec 3). */
export type FunctionProperties = Type.Static<typeof schema>;

type FunctionResource = ConfigResource<FunctionProperties>;

/** Spec 3 and 12. */
export const functionDescriptor = defineResource({
  type: 'function',
  title: 'Function',
  description: 'Code that runs on AWS Lambda when something invokes it.',
  schema,

  *check({ name, properties }, context) {
    const { packaging, runtime } = properties;
    if (packaging)
      yield* checkPackaging({ packaging, ...(runtime === undefined ? {} : { runtime }) }, context);
    if (Array.isArray(properties.environment)) {
      yield* checkEnvironment(properties.environment, addedOptions(properties));
    }
    if (properties.deployment) yield* checkDeployment(name, properties.deployment);
    if (properties.destinations) yield* checkDestinations(name, properties.destinations, context);
    if (properties.url) yield* checkUrl(properties.url);
    if (properties.iamRoleStatements) {
      yield* checkStatements(properties.iamRoleStatements, ['iamRoleStatements']);
    }
    if (properties.cdn) yield* checkCdn({ name, type: 'function', cdn: properties.cdn }, context);
    if (properties.tags) yield* checkTags(properties.tags, context.config);
    yield* checkConcurrency(properties);
    yield* checkReach(properties, context);
    yield* checkAlarms({ name, type: 'function', properties }, context);
    if (runtime !== undefined) yield* checkRuntime(runtime);
    if (properties.logging?.logForwarding) {
      for (const finding of checkLogForwarding(properties.logging.logForwarding))
        yield { ...finding, path: ['logging', 'logForwarding', ...finding.path] };
    }
    if (properties.logging?.disabled && properties.logging.logForwarding) {
      yield {
        code: 'conflicting-properties',
        path: ['logging', 'logForwarding'],
        at: 'key',
        message: 'A function that keeps no log has none to forward.',
        suggestion: 'Remove "disabled", or "logForwarding".',
      };
    }
  },

  synth(resource, stack) {
    addRole(resource, stack);
    addLogGroup(resource, stack);
    addFunction(resource, stack);
    const { properties } = resource;
    if (properties.joinDefaultVpc) joinVpc(resource.name, stack);
    addAlias(resource, stack, rollbackAlarms(resource, stack));
    addUrl(resource, stack);
    if (properties.cdn) addCdn({ name: resource.name, type: 'function', cdn: properties.cdn }, stack);
    addDestinations(resource, stack);
    for (const [index, event] of (properties.events ?? []).entries()) {
      const descriptor = eventDescriptor(event.type);
      descriptor?.synth({ type: event.type, index, properties: event.properties ?? {} }, resource, stack);
    }
    if (properties.iamRoleStatements) {
      stack.allow(resource.name, 'custom-iam-role-statements', roleStatements(properties.iamRoleStatements));
    }
    for (const target of properties.connectTo ?? []) {
      const connection = stack.connection(target);
      const { statements, variables } = connection;
      if (properties.joinDefaultVpc)
        reachInVpc(resource.name, target, connection, `From function ${resource.name}`, stack);
      stack.allow(resource.name, 'custom-allow-access-to-policy-statements', statements);
      for (const [key, value] of Object.entries(variables)) {
        if (!canKnow(key, resource.name, target, stack)) continue;
        stack.setVariable(resource.name, stack.names.variable(target, key), value);
      }
    }
  },

  params(resource, names, form) {
    const { name, properties } = resource;
    const logGroup = names.logicalId(name, 'AWS::Logs::LogGroup');
    return {
      arn: form === 'literal' ? literalArn(names, name) : functionTarget(names, name),
      ...(properties.logging?.disabled ? {} : { logGroupArn: getAtt(logGroup, 'Arn') }),
      ...urlParams(resource, names),
      ...cdnParams(name, properties.cdn, names),
    };
  },

  connect(resource, names) {
    const { name, properties } = resource;
    const arn = literalArn(names, name);
    const versions = literalArn(names, name, ':*');
    const byUrl = urlConnection(resource, names, [arn, versions]);
    return {
      statements: [
        { Effect: 'Allow', Action: ['lambda:InvokeFunction'], Resource: [arn, versions] },
        ...byUrl.statements,
      ],
      variables: {
        ARN: hasAlias(properties) ? literalArn(names, name, `:${aliasName}`) : arn,
        ...byUrl.variables,
        ...paramVariables(cdnParams(name, properties.cdn, names)),
      },
    };
  },
});

/** A deployment that makes one of the function's own alarms fire is taken back. */
const rollbackAlarms = (resource: FunctionResource, stack: StackBuilder): string[] =>
  alarmsOf(stack.config, resource).map((alarm) => alarmId(resource, alarm));

function artifactOf(name: string, stack: StackBuilder): Value {
  const bucket = stack.parameter('ArtifactBucket', {
    Type: 'String',
    Description: 'Bucket that holds the artifacts of the functions',
  });
  const key = stack.parameter(artifactKeyParameter(stack.names, name), {
    Type: 'String',
    Description: `Key of the artifact of function ${name}`,
  });
  return { S3Bucket: bucket, S3Key: key };
}

function addFunction({ name, properties, helper }: FunctionResource, stack: StackBuilder): void {
  const runtime = runtimeOf(properties);
  stack.add(name, stack.names.logicalId(name, 'AWS::Lambda::Function'), {
    Type: 'AWS::Lambda::Function',
    Properties: {
      FunctionName: lambdaName(stack.names, name),
      Code: helper ? { ZipFile: helper.code } : artifactOf(name, stack),
      Handler: handlerOf(properties),
      Runtime: runtime,
      Architectures: [properties.architecture ?? 'x86_64'],
      MemorySize: properties.memory ?? memory.default,
      Timeout: properties.timeout ?? timeout.default,
      Layers: properties.layers,
      ReservedConcurrentExecutions: properties.reservedConcurrency,
      EphemeralStorage: properties.storage === undefined ? undefined : { Size: properties.storage },
      Role: getAtt(stack.names.logicalId(name, 'AWS::IAM::Role'), 'Arn'),
      // Filled when everything that injects has been synthesized.
      Environment: undefined,
      VpcConfig: properties.joinDefaultVpc ? vpcConfig(name, stack) : undefined,
      Tags: properties.tags?.map((tag) => ({ Key: tag.name, Value: tag.value })),
    },
  });
  addVariables(properties, name, runtime, stack);
}

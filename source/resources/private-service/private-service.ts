import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { defineResource, type LocalFinding } from '../../model/descriptor.ts';
import { getAtt, join, ref, type Value } from '../../model/intrinsic.ts';
import type { Names, StackBuilder } from '../../model/stack-builder.ts';
import { healthCheckSchema } from '../container/health-check.ts';
import { checkContainerPackaging, containerPackagingSchema } from '../container/packaging.ts';
import { addScaling, checkScaling, leastInstances, scalingSchema } from '../container/scaling.ts';
import {
  addContainerSecurityGroup,
  containerEnvironment,
  workloadProperties,
} from '../container/workload.ts';
import { loadBalancerId } from '../load-balancer/listeners.ts';
import { checkStatements } from '../policies/statements.ts';
import { closedObject, oneOf } from '../schema.ts';
import { tcpFrom } from '../vpc/ip-ranges.ts';
import { networkFor } from '../vpc/private-subnets.ts';
import { usesPrivateSubnets } from '../vpc/vpc.ts';
import { addLoadBalancer } from './load-balancer.ts';
import { addTaskDefinition } from './task-definition.ts';

/**
 * Megabytes that Fargate takes for a number of processors: least, most, step.
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const sizes: Readonly<Record<number, readonly [number, number, number]>> = {
  0.25: [512, 2048, 512],
  0.5: [1024, 4096, 1024],
  1: [2048, 8192, 1024],
  2: [4096, 16_384, 1024],
  4: [8192, 30_720, 1024],
  8: [16_384, 61_440, 4096],
  16: [32_768, 122_880, 8192],
};

const schema = closedObject(
  {
    packaging: containerPackagingSchema,
    resources: closedObject(
      {
        cpu: oneOf([0.25, 0.5, 1, 2, 4, 8, 16], { title: 'Processors', description: 'Virtual processors.' }),
        memory: Type.Integer({
          'stp:static': true,
          title: 'Memory',
          description: 'Megabytes; which ones fit is decided by the processors.',
          minimum: 512,
          maximum: 122_880,
        }),
      },
      { title: 'Resources', description: 'What each instance has.', 'stp:later': ['instanceTypes'] },
    ),
    port: Type.Optional(
      Type.Integer({
        'stp:static': true,
        title: 'Port',
        description: 'Where the container takes connections; it is in variable PORT too.',
        default: 3000,
        minimum: 1,
        maximum: 65_535,
      }),
    ),
    protocol: Type.Optional(
      oneOf(['http', 'http2', 'grpc'], {
        title: 'Protocol',
        description: 'Lets service-connect count requests. Default: any, over TCP.',
      }),
    ),
    loadBalancing: Type.Optional(
      closedObject(
        {
          type: oneOf(['service-connect', 'application-load-balancer'], {
            title: 'Type',
            description:
              'service-connect is for containers of the stack; a load balancer is for functions too.',
          }),
        },
        { title: 'Load balancing', description: 'How others reach it. Default: service-connect.' },
      ),
    ),
    environment: containerEnvironment,
    scaling: Type.Optional(scalingSchema),
    internalHealthCheck: Type.Optional(healthCheckSchema),
    stopTimeout: Type.Optional(
      Type.Integer({
        'stp:static': true,
        title: 'Stop timeout',
        description: 'Seconds between SIGTERM and SIGKILL.',
        default: 2,
        minimum: 2,
        maximum: 120,
      }),
    ),
    ...workloadProperties,
  },
  {
    'stp:later': ['sideContainers', 'deployment', 'volumeMounts'],
  },
);

export type PrivateServiceProperties = Type.Static<typeof schema>;
type Service = ConfigResource<PrivateServiceProperties>;

const portOf = ({ port = 3000 }: PrivateServiceProperties): number => port;

const isBalanced = ({ loadBalancing }: Partial<PrivateServiceProperties>): boolean =>
  loadBalancing?.type === 'application-load-balancer';

const namespaceId = 'StpServiceConnectHttpNamespace';

/** Spec 13.13. */
export const privateService = defineResource({
  type: 'private-service',
  title: 'Private service',
  description: 'A container that always runs and that only the VPC reaches.',
  schema,

  *check({ properties }, context) {
    const { packaging, resources, iamRoleStatements = [] } = properties;
    yield* checkStatements(iamRoleStatements, ['iamRoleStatements']);
    if (packaging) yield* checkContainerPackaging(packaging, ['packaging'], context);
    if (resources) yield* checkSize(resources);
    if (properties.scaling) yield* checkScaling(properties.scaling);
    if (isBalanced(properties) && properties.protocol !== undefined && properties.protocol !== 'http') {
      yield {
        severity: 'warning',
        code: 'no-effect',
        path: ['protocol'],
        message: `The load balancer speaks HTTP/1.1 to the containers, whatever "protocol" says.`,
        suggestion: 'Leave "protocol" out, or use service-connect.',
      };
    }
  },

  synth(resource, stack) {
    const { name, properties } = resource;
    const { names } = stack;
    const network = networkFor(resource, stack);
    const port = portOf(properties);
    const cluster = names.logicalId(name, 'AWS::ECS::Cluster');
    stack.add(name, cluster, {
      Type: 'AWS::ECS::Cluster',
      Properties: { ClusterName: names.physicalName(name, 255) },
    });
    const target = isBalanced(properties) ? addLoadBalancer(name, port, stack) : undefined;
    const group = addContainerSecurityGroup(name, stack, [tcpFrom(network.cidrBlock, port)]);
    const task = addTaskDefinition(resource, port, stack);
    const service = names.logicalId(name, 'AWS::ECS::Service');
    stack.add(name, service, {
      Type: 'AWS::ECS::Service',
      DependsOn: [...network.gateway, ...(target ? [target.listener] : [])],
      Properties: {
        Cluster: ref(cluster),
        TaskDefinition: ref(task),
        DesiredCount: leastInstances(properties.scaling),
        LaunchType: 'FARGATE',
        // A version that does not start is taken back, and the deploy ends.
        DeploymentConfiguration: { DeploymentCircuitBreaker: { Enable: true, Rollback: true } },
        NetworkConfiguration: {
          AwsvpcConfiguration: {
            // In public subnets images come over the internet.
            AssignPublicIp: usesPrivateSubnets(resource) ? 'DISABLED' : 'ENABLED',
            SecurityGroups: [group],
            Subnets: network.subnetIds,
          },
        },
        LoadBalancers: target
          ? [{ ContainerName: name, ContainerPort: port, TargetGroupArn: ref(target.group) }]
          : undefined,
        ServiceConnectConfiguration: target ? undefined : serviceConnect(name, port, stack),
      },
    });
    if (properties.scaling) addScaling(name, properties.scaling, { cluster, service }, stack);
  },

  params: (resource, names) => ({ address: addressOf(resource, names) }),

  connect: (resource, names) => ({ statements: [], variables: { ADDRESS: addressOf(resource, names) } }),
});

function addressOf({ name, properties }: Service, names: Names): Value {
  const port = portOf(properties);
  return isBalanced(properties)
    ? join(':', [getAtt(loadBalancerId(names, name), 'DNSName'), String(port)])
    : `${serviceName(name)}:${port}`;
}

/** Under which other containers find it; ECS takes no capital letters there. */
const serviceName = (name: string): string => name.toLowerCase();

function* checkSize({ cpu, memory }: PrivateServiceProperties['resources']): Iterable<LocalFinding> {
  const size = sizes[cpu];
  if (!size || typeof memory !== 'number') return;
  const [least, most, step] = size;
  if (memory >= least && memory <= most && memory % step === 0) return;
  yield {
    code: 'memory-does-not-fit',
    path: ['resources', 'memory'],
    message: `${cpu} virtual processors of Fargate cannot have ${memory} MB.`,
    expected: `${least} to ${most} in steps of ${step}`,
  };
}

function serviceConnect(name: string, port: number, stack: StackBuilder): Value {
  stack.addShared(namespaceId, () => ({
    Type: 'AWS::ServiceDiscovery::HttpNamespace',
    Properties: { Name: stack.names.stackName },
  }));
  return {
    Enabled: true,
    Namespace: getAtt(namespaceId, 'Arn'),
    Services: [
      {
        PortName: 'main',
        DiscoveryName: serviceName(name),
        ClientAliases: [{ DnsName: serviceName(name), Port: port }],
      },
    ],
  };
}

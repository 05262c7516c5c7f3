import { getAtt, ref } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { addContainerSecurityGroup, addRole } from '../container/workload.ts';
import { networkFor } from '../vpc/private-subnets.ts';
import type { Job } from './batch-job.ts';
import { batchName } from './names.ts';

/** The machines, which are there while jobs run, and the queue in front of them. Returns the queue's logical id. */
export function addQueue(job: Job, stack: StackBuilder): string {
  const { name, properties } = job;
  const { names } = stack;
  const network = networkFor(job, stack);
  const group = addContainerSecurityGroup(name, stack);
  const role = names.logicalId(name, 'AWS::IAM::Role', { specifier: 'instance' });
  addRole(name, 'instance', 'ec2.amazonaws.com', stack, {
    managed: ['AmazonEC2ContainerServiceforEC2Role'],
  });
  const profile = names.logicalId(name, 'AWS::IAM::InstanceProfile');
  stack.add(name, profile, { Type: 'AWS::IAM::InstanceProfile', Properties: { Roles: [ref(role)] } });
  const spot = properties.useSpotInstances === true;
  const gpu = properties.resources.gpu !== undefined;
  const environment = names.logicalId(name, 'AWS::Batch::ComputeEnvironment');
  stack.add(name, environment, {
    Type: 'AWS::Batch::ComputeEnvironment',
    ...(network.gateway.length > 0 ? { DependsOn: [...network.gateway] } : {}),
    Properties: {
      Type: 'MANAGED',
      State: 'ENABLED',
      ReplaceComputeEnvironment: false,
      ComputeResources: {
        Type: spot ? 'SPOT' : 'EC2',
        AllocationStrategy: spot ? 'SPOT_CAPACITY_OPTIMIZED' : 'BEST_FIT_PROGRESSIVE',
        MinvCpus: 0,
        MaxvCpus: 256,
        // Batch chooses among families without graphics processors by itself, never among the others.
        InstanceTypes: gpu ? ['g4dn', 'p3'] : ['optimal'],
        InstanceRole: getAtt(profile, 'Arn'),
        SecurityGroupIds: [group],
        Subnets: network.subnetIds,
      },
    },
  });
  const id = names.logicalId(name, 'AWS::Batch::JobQueue');
  stack.add(name, id, {
    Type: 'AWS::Batch::JobQueue',
    Properties: {
      JobQueueName: batchName(names, name),
      Priority: 1,
      ComputeEnvironmentOrder: [{ Order: 1, ComputeEnvironment: ref(environment) }],
    },
  });
  return id;
}

import { asText } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { commandOf, imageOf } from '../container/packaging.ts';
import { addContainerLogs, connectWorkload } from '../container/workload.ts';
import type { Job } from './batch-job.ts';
import { batchName, definitionId } from './names.ts';

/** What each run of a job is, and the role that it runs with. Returns the logical id. */
export function addDefinition({ name, properties }: Job, stack: StackBuilder): string {
  const { names } = stack;
  const { container, resources, timeout, logging } = properties;
  const { roleArn, variables } = connectWorkload(
    {
      name,
      environment: container.environment ?? [],
      environmentPath: ['container', 'environment'],
      properties,
    },
    'ecs-tasks.amazonaws.com',
    stack,
  );
  const id = definitionId(names, name);
  const { cpu, memory = 1024, gpu } = resources;
  stack.add(name, id, {
    Type: 'AWS::Batch::JobDefinition',
    Properties: {
      JobDefinitionName: batchName(names, name),
      Type: 'container',
      PlatformCapabilities: ['EC2'],
      Timeout: timeout === undefined ? undefined : { AttemptDurationSeconds: timeout },
      ContainerProperties: {
        Image: imageOf(name, container.packaging, stack),
        Command: commandOf(container.packaging),
        JobRoleArn: roleArn,
        Environment: variables,
        ResourceRequirements: [
          { Type: 'VCPU', Value: asText(cpu) },
          { Type: 'MEMORY', Value: asText(memory) },
          ...(gpu === undefined ? [] : [{ Type: 'GPU', Value: String(gpu) }]),
        ],
        // Without a driver Batch makes a log group of its own.
        LogConfiguration: addContainerLogs(name, 'batch', logging, stack) ?? { LogDriver: 'json-file' },
      },
    },
  });
  return id;
}

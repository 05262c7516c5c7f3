import type { ConfigResource } from '../../model/config.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { healthCheck } from '../container/health-check.ts';
import { commandOf, imageOf } from '../container/packaging.ts';
import { addContainerLogs, addRole, connectWorkload } from '../container/workload.ts';
import type { PrivateServiceProperties } from './private-service.ts';

/** What Fargate runs for a service, and the roles that it runs with. Returns the logical id. */
export function addTaskDefinition(
  { name, properties }: ConfigResource<PrivateServiceProperties>,
  port: number,
  stack: StackBuilder,
): string {
  const { names } = stack;
  const { roleArn, variables } = connectWorkload(
    {
      name,
      environment: [{ name: 'PORT', value: port }, ...(properties.environment ?? [])],
      environmentPath: ['environment'],
      properties,
    },
    'ecs-tasks.amazonaws.com',
    stack,
  );
  const executionRole = addRole(name, 'execution', 'ecs-tasks.amazonaws.com', stack, {
    managed: ['AmazonECSTaskExecutionRolePolicy'],
  });
  const id = names.logicalId(name, 'AWS::ECS::TaskDefinition');
  const { cpu, memory } = properties.resources;
  stack.add(name, id, {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: {
      Family: names.physicalName(name, 255),
      Cpu: String(cpu * 1024),
      Memory: String(memory),
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
      TaskRoleArn: roleArn,
      ExecutionRoleArn: executionRole,
      ContainerDefinitions: [
        {
          Name: name,
          Image: imageOf(name, properties.packaging, stack),
          Command: commandOf(properties.packaging),
          Essential: true,
          PortMappings: [
            { Name: 'main', ContainerPort: port, Protocol: 'tcp', AppProtocol: properties.protocol },
          ],
          Environment: variables,
          HealthCheck: healthCheck(properties.internalHealthCheck),
          StopTimeout: properties.stopTimeout,
          LogConfiguration: addContainerLogs(name, 'ecs', properties.logging, stack),
        },
      ],
    },
  });
  return id;
}

import type { ResourceInfo } from '../../deploy/stack-info.ts';
import type { Context } from '../context.ts';
import { openStack } from '../open-stack.ts';
import { readStackInfo } from '../stack-info.ts';

/** `stp info`: every resource with its physical ids, params and links, and the outputs. */
export async function info(context: Context): Promise<number> {
  const { config, target } = await openStack(context);
  const { stack, resources, outputs } = await readStackInfo(config, await target());
  context.print(`${context.style('bold', stack.stackName)}  ${stack.status}  ${stack.region}`);
  if (stack.link !== undefined) context.print(stack.link);
  for (const resource of resources) {
    context.emit({ type: 'resource', ...resource });
    printResource(context, resource);
  }
  context.emit({ type: 'result', stack, outputs });
  if (Object.keys(outputs).length > 0) context.print(`\n${context.style('bold', 'Outputs')}`);
  for (const [name, value] of Object.entries(outputs)) context.print(`  ${name}  ${value}`);
  return 0;
}

function printResource(
  context: Context,
  { resource, resourceType, params, links, children }: ResourceInfo,
): void {
  context.print(`\n${context.style('bold', resource)}  ${context.style('gray', resourceType)}`);
  for (const [name, value] of Object.entries(params)) {
    context.print(`  ${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  }
  for (const [name, url] of Object.entries(links)) context.print(`  ${name}: ${url}`);
  for (const child of children) {
    context.print(
      `  ${child.status.padEnd(16)}  ${child.logicalId} (${child.resourceType})  ${child.physicalId}`,
    );
  }
}

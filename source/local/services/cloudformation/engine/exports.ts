import type { Output } from '@aws-sdk/client-cloudformation';
import { validationError } from '../errors.ts';
import type { StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import { exportsOf } from './plan.ts';

/** Names of other stacks that use an export. */
export function importersOf(store: Store, exportName: string): string[] {
  return store
    .stacks()
    .filter((stack) => stack.deletedAt === undefined && stack.imports.includes(exportName))
    .map((stack) => stack.name);
}

/**
 * An export belongs to one stack, and neither goes nor changes while another stack uses it.
 * @throws ServiceError `ValidationError` in CloudFormation's words.
 */
export function refuseExportChanges(store: Store, stack: StackRecord, outputs: readonly Output[]): void {
  const taken = exportsOf(store).filter((exported) => exported.stackId !== stack.id);
  for (const { ExportName: name } of outputs) {
    const owner = taken.find((exported) => exported.name === name);
    if (owner !== undefined) {
      throw validationError(`Export with name ${name} is already exported by stack ${owner.stackName}`);
    }
  }
  for (const before of stack.outputs) {
    if (before.ExportName === undefined) continue;
    const after = outputs.find((output) => output.ExportName === before.ExportName);
    if (after?.OutputValue === before.OutputValue) continue;
    const importers = importersOf(store, before.ExportName);
    if (importers.length === 0) continue;
    const verb = after === undefined ? 'deleted' : 'updated';
    throw validationError(
      `Export ${before.ExportName} cannot be ${verb} as it is in use by ${importers.join(', ')}`,
    );
  }
}

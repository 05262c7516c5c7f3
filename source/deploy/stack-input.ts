import { createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import type { ConfigPath, SourceRange } from '../model/diagnostic.ts';
import type { DeployEvent, Operation } from './deploy-event.ts';
import { type DeployControl, type Outcome, type Run, runOperation } from './operation.ts';

/** A stack that is there already, for the operations that need no template. */
export type StackInput = {
  serviceName: string;
  stage: string;
  stackName: string;
  target: Target;
  programVersion: string;
  /** Of the config, in its order, where one was read. */
  resources?: { name: string; type: string }[];
  locate?(path: ConfigPath): SourceRange | undefined;
};

/** `runOperation` for a `StackInput`. */
export function runOnStack(
  operation: Operation,
  input: StackInput,
  control: DeployControl,
  steps: (run: Run) => Promise<Outcome>,
): AsyncGenerator<DeployEvent, void> {
  const { serviceName, stage, stackName, programVersion, resources = [] } = input;
  return runOperation(
    {
      operation,
      started: { serviceName, stage, stackName, programVersion, resources },
      clients: createClients(input.target),
      control,
    },
    steps,
  );
}

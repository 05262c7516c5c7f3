import { randomUUID } from 'node:crypto';
import type { OperationRecord, ResourceRecord } from '../state.ts';
import { providerOf } from '../types/registry.ts';
import { adopt } from './advance.ts';
import { cleanUp, deleteAll } from './ending.ts';
import { fail, goForward } from './forward.ts';
import { rollBack } from './rollback.ts';
import { createRun, type Environment, type Run, Stopped } from './run.ts';
import { endOperation, pauseOperation } from './transitions.ts';

const phases: Record<OperationRecord['phase'], (environment: Environment, run: Run) => Promise<void>> = {
  forward: goForward,
  cleanup: cleanUp,
  rollback: rollBack,
  'rollback-cleanup': cleanUp,
  delete: deleteAll,
};

/** Goes through the phases of the operation that the stack's record names, in the background. */
export function startOperation(environment: Environment, stackId: string): void {
  launch(environment, stackId, (run) => drive(environment, run));
}

/** What a killed process left behind goes on: backwards, where it was going forward. */
export function resumeOperation(environment: Environment, stackId: string): void {
  launch(environment, stackId, async (run) => {
    await recover(environment, run);
    await drive(environment, run);
  });
}

function launch(environment: Environment, stackId: string, work: (run: Run) => Promise<void>): void {
  const { backend, runs } = environment;
  const run = createRun(environment, stackId);
  runs.set(stackId, run);
  run.done = work(run)
    .catch((error: unknown) => {
      if (!(error instanceof Stopped)) backend.log(`cloudformation: ${stackId}: ${String(error)}`);
    })
    .finally(() => {
      if (runs.get(stackId) === run) runs.delete(stackId);
    });
}

async function drive(environment: Environment, run: Run): Promise<void> {
  for (;;) {
    const { operation, status } = run.stack();
    if (operation === undefined || !status.endsWith('_IN_PROGRESS')) return closeChangeSet(environment, run);
    try {
      await phases[operation.phase](environment, run);
    } catch (error) {
      if (error instanceof Stopped) throw error;
      environment.backend.log(
        `cloudformation: ${run.stackId}: ${error instanceof Error ? error.stack : String(error)}`,
      );
      giveUpAfterBug(environment, run, error);
    }
  }
}

/** The change set that began it all says how it ended. */
function closeChangeSet({ store }: Environment, run: Run): void {
  const { changeSetId = '', status } = run.stack();
  const record = store.changeSetById(changeSetId);
  if (record?.executionStatus !== 'EXECUTE_IN_PROGRESS') return;
  const succeeded = status === 'CREATE_COMPLETE' || status === 'UPDATE_COMPLETE';
  store.putChangeSet({ ...record, executionStatus: succeeded ? 'EXECUTE_COMPLETE' : 'EXECUTE_FAILED' });
}

/** A bug of ours must not leave a stack in progress for ever. */
function giveUpAfterBug(environment: Environment, run: Run, error: unknown): void {
  const reason = `Internal failure: ${error instanceof Error ? error.message : String(error)}`;
  const { phase, type } = run.operation();
  if (phase === 'forward') fail(environment, run, reason);
  else if (phase === 'cleanup') endOperation(environment, run, 'UPDATE_COMPLETE');
  else if (phase === 'rollback-cleanup') endOperation(environment, run, 'UPDATE_ROLLBACK_COMPLETE');
  else if (phase === 'rollback') pauseOperation(environment, run, 'UPDATE_ROLLBACK_FAILED', reason);
  else pauseOperation(environment, run, type === 'delete' ? 'DELETE_FAILED' : 'ROLLBACK_FAILED', reason);
}

/**
 * The resources that were in the making when the process was killed: what has come into being is found by the
 * name that was written down before, so that the rollback can delete it.
 */
async function recover(environment: Environment, run: Run): Promise<void> {
  const { store, backend } = environment;
  const { phase } = run.operation();
  for (const resource of run.resources.values()) {
    if (resource.intent !== undefined) await findMade(environment, run, resource);
    if (phase !== 'forward') continue;
    const verb = resource.status === 'CREATE_IN_PROGRESS' ? 'creat' : 'updat';
    if (resource.status !== 'CREATE_IN_PROGRESS' && resource.status !== 'UPDATE_IN_PROGRESS') continue;
    run.step(resource, {
      status: verb === 'creat' ? 'CREATE_FAILED' : 'UPDATE_FAILED',
      reason: `The embedded AWS was stopped while this resource was being ${verb}ed.`,
    });
  }
  if (phase !== 'forward') return;
  store.transaction(() => fail(environment, run, 'The embedded AWS was stopped during the operation.'));
  backend.log(`cloudformation: ${run.stackId} was left in the middle of an operation and is rolled back`);
}

async function findMade(environment: Environment, run: Run, resource: ResourceRecord): Promise<void> {
  const { intent } = resource;
  if (intent === undefined) return;
  const { name, incarnation } = intent;
  try {
    const found = await providerOf(incarnation.type).find?.(
      { properties: incarnation.properties, name },
      run.context(resource),
    );
    run.note(resource, () => {
      if (found !== undefined) adopt(resource, { ...incarnation, ...found, key: randomUUID() });
      resource.intent = undefined;
    });
  } catch (error) {
    environment.backend.log(`cloudformation: looking for ${resource.logicalId}: ${String(error)}`);
  }
}

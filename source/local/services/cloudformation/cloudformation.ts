import type { Backend, Service } from '../../backend.ts';
import { resumeOperation } from './engine/drive.ts';
import type { Environment } from './engine/run.ts';
import {
  computeChangeSet,
  createChangeSet,
  deleteChangeSet,
  describeChangeSet,
  executeChangeSet,
  listChangeSets,
} from './operations/change-set-operations.ts';
import { describeEvents, describeStackEvents } from './operations/describe-events.ts';
import {
  describeStackResource,
  describeStackResources,
  listStackResources,
} from './operations/describe-resources.ts';
import { describeStacks, listExports, listStacks } from './operations/describe-stacks.ts';
import {
  cancelUpdateStack,
  continueUpdateRollback,
  createStack,
  deleteStack,
  rollbackStack,
  updateStack,
  updateTerminationProtection,
} from './operations/stack-operations.ts';
import { getTemplate, getTemplateSummary, validateTemplate } from './operations/template-operations.ts';
import { createStore } from './store.ts';

/**
 * CloudFormation of the embedded AWS. Operations run in the background as they do in AWS; each step is written
 * to the database before and after it is done, and `start` takes up what a killed process left behind.
 */
export function createCloudFormation(backend: Backend): Service {
  const stopping = new AbortController();
  const store = createStore(backend.database);
  const environment: Environment = { backend, store, runs: new Map(), stopping: stopping.signal };

  return {
    operations: {
      CancelUpdateStack: cancelUpdateStack(environment),
      ContinueUpdateRollback: continueUpdateRollback(environment),
      CreateChangeSet: createChangeSet(environment),
      CreateStack: createStack(environment),
      DeleteChangeSet: deleteChangeSet(environment),
      DeleteStack: deleteStack(environment),
      DescribeChangeSet: describeChangeSet(environment),
      DescribeEvents: describeEvents(environment),
      DescribeStackEvents: describeStackEvents(environment),
      DescribeStackResource: describeStackResource(environment),
      DescribeStackResources: describeStackResources(environment),
      DescribeStacks: describeStacks(environment),
      ExecuteChangeSet: executeChangeSet(environment),
      GetTemplate: getTemplate(environment),
      GetTemplateSummary: getTemplateSummary(environment),
      ListChangeSets: listChangeSets(environment),
      ListExports: listExports(environment),
      ListStackResources: listStackResources(environment),
      ListStacks: listStacks(environment),
      RollbackStack: rollbackStack(environment),
      UpdateStack: updateStack(environment),
      UpdateTerminationProtection: updateTerminationProtection(environment),
      ValidateTemplate: validateTemplate(environment),
    },

    async start() {
      for (const stack of store.stacks()) {
        if (stack.operation !== undefined && stack.status.endsWith('_IN_PROGRESS')) {
          resumeOperation(environment, stack.id);
        }
      }
      for (const changeSet of store.allChangeSets()) {
        if (changeSet.status.endsWith('_PENDING') || changeSet.status === 'CREATE_IN_PROGRESS') {
          void computeChangeSet(environment, changeSet.id);
        }
      }
    },

    async stop() {
      stopping.abort();
      await Promise.all([...environment.runs.values()].map((run) => run.done));
    },
  };
}

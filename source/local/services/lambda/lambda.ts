import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Backend, Service } from '../../backend.ts';
import { createAsyncQueue } from './async-queue.ts';
import { createCodeStore } from './code-store.ts';
import { createFunctionStore } from './function-store.ts';
import type { LambdaContext } from './lambda-context.ts';
import { codeInUse, functionOperations, markReady } from './operations/function-operations.ts';
import { invokeOperation } from './operations/invoke-operation.ts';
import { permissionOperations } from './operations/permission-operations.ts';
import { settingOperations } from './operations/setting-operations.ts';
import { createEnvironmentPool } from './runtime/environment-pool.ts';

/** Lambda: functions are kept in the database and really run, in processes of their own. */
export function createLambda(backend: Backend): Service {
  const lambda: LambdaContext = {
    backend,
    functions: createFunctionStore(backend),
    code: createCodeStore(backend),
    pool: createEnvironmentPool(backend),
  };
  const queue = createAsyncQueue(lambda);
  return {
    operations: {
      ...functionOperations(lambda),
      ...permissionOperations(lambda),
      ...settingOperations(lambda),
      ...invokeOperation(lambda, queue),
    },
    async start() {
      // What a killed process left, and V8's cache, which would else hold every code that ever was.
      for (const folder of ['tmp', 'compiled'])
        rmSync(join(backend.directory, 'functions', folder), { recursive: true, force: true });
      for (const { configuration } of lambda.functions.all())
        markReady(lambda, configuration.FunctionName ?? '');
      await lambda.code.keepOnly(() => codeInUse(lambda));
      queue.resume();
    },
    async stop() {
      queue.stop();
      await lambda.pool.stop();
    },
  };
}

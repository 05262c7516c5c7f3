import type { Backend } from '../../backend.ts';
import type { CodeStore } from './code-store.ts';
import type { FunctionStore } from './function-store.ts';
import type { EnvironmentPool } from './runtime/environment-pool.ts';

/** What the operations of Lambda share. */
export type LambdaContext = {
  backend: Backend;
  functions: FunctionStore;
  code: CodeStore;
  pool: EnvironmentPool;
};

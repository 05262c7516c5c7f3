import type { Backend, Service } from '../../backend.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { createRoleStore } from './role-store.ts';
import { roleOperations } from './roles.ts';

/** IAM: roles with their inline policies and attached policies, which are kept as records. */
export function createIam(backend: Backend): Service {
  const store = createRoleStore(backend.database);
  return { operations: { ...roleOperations(backend, store), ...rolePolicyOperations(store) } };
}

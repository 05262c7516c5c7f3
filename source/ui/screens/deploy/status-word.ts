import type { Progress, ResourceState } from '../../../deploy/deploy-state.ts';

const words: Record<string, string> = {
  CREATE_IN_PROGRESS: 'creating',
  CREATE_COMPLETE: 'created',
  CREATE_FAILED: 'create failed',
  UPDATE_IN_PROGRESS: 'updating',
  UPDATE_COMPLETE: 'updated',
  UPDATE_FAILED: 'update failed',
  DELETE_IN_PROGRESS: 'deleting',
  DELETE_COMPLETE: 'deleted',
  DELETE_FAILED: 'delete failed',
  DELETE_SKIPPED: 'kept',
  IMPORT_IN_PROGRESS: 'importing',
  IMPORT_COMPLETE: 'imported',
  IMPORT_FAILED: 'import failed',
};

const planned: Record<NonNullable<ResourceState['action']>, string> = {
  add: 'to create',
  modify: 'to update',
  replace: 'to replace',
  remove: 'to remove',
};

const groupWords: Record<Progress, string> = {
  waiting: 'waiting',
  running: 'in progress',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  'rolling-back': 'rolling back',
  'rolled-back': 'rolled back',
  deleted: 'deleted',
};

export function groupWord(progress: Progress): string {
  return groupWords[progress];
}

/** What a resource is doing, in a word or two. */
export function statusWord(resource: ResourceState): string {
  const { action, progress, status } = resource;
  switch (progress) {
    case 'waiting':
      return action === undefined ? 'waiting' : planned[action];
    case 'cancelled':
      return 'cancelled';
    case 'rolling-back':
      return 'rolling back';
    case 'rolled-back':
      return 'rolled back';
    case 'failed':
      if (resource.provisional) return 'left behind';
      break;
    case 'running':
      if (resource.detailedStatus === 'CONFIGURATION_COMPLETE') return 'stabilizing';
      if (action === 'replace') return 'replacing';
      break;
    case 'done':
      if (resource.cleanup !== undefined && !resource.cleanup.done) {
        return resource.provisional ? 'old one remains' : 'removing old';
      }
      if (action === 'replace' && status !== undefined) return 'replaced';
      if (resource.provider !== undefined) return action === 'add' ? 'created' : 'updated';
      // It was planned, and CloudFormation found nothing to do.
      if (status === undefined) return 'unchanged';
      break;
    case 'deleted':
      return status === 'DELETE_SKIPPED' ? 'kept' : 'deleted';
  }
  if (status === undefined) return groupWords[progress];
  return words[status] ?? status.toLowerCase().replaceAll('_', ' ');
}

import { describe, expect, test } from 'vitest';
import { progressOf } from '../../source/deploy/progress-of.ts';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';
import { at, plan, reduceAll, resourceOf, result, rootId, stackEvent } from './recorded-events.ts';

describe('a first deploy', () => {
  test('planned resources wait, run and are done; the stack itself is not counted', () => {
    const planned = reduceAll(plan('create', ['add Table', 'add Role']));
    expect(progressOf(planned)).toEqual({ total: 2, done: 0, running: 0, failed: 0, percent: 0 });
    expect(resourceOf(planned, 'Table')).toMatchObject({ progress: 'waiting', action: 'add' });

    const running = [
      stackEvent('Stack CREATE_IN_PROGRESS'),
      stackEvent('Table CREATE_IN_PROGRESS'),
      stackEvent('Role CREATE_IN_PROGRESS'),
      stackEvent('Role CREATE_COMPLETE', { physicalId: 'role-1' }),
    ].reduce(reduceDeploy, planned);
    expect(progressOf(running)).toEqual({ total: 2, done: 1, running: 1, failed: 0, percent: 50 });

    const done = [stackEvent('Table CREATE_COMPLETE'), stackEvent('Stack CREATE_COMPLETE')].reduce(
      reduceDeploy,
      running,
    );
    expect(progressOf(done)).toEqual({ total: 2, done: 2, running: 0, failed: 0, percent: 100 });
    expect(done.stacks.get(rootId)?.status).toBe('CREATE_COMPLETE');
  });

  test('the second CREATE_IN_PROGRESS brings the physical id and leaves the timer alone', () => {
    const first = stackEvent('Table CREATE_IN_PROGRESS');
    const second = stackEvent('Table CREATE_IN_PROGRESS', { physicalId: 'table-1' });
    const table = resourceOf(reduceAll(plan('create', ['add Table']), first, second), 'Table');
    expect(table).toMatchObject({ physicalId: 'table-1', startedAt: first.timestamp, progress: 'running' });
    expect(table.finishedAt).toBeUndefined();
  });

  test('CONFIGURATION_COMPLETE is shown while it stabilizes and forgotten when it is done', () => {
    const stabilizing = reduceAll(
      stackEvent('Table CREATE_IN_PROGRESS'),
      stackEvent('Table CREATE_IN_PROGRESS', { detailedStatus: 'CONFIGURATION_COMPLETE' }),
    );
    expect(resourceOf(stabilizing, 'Table')).toMatchObject({
      progress: 'running',
      detailedStatus: 'CONFIGURATION_COMPLETE',
    });
    const done = reduceDeploy(stabilizing, stackEvent('Table CREATE_COMPLETE'));
    expect(resourceOf(done, 'Table').detailedStatus).toBeUndefined();
  });

  test('an event that is read late does not start a finished resource again', () => {
    const late = stackEvent('Table CREATE_IN_PROGRESS', { physicalId: 'table-1' });
    const done = stackEvent('Table CREATE_COMPLETE');
    const early = resourceOf(reduceAll(done, { ...late, timestamp: '2020-01-01T00:00:00.000Z' }), 'Table');
    expect(early).toMatchObject({ progress: 'done', physicalId: 'table-1' });
  });
});

describe('a first deploy that fails', () => {
  const events = [
    plan('create', ['add Table', 'add Role', 'add Queue', 'add Never']),
    stackEvent('Stack CREATE_IN_PROGRESS'),
    stackEvent('Table CREATE_IN_PROGRESS'),
    stackEvent('Role CREATE_IN_PROGRESS'),
    stackEvent('Queue CREATE_IN_PROGRESS'),
    stackEvent('Table CREATE_COMPLETE'),
    stackEvent('Role CREATE_FAILED', { reason: 'Invalid principal in policy' }),
    stackEvent('Queue CREATE_FAILED', { reason: 'Resource creation cancelled' }),
    stackEvent('Stack ROLLBACK_IN_PROGRESS', {
      reason: 'The following resource(s) failed to create: [Role].',
    }),
  ];

  test('the siblings that were stopped are not failures', () => {
    const state = reduceAll(...events);
    expect(progressOf(state)).toEqual({ total: 4, done: 1, running: 0, failed: 1, percent: 25 });
    expect(resourceOf(state, 'Queue').progress).toBe('cancelled');
    expect(resourceOf(state, 'Queue').reason).toBeUndefined();
    expect(resourceOf(state, 'Never').progress).toBe('waiting');
  });

  test('what is rolled back is no longer done, and the first reason stays', () => {
    const back = [
      stackEvent('Table DELETE_IN_PROGRESS'),
      stackEvent('Role DELETE_IN_PROGRESS'),
      stackEvent('Queue DELETE_IN_PROGRESS'),
    ].reduce(reduceDeploy, reduceAll(...events));
    expect(resourceOf(back, 'Table').progress).toBe('rolling-back');
    expect(progressOf(back)).toMatchObject({ done: 0, running: 3, percent: 0 });

    const end = [
      stackEvent('Table DELETE_COMPLETE'),
      stackEvent('Role DELETE_COMPLETE'),
      stackEvent('Queue DELETE_COMPLETE'),
      stackEvent('Stack ROLLBACK_COMPLETE'),
      result('rolledBack'),
    ].reduce(reduceDeploy, back);
    expect(progressOf(end)).toEqual({ total: 4, done: 0, running: 0, failed: 0, percent: 0 });
    expect(resourceOf(end, 'Role')).toMatchObject({
      progress: 'rolled-back',
      reason: 'Invalid principal in policy',
    });
  });

  test('a resource that cannot be removed in the rollback has failed for good', () => {
    const state = reduceAll(
      ...events,
      stackEvent('Table DELETE_IN_PROGRESS'),
      stackEvent('Table DELETE_FAILED', { reason: 'in use' }),
    );
    expect(resourceOf(state, 'Table')).toMatchObject({
      progress: 'failed',
      provisional: false,
      reason: 'in use',
    });
  });
});

describe('an update', () => {
  test('the one that a replacement leaves behind is not counted', () => {
    const state = reduceAll(
      plan('update', ['replace Table', 'modify Role']),
      stackEvent('Stack UPDATE_IN_PROGRESS'),
      stackEvent('Table UPDATE_IN_PROGRESS', {
        physicalId: 'old',
        reason: 'creating a new physical resource',
      }),
      stackEvent('Table UPDATE_IN_PROGRESS', { physicalId: 'new' }),
      stackEvent('Table UPDATE_COMPLETE', { physicalId: 'new' }),
      stackEvent('Role UPDATE_IN_PROGRESS'),
      stackEvent('Role UPDATE_COMPLETE'),
      stackEvent('Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackEvent('Table DELETE_IN_PROGRESS', { physicalId: 'old' }),
    );
    expect(progressOf(state)).toEqual({ total: 2, done: 2, running: 0, failed: 0, percent: 100 });
    expect(resourceOf(state, 'Table')).toMatchObject({
      progress: 'done',
      physicalId: 'new',
      status: 'UPDATE_COMPLETE',
      cleanup: { physicalId: 'old', status: 'DELETE_IN_PROGRESS', done: false },
    });
    const end = [
      stackEvent('Table DELETE_COMPLETE', { physicalId: 'old' }),
      stackEvent('Stack UPDATE_COMPLETE'),
    ].reduce(reduceDeploy, state);
    expect(resourceOf(end, 'Table').cleanup).toEqual({
      physicalId: 'old',
      status: 'DELETE_COMPLETE',
      done: true,
    });
    expect(progressOf(end).percent).toBe(100);
  });

  test('without a plan, as when attached, a replacement is known by its physical ids', () => {
    const state = reduceAll(
      stackEvent('Stack UPDATE_IN_PROGRESS'),
      stackEvent('Table UPDATE_COMPLETE', { physicalId: 'new' }),
      stackEvent('Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackEvent('Table DELETE_COMPLETE', { physicalId: 'old' }),
      stackEvent('Gone DELETE_COMPLETE', { physicalId: 'gone' }),
    );
    expect(resourceOf(state, 'Table').progress).toBe('done');
    expect(resourceOf(state, 'Gone').progress).toBe('deleted');
    expect(progressOf(state)).toMatchObject({ total: 2, done: 2 });
  });

  test('DELETE_FAILED in the clean-up is provisional: tried again, or left behind without a failure', () => {
    const failed = reduceAll(
      plan('update', ['remove Table', 'modify Role']),
      stackEvent('Stack UPDATE_IN_PROGRESS'),
      stackEvent('Role UPDATE_COMPLETE'),
      stackEvent('Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackEvent('Table DELETE_IN_PROGRESS'),
      stackEvent('Table DELETE_FAILED', { reason: 'deletion protection' }),
    );
    expect(resourceOf(failed, 'Table')).toMatchObject({ provisional: true, reason: 'deletion protection' });
    expect(progressOf(failed)).toEqual({ total: 2, done: 2, running: 0, failed: 0, percent: 100 });

    const again = [stackEvent('Table DELETE_IN_PROGRESS'), stackEvent('Table DELETE_COMPLETE')].reduce(
      reduceDeploy,
      failed,
    );
    expect(resourceOf(again, 'Table')).toMatchObject({ progress: 'deleted', provisional: false });
    expect(resourceOf(again, 'Table').reason).toBeUndefined();
  });

  test('both clean-up states count nothing twice', () => {
    const state = reduceAll(
      plan('update', ['modify Role']),
      stackEvent('Stack UPDATE_IN_PROGRESS'),
      stackEvent('Role UPDATE_COMPLETE'),
      stackEvent('Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackEvent('Stack UPDATE_COMPLETE'),
    );
    expect(progressOf(state)).toEqual({ total: 1, done: 1, running: 0, failed: 0, percent: 100 });
  });

  test('what was planned and needed no change is done when the stack is', () => {
    const state = reduceAll(
      plan('update', ['modify Role', 'modify Quiet']),
      stackEvent('Role UPDATE_COMPLETE'),
      stackEvent('Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
    );
    expect(resourceOf(state, 'Quiet').progress).toBe('done');
  });

  test('a rollback takes changed ones back and removes added ones in its clean-up', () => {
    const state = reduceAll(
      plan('update', ['modify Role', 'add Queue', 'replace Table', 'modify Bad']),
      stackEvent('Stack UPDATE_IN_PROGRESS'),
      stackEvent('Role UPDATE_COMPLETE'),
      stackEvent('Queue CREATE_COMPLETE', { physicalId: 'queue' }),
      stackEvent('Table UPDATE_COMPLETE', { physicalId: 'new' }),
      stackEvent('Bad UPDATE_FAILED', { reason: 'no' }),
      stackEvent('Stack UPDATE_ROLLBACK_IN_PROGRESS'),
      stackEvent('Role UPDATE_IN_PROGRESS'),
      stackEvent('Role UPDATE_COMPLETE'),
      stackEvent('Table UPDATE_COMPLETE', { physicalId: 'old' }),
      stackEvent('Bad UPDATE_COMPLETE'),
      stackEvent('Stack UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackEvent('Queue DELETE_IN_PROGRESS', { physicalId: 'queue' }),
      stackEvent('Table DELETE_IN_PROGRESS', { physicalId: 'new' }),
      stackEvent('Table DELETE_COMPLETE', { physicalId: 'new' }),
    );
    expect(resourceOf(state, 'Queue').progress).toBe('rolling-back');
    expect(resourceOf(state, 'Role').progress).toBe('rolled-back');
    expect(resourceOf(state, 'Bad')).toMatchObject({ progress: 'rolled-back', reason: 'no' });
    expect(resourceOf(state, 'Table')).toMatchObject({
      progress: 'rolled-back',
      physicalId: 'old',
      cleanup: { physicalId: 'new', done: true },
    });
    expect(progressOf(state)).toMatchObject({ total: 4, done: 0 });
  });
});

describe('deleting', () => {
  test('of a stack: deleted ones are done, a failure is real', () => {
    const state = reduceAll(
      plan('delete', ['remove Table', 'remove Role']),
      stackEvent('Stack DELETE_IN_PROGRESS'),
      stackEvent('Role DELETE_COMPLETE'),
      stackEvent('Table DELETE_FAILED', { reason: 'not empty' }),
    );
    expect(progressOf(state)).toEqual({ total: 2, done: 1, running: 0, failed: 1, percent: 50 });
    expect(resourceOf(state, 'Table')).toMatchObject({ progress: 'failed', provisional: false });
  });

  test('of a new stack that is cancelled is a rollback', () => {
    const state = reduceAll(
      plan('create', ['add Table', 'add Role']),
      stackEvent('Stack CREATE_IN_PROGRESS'),
      stackEvent('Table CREATE_COMPLETE'),
      at({ type: 'cancel-requested', effect: 'delete' }),
      stackEvent('Stack DELETE_IN_PROGRESS'),
      stackEvent('Table DELETE_COMPLETE'),
      stackEvent('Stack DELETE_COMPLETE'),
    );
    expect(state.cancelling).toBe(true);
    expect(resourceOf(state, 'Role').progress).toBe('waiting');
    expect(resourceOf(state, 'Table').progress).toBe('rolled-back');
    expect(progressOf(state).done).toBe(0);
  });
});

describe('nested stacks', () => {
  const childId = 'arn:aws:cloudformation:eu-west-1:123456789012:stack/blog-dev-Child-2222/2222';
  const child = (text: `${string} ${string}`) =>
    stackEvent(text, { stackId: childId, stackName: 'blog-dev-Child-2222' });
  const created = [
    plan('update', ['add Child', 'modify Role']),
    stackEvent('Stack UPDATE_IN_PROGRESS'),
    stackEvent('Child CREATE_IN_PROGRESS', { resourceType: 'AWS::CloudFormation::Stack' }),
    stackEvent('Child CREATE_IN_PROGRESS', {
      resourceType: 'AWS::CloudFormation::Stack',
      physicalId: childId,
    }),
    stackEvent('Child CREATE_IN_PROGRESS', {
      resourceType: 'AWS::CloudFormation::Stack',
      physicalId: childId,
    }),
    child('Stack CREATE_IN_PROGRESS'),
    child('Table CREATE_IN_PROGRESS'),
    child('Table CREATE_COMPLETE'),
  ];

  test('hang from their parent by physical id and are counted with their children', () => {
    const state = reduceAll(...created);
    expect([...state.stacks.keys()]).toEqual([rootId, childId]);
    expect(state.stacks.get(childId)).toMatchObject({ parent: { stackId: rootId, logicalId: 'Child' } });
    expect(progressOf(state)).toEqual({ total: 3, done: 1, running: 1, failed: 0, percent: 33 });
  });

  test('their children are rolled back when the parent is, and deleted when it is removed', () => {
    const rolled = reduceAll(
      ...created,
      stackEvent('Stack UPDATE_ROLLBACK_IN_PROGRESS'),
      child('Stack DELETE_IN_PROGRESS'),
      child('Table DELETE_COMPLETE'),
    );
    expect(resourceOf(rolled, 'Table', childId).progress).toBe('rolled-back');
    const removed = reduceAll(
      plan('update', ['remove Child']),
      stackEvent('Stack UPDATE_COMPLETE_CLEANUP_IN_PROGRESS'),
      stackEvent('Child DELETE_IN_PROGRESS', {
        resourceType: 'AWS::CloudFormation::Stack',
        physicalId: childId,
      }),
      child('Stack DELETE_IN_PROGRESS'),
      child('Table DELETE_COMPLETE'),
    );
    expect(resourceOf(removed, 'Table', childId).progress).toBe('deleted');
  });
});

describe('the rest of the state', () => {
  test('phases, artifacts, uploads, connection, question and notices follow their events', () => {
    const state = reduceAll(
      at({ type: 'phase', phase: 'package', status: 'running' }),
      at({ type: 'artifact', function: 'f', status: 'building' }),
      at({ type: 'artifact', function: 'f', status: 'built', bytes: 10, zippedBytes: 5 }),
      at({ type: 'phase', phase: 'package', status: 'done' }),
      at({ type: 'upload', name: 'f', status: 'present', key: 'k', bytes: 5 }),
      at({ type: 'connection', status: 'lost', message: 'ECONNREFUSED' }),
      at({ type: 'connection', status: 'lost', message: 'ECONNREFUSED' }),
      at({ type: 'notice', level: 'warning', message: 'careful' }),
      at({
        type: 'question',
        question: { kind: 'apply', message: 'Go?', reasons: [], losesData: true },
      }),
    );
    expect(state.phases.package).toMatchObject({ status: 'done' });
    expect(Date.parse(state.phases.package.finishedAt ?? '')).toBeGreaterThan(
      Date.parse(state.phases.package.startedAt ?? ''),
    );
    expect(state.artifacts.get('f')).toMatchObject({ status: 'built', zippedBytes: 5 });
    expect(state.uploads.get('f')).toEqual({ name: 'f', status: 'present', key: 'k', bytes: 5 });
    expect(state.connection).toMatchObject({ status: 'lost', message: 'ECONNREFUSED' });
    expect(state.connection.since).toBeDefined();
    expect(state.question?.losesData).toBe(true);
    expect(reduceDeploy(state, at({ type: 'answer', answer: 'yes' })).question).toBeUndefined();
    expect(reduceDeploy(state, at({ type: 'connection', status: 'ok' })).connection).toEqual({
      status: 'ok',
    });
  });

  test('nothing runs after the result, whatever was not read', () => {
    const state = reduceAll(
      plan('create', ['add Table']),
      stackEvent('Table CREATE_IN_PROGRESS'),
      result('succeeded'),
    );
    expect(progressOf(state)).toMatchObject({ done: 1, running: 0, percent: 100 });
    expect(progressOf(reduceAll(result('unchanged'))).percent).toBe(100);
  });

  test('an error ends an operation that could not start', () => {
    const state = reduceAll(
      at({ type: 'error', code: 'stack-busy', message: 'busy', hint: 'attach', exitCode: 1 }),
    );
    expect(state.error).toEqual({ code: 'stack-busy', message: 'busy', hint: 'attach', exitCode: 1 });
    expect(state.result).toBeUndefined();
  });

  test('the initial state is left as it was', () => {
    reduceAll(plan('create', ['add Table']), stackEvent('Table CREATE_COMPLETE'));
    expect(initialDeployState.stacks.size).toBe(0);
    expect(initialDeployState.phases.check).toEqual({ status: 'waiting' });
  });
});

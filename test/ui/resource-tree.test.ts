import { expect, test } from 'vitest';
import type { DeployState, ResourceState } from '../../source/deploy/deploy-state.ts';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';
import { activeItem, groupResources, treeItems } from '../../source/ui/screens/deploy/resource-tree.ts';
import { statusWord } from '../../source/ui/screens/deploy/status-word.ts';
import { DeployScript } from './deploy-script.ts';
import { ManualClock } from './manual-clock.ts';

function played(play: (script: DeployScript, clock: ManualClock) => void): DeployState {
  let state = initialDeployState;
  const clock = new ManualClock();
  play(
    new DeployScript(clock, (event) => {
      state = reduceDeploy(state, event);
    }),
    clock,
  );
  return state;
}

const overview = (state: DeployState) =>
  groupResources(state).map(({ name, progress, done, total }) => `${name} ${progress} ${done}/${total}`);

test('before the plan, the resources of the config wait', () => {
  expect(overview(played((script) => script.start()))).toEqual([
    'gateway waiting 0/0',
    'posts waiting 0/0',
    'getPosts waiting 0/0',
  ]);
});

test('groups are in the order of the config and as far as the slowest of their resources', () => {
  const state = played((script) => {
    script.start();
    script.plan();
    script.execute();
    script.resource('GatewayApi', 'CREATE_IN_PROGRESS');
    script.resource('GatewayApi', 'CREATE_COMPLETE');
    script.resource('PostsTable', 'CREATE_IN_PROGRESS');
    script.resource('PostsTable', 'CREATE_COMPLETE');
    script.resource('GetPostsRole', 'CREATE_FAILED', 'no');
    script.resource('Unowned', 'CREATE_IN_PROGRESS');
  });
  expect(overview(state)).toEqual([
    'gateway running 1/2',
    'posts done 1/1',
    'getPosts failed 0/2',
    'shared running 0/1',
  ]);
});

test('a failure has its reason below it, and folding hides what is in a group', () => {
  const state = played((script) => {
    script.start();
    script.plan();
    script.execute();
    script.resource('GetPostsRole', 'CREATE_FAILED', 'not allowed');
  });
  const view = { folded: new Set(['gateway']), open: new Set<string>() };
  const items = treeItems(groupResources(state), view, (text) => [text]);
  expect(items.map((item) => item.key)).toEqual([
    'gateway',
    'posts',
    'posts/PostsTable',
    'getPosts',
    'getPosts/GetPostsRole',
    'getPosts/GetPostsRole#why',
    'getPosts/GetPostsFunction',
  ]);
  expect(activeItem(items)).toBe(4);
});

const base: ResourceState = {
  logicalId: 'A',
  resourceType: 'AWS::SNS::Topic',
  progress: 'running',
  provisional: false,
};

test.each<[Partial<ResourceState>, string]>([
  [{ progress: 'waiting' }, 'waiting'],
  [{ progress: 'waiting', action: 'replace' }, 'to replace'],
  [{ status: 'CREATE_IN_PROGRESS' }, 'creating'],
  [{ status: 'CREATE_IN_PROGRESS', detailedStatus: 'CONFIGURATION_COMPLETE' }, 'stabilizing'],
  [{ status: 'UPDATE_IN_PROGRESS', action: 'replace' }, 'replacing'],
  [{ progress: 'done', status: 'UPDATE_COMPLETE', action: 'replace' }, 'replaced'],
  [
    {
      progress: 'done',
      status: 'UPDATE_COMPLETE',
      action: 'replace',
      cleanup: { status: 'DELETE_IN_PROGRESS', done: false },
    },
    'removing old',
  ],
  [
    {
      progress: 'done',
      status: 'UPDATE_COMPLETE',
      provisional: true,
      cleanup: { status: 'DELETE_FAILED', done: false },
    },
    'old one remains',
  ],
  [{ progress: 'done', action: 'modify' }, 'unchanged'],
  [{ progress: 'done', action: 'modify', provider: 'Upstash' }, 'updated'],
  [{ progress: 'done', action: 'add', provider: 'Upstash' }, 'created'],
  [{ progress: 'failed', status: 'DELETE_FAILED' }, 'delete failed'],
  [{ progress: 'failed', status: 'DELETE_FAILED', provisional: true }, 'left behind'],
  [{ progress: 'deleted', status: 'DELETE_SKIPPED' }, 'kept'],
  [{ progress: 'rolling-back', status: 'DELETE_IN_PROGRESS' }, 'rolling back'],
  [{ progress: 'cancelled', status: 'CREATE_FAILED' }, 'cancelled'],
  [{ progress: 'done', status: 'IMPORT_ROLLBACK_COMPLETE' }, 'import rollback complete'],
])('%j reads %s', (change, word) => {
  expect(statusWord({ ...base, ...change })).toBe(word);
});

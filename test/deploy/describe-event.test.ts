import { expect, test } from 'vitest';
import type { DeployEvent } from '../../source/deploy/deploy-event.ts';
import { describeEvent } from '../../source/deploy/describe-event.ts';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';
import { at, plan, result, stackEvent } from './recorded-events.ts';

function lines(...events: DeployEvent[]): (string | undefined)[] {
  let state = initialDeployState;
  return events.map((event) => {
    state = reduceDeploy(state, event);
    return describeEvent(event, state);
  });
}

test('a deploy that fails reads from top to bottom without colour', () => {
  expect(
    lines(
      at({ type: 'phase', phase: 'package', status: 'running' }),
      at({ type: 'artifact', function: 'api', status: 'building' }),
      at({ type: 'artifact', function: 'api', status: 'built', zippedBytes: 2048, milliseconds: 31 }),
      at({ type: 'phase', phase: 'package', status: 'done' }),
      plan('update', ['add Queue', 'replace Table', 'modify Role']),
      stackEvent('Stack UPDATE_IN_PROGRESS', { reason: 'User Initiated' }),
      stackEvent('Table UPDATE_IN_PROGRESS', { resource: 'posts' }),
      stackEvent('Table UPDATE_FAILED', { resource: 'posts', reason: 'no\n  such key' }),
      stackEvent('Queue CREATE_FAILED', { reason: 'Resource creation cancelled' }),
      stackEvent('Stack UPDATE_ROLLBACK_IN_PROGRESS'),
      stackEvent('Table UPDATE_COMPLETE', { resource: 'posts' }),
      at({ type: 'connection', status: 'lost', message: 'connect ECONNREFUSED' }),
      at({ type: 'stack-status', stackId: 'x', stackName: 'x', status: 'UPDATE_ROLLBACK_COMPLETE' }),
      result('rolledBack'),
    ),
  ).toEqual([
    '● package running',
    undefined,
    '✔ built api 2.0 KB zipped in 31 ms',
    '✔ package done in 3.0 s',
    'i plan: 1 to add, 1 to change, 1 to replace',
    '● UPDATE_IN_PROGRESS stack blog-dev: User Initiated',
    '● UPDATE_IN_PROGRESS posts · Table AWS::DynamoDB::Table',
    '✖ UPDATE_FAILED posts · Table AWS::DynamoDB::Table in 1.0 s: no such key',
    '– CREATE_FAILED Queue AWS::DynamoDB::Table: Resource creation cancelled',
    '↺ UPDATE_ROLLBACK_IN_PROGRESS stack blog-dev',
    '↺ UPDATE_COMPLETE posts · Table AWS::DynamoDB::Table',
    '! connection lost, trying again; the stack goes on by itself: connect ECONNREFUSED',
    undefined,
    '↺ failed and rolled back in 1.0 s',
  ]);
});

test('a cause names the resource, its line and what to do', () => {
  expect(
    lines(
      at({
        type: 'cause',
        cause: {
          message: 'it already exists',
          logicalId: 'PostsTable',
          resource: 'posts',
          source: { file: 'stacktape.yml', line: 7, column: 3, endLine: 7, endColumn: 9 },
          hint: 'Rename it.',
        },
      }),
    ),
  ).toEqual(['✖ cause: posts (stacktape.yml:7:3): it already exists — Rename it.']);
});

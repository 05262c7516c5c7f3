import { describe, expect, test } from 'vitest';
import { causeOf } from '../../source/deploy/root-cause.ts';
import { stackEvent } from './recorded-events.ts';

const owners: Record<string, string> = { PostsTable: 'posts', ApiFunction: 'api', Child: 'childStack' };
const context = {
  ownerOf: (logicalId: string) => owners[logicalId],
  locate: () => ({ file: 'stacktape.yml', line: 7, column: 3, endLine: 9, endColumn: 1 }),
};

describe('the cause of a failed operation', () => {
  test('is the first real failure, with its resource, its line and what to do', () => {
    const cause = causeOf(
      [
        stackEvent('Stack CREATE_IN_PROGRESS'),
        stackEvent('PostsTable CREATE_FAILED', { reason: 'blog-dev-posts already exists' }),
        stackEvent('ApiFunction CREATE_FAILED', { reason: 'Resource creation cancelled' }),
        stackEvent('Stack ROLLBACK_IN_PROGRESS', { reason: 'The following resource(s) failed to create' }),
      ],
      context,
    );
    expect(cause).toMatchObject({
      message: 'blog-dev-posts already exists',
      logicalId: 'PostsTable',
      resource: 'posts',
      path: ['resources', 'posts'],
      source: { file: 'stacktape.yml', line: 7 },
    });
    expect(cause?.hint).toContain('another stage');
  });

  test('is found by time, not by the order in which events were read', () => {
    const first = stackEvent('ApiFunction CREATE_FAILED', { reason: 'first' });
    const second = stackEvent('PostsTable CREATE_FAILED', { reason: 'second' });
    expect(causeOf([second, first], context)?.message).toBe('first');
  });

  test('of a nested stack is what failed in it, at the resource that the nested stack belongs to', () => {
    const childId = 'arn:aws:cloudformation:eu-west-1:1:stack/child/2';
    const nested = { resourceType: 'AWS::CloudFormation::Stack', physicalId: childId };
    const cause = causeOf(
      [
        stackEvent('Child CREATE_IN_PROGRESS', nested),
        stackEvent('Queue CREATE_FAILED', { stackId: childId, reason: 'bad queue' }),
        stackEvent('Child CREATE_FAILED', {
          ...nested,
          reason: 'Embedded stack was not successfully created',
        }),
      ],
      context,
    );
    expect(cause).toMatchObject({ message: 'bad queue', logicalId: 'Queue', resource: 'childStack' });
  });

  test('is not a deletion that failed in a clean-up, where something else did', () => {
    const cause = causeOf(
      [
        stackEvent('PostsTable DELETE_FAILED', { reason: 'in use' }),
        stackEvent('ApiFunction UPDATE_FAILED', { reason: 'real' }),
      ],
      context,
    );
    expect(cause?.message).toBe('real');
  });

  test('is what the stack says where no resource failed, and nothing where nobody says', () => {
    const stack = stackEvent('Stack ROLLBACK_IN_PROGRESS', { reason: 'Stack creation time exceeded' });
    expect(causeOf([stack], context)).toEqual({ message: 'Stack creation time exceeded' });
    expect(causeOf([], context, 'Export x cannot be deleted')).toEqual({
      message: 'Export x cannot be deleted',
    });
    expect(causeOf([], context)).toBeUndefined();
  });
});

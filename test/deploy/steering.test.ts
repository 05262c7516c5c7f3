import { CloudFormation } from '@aws-sdk/client-cloudformation';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { attachStack } from '../../source/deploy/attach-stack.ts';
import { deleteStack } from '../../source/deploy/delete-stack.ts';
import type { DeployEvent } from '../../source/deploy/deploy-event.ts';
import { deployStack } from '../../source/deploy/deploy-stack.ts';
import { exitCodeOfState } from '../../source/deploy/exit-code.ts';
import { progressOf } from '../../source/deploy/progress-of.ts';
import { startTestAws, type TestAws } from '../local/start-test-aws.ts';
import {
  inputOf,
  noticesOf,
  runToEnd,
  type Steering,
  stackEventsOf,
  stackInputOf,
  table,
  targetOf,
  templateOf,
} from './deploy-harness.ts';
import { startProxy } from './start-proxy.ts';

let aws: TestAws;
let cloudFormation: CloudFormation;
beforeAll(async () => {
  aws = await startTestAws({ pace: 0.02 });
  cloudFormation = aws.client(CloudFormation);
});
afterAll(() => aws.stop());

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** The embedded AWS behind a proxy that may answer in its place. */
async function proxyTo(answer: Parameters<typeof startProxy>[1]): Promise<string> {
  const proxy = await startProxy(targetOf(aws), answer);
  closing.push(proxy.close);
  return proxy.endpoint;
}

const deploy = (input: Parameters<typeof deployStack>[0], steering?: Steering) =>
  runToEnd((control) => deployStack(input, control), steering);

const statusOf = async (stackName: string) =>
  (await cloudFormation.describeStacks({ StackName: stackName })).Stacks?.[0]?.StackStatus;

/** Tables one after the other, so that the first one's beginning is far from the end. */
const chain = (before: string[] = []) =>
  templateOf({
    ...Object.fromEntries(before.map((name) => [name, table(name.toLowerCase())])),
    ...Object.fromEntries(
      ['A', 'B', 'C', 'D'].map((name, index, all) => {
        const previous = all[index - 1];
        return [name, table(name.toLowerCase(), {}, previous === undefined ? {} : { DependsOn: [previous] })];
      }),
    ),
  });

const begins = (event: DeployEvent, text: string) =>
  event.type === 'stack-event' && `${event.logicalId} ${event.status}` === text;

describe('cancelling', () => {
  test('a first deploy deletes the stack and watches that to its end', async () => {
    const { state, events } = await deploy(inputOf(aws, 'cancel-new', chain()), {
      on: (event, steer) => {
        if (begins(event, 'A CREATE_IN_PROGRESS')) steer.cancel();
      },
    });
    expect(state.result).toMatchObject({ status: 'cancelled' });
    expect(exitCodeOfState(state)).toBe(4);
    expect(events.find((event) => event.type === 'cancel-requested')).toMatchObject({ effect: 'delete' });
    expect(state.cause).toBeUndefined();
    expect(progressOf(state)).toMatchObject({ done: 0, running: 0 });
    await expect(statusOf('cancel-new-test')).rejects.toThrow('does not exist');
  });

  test('an update rolls it back', async () => {
    await deploy(inputOf(aws, 'cancel-update', templateOf({ Old: table('old') })));
    const { state, events } = await deploy(inputOf(aws, 'cancel-update', chain(['Old'])), {
      on: (event, steer) => {
        if (begins(event, 'A CREATE_IN_PROGRESS')) steer.cancel();
      },
    });
    expect(state.result).toMatchObject({ status: 'cancelled' });
    expect(stackEventsOf(events).at(-1)).toBe('cancel-update-test UPDATE_ROLLBACK_COMPLETE');
    expect(await statusOf('cancel-update-test')).toBe('UPDATE_ROLLBACK_COMPLETE');
  });

  test('before anything is changed is an interruption that leaves nothing', async () => {
    for (const how of ['cancel', 'detach'] as const) {
      const { state } = await deploy(inputOf(aws, 'interrupted', templateOf({ A: table('a') })), {
        on: (event, steer) => {
          if (event.type === 'phase' && event.phase === 'review' && event.status === 'running') steer[how]();
        },
      });
      expect(state.result).toMatchObject({ status: 'cancelled', interrupted: true });
      expect(exitCodeOfState(state)).toBe(130);
    }
    await expect(statusOf('interrupted-test')).rejects.toThrow('does not exist');
    const next = await deploy(inputOf(aws, 'interrupted', templateOf({ A: table('a') })));
    expect(noticesOf(next.events)).toEqual([]);
    expect(next.state.result?.status).toBe('succeeded');
  });

  test('while a question waits is an interruption, and the change set is gone', async () => {
    await deploy(inputOf(aws, 'asked', templateOf({ A: table('a'), B: table('b') })));
    const cancel = new AbortController();
    const events: DeployEvent[] = [];
    const running = deployStack(inputOf(aws, 'asked', templateOf({ A: table('a') })), {
      confirm: () => new Promise(() => {}),
      cancel: cancel.signal,
      detach: new AbortController().signal,
      now: Date.now,
      pollInterval: 25,
    });
    for await (const event of running) {
      events.push(event);
      if (event.type === 'question') cancel.abort();
    }
    expect(events.at(-1)).toMatchObject({ type: 'result', status: 'cancelled', interrupted: true });
    const { Summaries } = await cloudFormation.listChangeSets({ StackName: 'asked-test' });
    expect(Summaries?.filter((one) => one.ExecutionStatus === 'AVAILABLE')).toEqual([]);
  });
});

describe('detaching and attaching', () => {
  test('a deploy goes on when it is left, and can be watched again from its first event', async () => {
    const left = await deploy(inputOf(aws, 'left', chain()), {
      on: (event, steer) => {
        if (begins(event, 'A CREATE_IN_PROGRESS')) steer.detach();
      },
    });
    expect(left.state.result?.status).toBe('detached');
    expect(exitCodeOfState(left.state)).toBe(5);

    const busy = await deploy(inputOf(aws, 'left', chain()));
    expect(busy.state.error).toMatchObject({ code: 'stack-busy', exitCode: 1 });
    expect(busy.state.error?.hint).toContain('stp attach');

    const again = await runToEnd((control) => attachStack(stackInputOf(aws, 'left'), control));
    expect(again.state.result?.status).toBe('succeeded');
    expect(stackEventsOf(again.events)[0]).toBe('left-test CREATE_IN_PROGRESS');
    expect(again.state.plan).toMatchObject({
      action: 'create',
      changes: [{ logicalId: 'A', resource: 'a' }, {}, {}, {}],
    });
    expect(progressOf(again.state)).toMatchObject({ total: 4, done: 4, percent: 100 });
  });

  test('with --detach it returns once CloudFormation has begun', async () => {
    const input = inputOf(aws, 'detached', templateOf({ A: table('a') }), { detach: true });
    const { state } = await deploy(input);
    expect(state.result?.status).toBe('detached');
    expect(exitCodeOfState(state, { detach: true })).toBe(0);
    const end = await runToEnd((control) => attachStack(stackInputOf(aws, 'detached'), control));
    expect(end.state.result?.status).toBe('succeeded');
  });

  test('where nothing runs, the last operation is shown with its outcome', async () => {
    await deploy(inputOf(aws, 'idle', templateOf({ A: table('a') })));
    await deploy(inputOf(aws, 'idle', templateOf({ A: table('a'), B: table('b') })));
    const { state, events } = await runToEnd((control) => attachStack(stackInputOf(aws, 'idle'), control));
    expect(noticesOf(events)).toEqual(['No operation is running on idle-test; this is the last one.']);
    expect(state.result?.status).toBe('succeeded');
    expect(state.plan).toMatchObject({ action: 'update', changes: [{ action: 'add', logicalId: 'B' }] });
    expect(stackEventsOf(events)[0]).toBe('idle-test UPDATE_IN_PROGRESS');
  });

  test('a stack that is not there is an error', async () => {
    const { state } = await runToEnd((control) => attachStack(stackInputOf(aws, 'nobody'), control));
    expect(state.error).toMatchObject({ code: 'no-such-stack', exitCode: 1 });
  });
});

describe('deleting', () => {
  test('asks, names what is lost, and watches to the end', async () => {
    await deploy(inputOf(aws, 'gone', templateOf({ A: table('a') })));
    const no = await runToEnd((control) => deleteStack(stackInputOf(aws, 'gone'), control), {
      answer: false,
    });
    expect(no.state.result?.status).toBe('cancelled');
    expect(await statusOf('gone-test')).toBe('CREATE_COMPLETE');

    const { state, questions, events } = await runToEnd((control) =>
      deleteStack(stackInputOf(aws, 'gone'), control),
    );
    expect(questions).toEqual([
      {
        kind: 'delete',
        message: 'Delete gone-test with its resource?',
        reasons: ['deletes a (AWS::DynamoDB::Table) and its data'],
        losesData: true,
      },
    ]);
    expect(state.result?.status).toBe('succeeded');
    expect(progressOf(state)).toMatchObject({ total: 1, done: 1, percent: 100 });
    expect(stackEventsOf(events)).toEqual([
      'gone-test DELETE_IN_PROGRESS',
      'A DELETE_IN_PROGRESS',
      'A DELETE_COMPLETE',
      'gone-test DELETE_COMPLETE',
    ]);
  });

  test('a stack that is not there is done', async () => {
    const { state, questions } = await runToEnd((control) =>
      deleteStack(stackInputOf(aws, 'never'), control),
    );
    expect(state.result?.status).toBe('succeeded');
    expect(exitCodeOfState(state)).toBe(0);
    expect(questions).toEqual([]);
  });
});

describe('watching', () => {
  test('survives throttling and a cut connection, and says so', async () => {
    let trouble: 'none' | 'throttle' | 'cut' = 'none';
    let begun = false;
    const proxy = await proxyTo((response, body) => {
      if (body.includes('Action=ExecuteChangeSet')) begun = true;
      if (trouble === 'none' || !begun || !body.includes('Action=DescribeStack')) return false;
      if (trouble === 'cut') response.destroy();
      else
        response
          .writeHead(400, { 'content-type': 'text/xml' })
          .end(
            '<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>',
          );
      return true;
    });
    const input = inputOf(aws, 'troubled', templateOf({ A: table('a') }));
    const { state, events } = await deploy(
      { ...input, target: { ...targetOf(aws), endpoint: proxy } },
      {
        on: (event) => {
          if (begins(event, 'A CREATE_IN_PROGRESS') && trouble === 'none') trouble = 'throttle';
          if (event.type === 'connection' && event.status === 'throttled') trouble = 'cut';
          if (event.type === 'connection' && event.status === 'lost') {
            trouble = 'none';
            begun = false;
          }
        },
      },
    );
    expect(events.flatMap((event) => (event.type === 'connection' ? [event.status] : []))).toEqual([
      'throttled',
      'lost',
      'ok',
    ]);
    expect(state.result?.status).toBe('succeeded');
    expect(stackEventsOf(events).at(-1)).toBe('troubled-test CREATE_COMPLETE');
    const ids = events.flatMap((event) => (event.type === 'stack-event' ? [event.eventId] : []));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('goes on without events where they may not be read', async () => {
    const proxy = await proxyTo((response, body) => {
      if (!body.includes('Action=DescribeStackEvents')) return false;
      response
        .writeHead(403, { 'content-type': 'text/xml' })
        .end(
          '<ErrorResponse><Error><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>',
        );
      return true;
    });
    const input = inputOf(aws, 'blind', templateOf({ A: table('a') }));
    const { state, events } = await deploy({ ...input, target: { ...targetOf(aws), endpoint: proxy } });
    expect(state.result?.status).toBe('succeeded');
    expect(noticesOf(events)).toEqual([expect.stringContaining('events cannot be read')]);
    expect(progressOf(state)).toMatchObject({ total: 1, done: 1 });
  });

  test('a reader that stops reading stops the watching and not the stack', async () => {
    const control = {
      confirm: async () => true,
      cancel: new AbortController().signal,
      detach: new AbortController().signal,
      now: Date.now,
      pollInterval: 25,
    };
    for await (const event of deployStack(inputOf(aws, 'unread', templateOf({ A: table('a') })), control))
      if (begins(event, 'A CREATE_IN_PROGRESS')) break;
    const end = await runToEnd((other) => attachStack(stackInputOf(aws, 'unread'), other));
    expect(end.state.result?.status).toBe('succeeded');
  });
});

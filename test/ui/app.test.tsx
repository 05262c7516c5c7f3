import { Text } from 'ink';
import { describe, expect, test } from 'vitest';
import type { DeployEvent } from '../../source/deploy/deploy-event.ts';
import type { LogItem } from '../../source/logs/log-entry.ts';
import { runDeployApp, runLogsApp } from '../../source/ui/app.tsx';
import { runScreen } from '../../source/ui/run-screen.tsx';
import { DeployScript, planned } from './deploy-script.ts';
import { ManualClock } from './manual-clock.ts';
import { TestProcess, TestTerminal } from './render-tui.ts';

/** An iterable that is filled from outside. */
class Channel<T> implements AsyncIterable<T> {
  readonly #items: T[] = [];
  #wake = Promise.withResolvers<void>();
  #ended = false;
  #error: unknown;

  push(item: T): void {
    this.#items.push(item);
    this.#wake.resolve();
  }

  end(error?: unknown): void {
    this.#ended = true;
    this.#error = error;
    this.#wake.resolve();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    while (true) {
      for (let item = this.#items.shift(); item !== undefined; item = this.#items.shift()) yield item;
      if (this.#error !== undefined) throw this.#error;
      if (this.#ended) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}

function openDeploy(openLogs?: () => { entries: AsyncIterable<LogItem>; stop(): void } | undefined) {
  const terminal = new TestTerminal(80, 24);
  const process = new TestProcess();
  const events = new Channel<DeployEvent>();
  const clock = new ManualClock();
  const script = new DeployScript(clock, (event) => events.push(event));
  const calls: string[] = [];
  const done = runDeployApp({
    events,
    answer: (answer) => calls.push(answer),
    cancel: () => {
      calls.push('cancel');
      script.send({ type: 'result', status: 'cancelled', outputs: {}, milliseconds: 1_000 });
      events.end();
    },
    detach: () => {
      calls.push('detach');
      script.send({ type: 'result', status: 'detached', outputs: {}, milliseconds: 1_000 });
      events.end();
    },
    now: clock.now,
    process,
    stdin: terminal.stdin,
    stdout: terminal.stdout,
    stderr: terminal.stderr,
    ...(openLogs !== undefined && { openLogs }),
  });
  return { terminal, process, events, script, calls, done };
}

describe('runDeployApp', () => {
  test('shows the operation and leaves a summary in the scrollback', async () => {
    const { terminal, events, script, done, process } = openDeploy();
    expect(terminal.raw).toBe(true);
    script.start();
    script.package();
    script.plan();
    script.execute();
    await terminal.waitFor('PostsTable');
    expect(terminal.isAlternate).toBe(true);
    for (const [, logicalId] of planned) script.resource(logicalId, 'CREATE_COMPLETE');
    script.succeed();
    events.end();
    await terminal.waitFor('succeeded');
    terminal.type('q');
    const state = await done;
    expect(state.result?.status).toBe('succeeded');
    expect(terminal.isAlternate).toBe(false);
    expect(terminal.raw).toBe(false);
    expect(process.isQuiet).toBe(true);
    expect(await terminal.waitFor('GET /posts')).toMatchInlineSnapshot(`
      "✔ Deploy of blog-dev succeeded in 12s · 5 of 5 resources · embedded AWS
        GatewayUrl  http://127.0.0.1:4511
        TableName   blog-dev-posts
        GET /posts  http://127.0.0.1:4511/posts"
    `);
  });

  test('SIGTERM detaches and gives the terminal back', async () => {
    const { terminal, process, script, done, calls } = openDeploy();
    script.start();
    script.plan();
    script.execute();
    await terminal.waitFor('execute');
    process.raise('SIGTERM');
    expect((await done).result?.status).toBe('detached');
    expect(calls).toEqual(['detach']);
    expect(terminal.isAlternate).toBe(false);
    expect(await terminal.waitFor('detached')).toContain('watch it again: stp attach --stage dev --local');
  });

  test('SIGTERM before anything is changed stops', async () => {
    const { terminal, process, script, done, calls } = openDeploy();
    script.start();
    await terminal.waitFor('blog-dev');
    process.raise('SIGTERM');
    expect((await done).result?.status).toBe('cancelled');
    expect(calls).toEqual(['cancel']);
  });

  test('what the events throw comes out after the terminal is back', async () => {
    const { terminal, events, script, done } = openDeploy();
    script.start();
    await terminal.waitFor('blog-dev');
    events.end(new Error('the record cannot be written'));
    await expect(done).rejects.toThrow('the record cannot be written');
    expect(terminal.isAlternate).toBe(false);
    expect(terminal.raw).toBe(false);
  });

  test('goes on to the logs without leaving; they are opened when they are first looked at', async () => {
    const entries = new Channel<LogItem>();
    const opened: string[] = [];
    const { terminal, events, script, done } = openDeploy(() => {
      opened.push('logs');
      return { entries, stop: () => entries.end() };
    });
    script.start();
    script.succeed();
    events.end();
    await terminal.waitFor('succeeded');
    expect(opened).toEqual([]);
    terminal.type('2');
    await terminal.waitFor('no lines yet');
    entries.push({
      type: 'log',
      timestamp: '2026-11-24T13:10:01.000Z',
      function: 'getPosts',
      logGroup: '/aws/lambda/blog-dev-getPosts',
      stream: 's',
      level: 'info',
      message: 'GET /posts',
    });
    await terminal.waitFor('INFO  GET /posts');
    terminal.type('\t');
    await terminal.waitFor('Resources');
    terminal.type('2q');
    await done;
    expect(opened).toEqual(['logs']);
  });

  test('a question brings its tab to the front', async () => {
    const { terminal, script, calls, done } = openDeploy(() => undefined);
    script.start();
    await terminal.waitFor('blog-dev');
    terminal.type('2');
    await terminal.waitFor('nothing to read logs of yet');
    const question = {
      kind: 'apply' as const,
      message: 'Apply these changes?',
      reasons: ['a reason'],
      losesData: false,
    };
    script.send({ type: 'question', question });
    await terminal.waitFor('Apply these changes?');
    terminal.type('n');
    await terminal.waitFor((screen) => !screen.includes('Apply these changes?'));
    terminal.type('\u0003\u0003');
    expect((await done).result?.status).toBe('cancelled');
    expect(calls).toEqual(['no', 'cancel']);
  });
});

describe('runScreen', () => {
  test('an error of drawing rejects, with the terminal given back and held output let out', async () => {
    const terminal = new TestTerminal(80, 24);
    const process = new TestProcess();
    const screen = runScreen({
      ...pick(terminal),
      process,
      element: <Broken terminal={terminal} />,
      onReady() {},
    });
    await expect(screen).rejects.toThrow('no such row');
    expect(terminal.isAlternate).toBe(false);
    expect(terminal.raw).toBe(false);
    expect(process.isQuiet).toBe(true);
    await terminal.waitFor('a warning of a library');
  });

  test('an error elsewhere in the process ends the screen and rejects', async () => {
    const terminal = new TestTerminal(80, 24);
    const process = new TestProcess();
    const screen = runScreen({ ...pick(terminal), process, element: <Text>here</Text>, onReady() {} });
    await terminal.waitFor('here');
    process.raise('uncaughtException', new Error('from a timer'));
    await expect(screen).rejects.toThrow('from a timer');
    expect(terminal.isAlternate).toBe(false);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends it and is told', async (signal) => {
    const terminal = new TestTerminal(80, 24);
    const process = new TestProcess();
    const screen = runScreen({ ...pick(terminal), process, element: <Text>here</Text>, onReady() {} });
    await terminal.waitFor('here');
    process.raise(signal);
    expect(await screen).toEqual({ signal });
    expect(terminal.isAlternate).toBe(false);
    expect(process.isQuiet).toBe(true);
  });

  test('Ctrl-Z leaves the screen, stops the group and comes back to the same screen', async () => {
    const terminal = new TestTerminal(80, 24);
    const process = new TestProcess();
    const alternate: boolean[] = [];
    const kill = process.kill.bind(process);
    process.kill = (pid, signal) => {
      alternate.push(terminal.isAlternate);
      kill(pid, signal);
    };
    const entries = new Channel<LogItem>();
    const done = runLogsApp({
      ...pick(terminal),
      process,
      now: Date.now,
      source: { entries, stop: () => entries.end() },
    });
    await terminal.waitFor('following');
    terminal.type('\u001a');
    await terminal.waitFor(() => process.killed.length > 0 && terminal.isAlternate);
    expect(process.killed).toEqual(['SIGTSTP']);
    await terminal.waitFor('following');
    terminal.type('q');
    expect(await done).toEqual({});
  });
});

function pick({ stdin, stdout, stderr }: TestTerminal) {
  return { stdin, stdout, stderr };
}

function Broken({ terminal }: { terminal: TestTerminal }): never {
  terminal.stderr.write('a warning of a library\n');
  throw new Error('no such row');
}

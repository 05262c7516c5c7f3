import { afterEach, describe, expect, test } from 'vitest';
import { DeployModel } from '../../source/ui/screens/deploy/deploy-model.ts';
import { Shell } from '../../source/ui/shell/shell.tsx';
import { ShellModel } from '../../source/ui/shell/shell-model.ts';
import { createTheme } from '../../source/ui/theme.ts';
import { cause, DeployScript, planned } from './deploy-script.ts';
import { ManualClock } from './manual-clock.ts';
import { renderTui, type Tui } from './render-tui.ts';

let tui: Tui | undefined;
afterEach(() => tui?.close());

async function open(columns = 80, rows = 24, look: { color?: boolean; unicode?: boolean } = {}) {
  const clock = new ManualClock();
  const calls: string[] = [];
  const control = {
    answer: (answer: string) => calls.push(`answer ${answer}`),
    cancel: () => calls.push('cancel'),
    detach: () => calls.push('detach'),
  };
  const theme = createTheme({ color: look.color ?? true, unicode: look.unicode ?? true });
  const deploy = new DeployModel({ control, clock, theme });
  const shell = new ShellModel([deploy], clock, theme);
  shell.host = { exit: () => calls.push('exit'), suspend: () => calls.push('suspend'), redraw() {} };
  deploy.onLeave = () => shell.end();
  deploy.startTicking();
  const script = new DeployScript(clock, (event) => deploy.apply(event));
  tui = await renderTui(<Shell model={shell} theme={theme} />, columns, rows);
  const screen = tui;
  const show = async (milliseconds = 120) => {
    clock.advance(milliseconds);
    await screen.settle();
    return screen.screen();
  };
  return { tui: screen, clock, calls, script, show, shell, theme };
}

async function inTheMiddle(columns?: number, rows?: number, look?: { color?: boolean; unicode?: boolean }) {
  const opened = await open(columns, rows, look);
  const { script, clock } = opened;
  script.start();
  script.package();
  script.plan();
  script.execute();
  script.resource('GatewayApi', 'CREATE_IN_PROGRESS');
  script.resource('PostsTable', 'CREATE_IN_PROGRESS');
  clock.advance(1_500);
  script.resource('GatewayApi', 'CREATE_COMPLETE');
  script.resource('GetPostsRole', 'CREATE_IN_PROGRESS');
  clock.advance(2_480);
  return opened;
}

describe('the deploy screen', () => {
  test('shows the whole operation at 80x24', async () => {
    const { show } = await inTheMiddle();
    expect(await show()).toMatchInlineSnapshot(`
      " stp  [1 Deploy]
       Deploying blog-dev  dev · embedded AWS                                    ⠹ 5s
       ✔ check  ✔ package  ✔ upload  ✔ review  ⠹ execute  ○ finish
       █████░░░░░░░░░░░░░░░░░░░░░░░  20% 1 of 5 resources, 2 in progress
      ❯ Resources ────────────────────────────────────────────────────────────────────
        ▾ ⠹ gateway                      http-api-gateway 1/2    in progress       4s
          ├ ✔ GatewayApi                  ApiGatewayV2::Api      created         1.5s
          └ ○ GatewayStage                ApiGatewayV2::Stage    to create
        ▾ ⠹ posts                        dynamo-db-table 0/1     in progress       4s
      ❯   └ ⠹ PostsTable                  DynamoDB::Table        creating          4s
        ▾ ⠹ getPosts                     function 0/2            in progress       2s
          ├ ⠹ GetPostsRole                IAM::Role              creating          2s
          └ ○ GetPostsFunction            Lambda::Function       to create
      ─ Packages ───────────────────────────────────────────────────────── 1/1 ready ─
        ✔ getPosts  built     1.9 kB     85 ms  sent
      ─ Events ───────────────────────────────────────────────────────────────────────
        13:10:01 CREATE_IN_PROGRESS           blog-dev CloudFormation::Stack  User In…
        13:10:01 CREATE_IN_PROGRESS           GatewayApi ApiGatewayV2::Api
        13:10:01 CREATE_IN_PROGRESS           PostsTable DynamoDB::Table
        13:10:02 CREATE_COMPLETE              GatewayApi ApiGatewayV2::Api
        13:10:02 CREATE_IN_PROGRESS           GetPostsRole IAM::Role


       ] panes  Enter details  z zoom  f follow                        ? help  q quit"
    `);
  });

  test('shows more at 120x40, in two columns', async () => {
    const { show } = await inTheMiddle(120, 40);
    expect(await show()).toMatchInlineSnapshot(`
      " stp  [1 Deploy]
       Deploying blog-dev  dev · embedded AWS                                                                            ⠹ 5s
       ✔ check 0.2s  ✔ package 0.8s  ✔ upload 0.0s  ✔ review 0.0s  ⠹ execute 4s  ○ finish
       ████████░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░  20% 1 of 5 resources, 2 in progress
      ❯ Resources ──────────────────────────────────────────────────────  ─ Packages ───────────────────────────── 1/1 ready ─
        ▾ ⠹ gateway              http-api-gateway… in progress       4s     ✔ getPosts  built     1.9 kB     85 ms  sent
          ├ ✔ GatewayApi          ApiGatewayV2::A… created         1.5s   ─ Events ───────────────────────────────────────────
          └ ○ GatewayStage        ApiGatewayV2::S… to create                13:10:01 CREATE_IN_PROGRESS   blog-dev CloudForma…
        ▾ ⠹ posts                dynamo-db-table … in progress       4s     13:10:01 CREATE_IN_PROGRESS   GatewayApi ApiGatew…
      ❯   └ ⠹ PostsTable          DynamoDB::Table  creating          4s     13:10:01 CREATE_IN_PROGRESS   PostsTable DynamoDB…
        ▾ ⠹ getPosts             function 0/2      in progress       2s     13:10:02 CREATE_COMPLETE      GatewayApi ApiGatew…
          ├ ⠹ GetPostsRole        IAM::Role        creating          2s     13:10:02 CREATE_IN_PROGRESS   GetPostsRole IAM::R…
          └ ○ GetPostsFunction    Lambda::Function to create


























       ] panes  Enter details  z zoom  f follow                                                                ? help  q quit"
    `);
  });

  test('without colour and in ASCII, state is told by signs and words', async () => {
    const { show } = await inTheMiddle(80, 24, { color: false, unicode: false });
    const screen = await show();
    expect(screen).toMatch(/\+ GatewayApi .* created/);
    expect(screen).toMatch(/[|/\\-] PostsTable .* creating/);
    expect(screen).toMatch(/\. GetPostsFunction .* to create/);
    expect(screen).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('timers run by the clock of the screen', async () => {
    const { show } = await inTheMiddle();
    expect(await show()).toMatch(/PostsTable .* creating +4s/);
    expect(await show(60_000)).toMatch(/PostsTable .* creating +1m04s/);
  });

  test('a failure names the resource, the line of the config and what to do, through the rollback', async () => {
    const { script, show, clock } = await inTheMiddle();
    script.resource('GetPostsFunction', 'CREATE_IN_PROGRESS');
    clock.advance(300);
    script.resource('GetPostsFunction', 'CREATE_FAILED', cause.message);
    script.resource('PostsTable', 'CREATE_FAILED', 'Resource creation cancelled');
    script.stack('ROLLBACK_IN_PROGRESS');
    script.send({ type: 'cause', cause });
    script.resource('GatewayApi', 'DELETE_IN_PROGRESS');
    expect(await show()).toMatchInlineSnapshot(`
      " stp  [1 Deploy]
       Deploying blog-dev  dev · embedded AWS                                    ⠴ 5s
       ✔ check  ✔ package  ✔ upload  ✔ review  ⠴ execute  ○ finish
       ░░░░░░░░░░░░░░░░░░░░░░░░░░░░   0% 0 of 5 resources, 2 in progress, 1 failed
      ─ Why it failed ────────────────────────────────────────────────────────────────
        getPosts → GetPostsFunction (Lambda::Function)
        The role defined for the function cannot be assumed by Lambda.
        at stacktape.yml:12:5  resources.getPosts
        → Deploy again: IAM needs a moment after a role is made.
      ❯ Resources ───────────────────────────────────────────────────────── 1-8 of 9 ─
        ▾ ↺ gateway                      http-api-gateway 0/2    rolling back      0s
      ❯   ├ ↺ GatewayApi                  ApiGatewayV2::Api      rolling back      0s
          └ ○ GatewayStage                ApiGatewayV2::Stage    to create
        ▾ – posts                        dynamo-db-table 0/1     cancelled       4.3s
          └ – PostsTable                  DynamoDB::Table        cancelled       4.3s
        ▾ ✖ getPosts                     function 0/2            failed          2.8s
          ├ ⠴ GetPostsRole                IAM::Role              creating          2s
          └ ✖ GetPostsFunction            Lambda::Function       create failed   0.3s
      ─ Events ────────────────────────────────────────────────────────── 7-10 of 10 ─
        13:10:05 CREATE_FAILED                GetPostsFunction Lambda::Function  The …
        13:10:05 CREATE_FAILED                PostsTable DynamoDB::Table  Resource cr…
        13:10:05 ROLLBACK_IN_PROGRESS         blog-dev CloudFormation::Stack
        13:10:05 DELETE_IN_PROGRESS           GatewayApi ApiGatewayV2::Api
       ] panes  Enter details  z zoom  f follow                        ? help  q quit"
    `);
  });

  test('the end shows outputs and links, and stays until q', async () => {
    const { script, show, tui, calls } = await inTheMiddle();
    for (const [, logicalId] of planned) script.resource(logicalId, 'CREATE_COMPLETE');
    script.succeed();
    const screen = await show();
    expect(screen).toContain('succeeded 12s');
    expect(screen).toContain('100% 5 of 5 resources');
    expect(screen).toContain('GET /posts  http://127.0.0.1:4511/posts');
    expect(calls).toEqual([]);
    await tui.press('q');
    expect(calls).toEqual(['exit']);
  });
});

describe('keys of the deploy screen', () => {
  test('many keys in one read each count', async () => {
    const { tui, show } = await inTheMiddle();
    await show();
    await tui.press('gjjj');
    expect(tui.screen()).toMatch(/❯ ▾ . posts/);
  });

  test('Enter folds a group and opens the details of a resource', async () => {
    const { tui, show } = await inTheMiddle();
    await show();
    await tui.press('g', '\r');
    expect(tui.screen()).toContain('❯ ▸');
    expect(tui.screen()).not.toMatch(/[├└] . GatewayApi/);
    await tui.press('\rj\r');
    expect(tui.screen()).toContain('status: CREATE_COMPLETE');
    expect(tui.screen()).toContain('physical id: id-of-GatewayApi');
  });

  test('a pane in focus comes into view, alone with z', async () => {
    const { tui, show } = await inTheMiddle(80, 20);
    await show();
    expect(tui.screen()).not.toContain('Packages');
    await tui.press(']');
    expect(tui.screen()).toContain('❯ Packages');
    expect(tui.screen()).toMatch(/getPosts +built +1\.9 kB +85 ms +sent/);
    await tui.press('z');
    expect(tui.screen()).not.toContain('Resources');
    await tui.press('\u001b[D', 'z');
    expect(tui.screen()).toContain('❯ Resources');
  });

  test('help comes from the keymap and closes again', async () => {
    const { tui } = await inTheMiddle();
    await tui.press('?');
    expect(tui.screen()).toContain('] → l');
    expect(tui.screen()).toContain('fold or unfold');
    await tui.press('?');
    expect(tui.screen()).toContain('Resources');
  });

  test('Ctrl-C asks; w watches on, a second Ctrl-C detaches', async () => {
    const { tui, calls } = await inTheMiddle();
    await tui.press('\u0003');
    expect(tui.screen()).toContain('w keep watching   d detach   c cancel and delete the new stack');
    await tui.press('w');
    expect(tui.screen()).not.toContain('keep watching');
    expect(calls).toEqual([]);
    await tui.press('\u0003', '\u0003');
    expect(calls).toEqual(['detach', 'exit']);
  });

  test('c cancels and the screen stays to watch the rollback', async () => {
    const { tui, calls, script, show } = await inTheMiddle();
    await tui.press('q', 'c');
    expect(calls).toEqual(['cancel']);
    script.send({ type: 'cancel-requested', effect: 'delete' });
    expect(await show()).toContain('cancelling');
  });

  test('before anything is changed, Ctrl-C twice stops', async () => {
    const { tui, calls, script, show } = await open();
    script.start();
    await show();
    await tui.press('\u0003');
    expect(tui.screen()).toContain('Nothing has been changed yet');
    await tui.press('\u0003');
    expect(calls).toEqual(['cancel', 'exit']);
  });

  test('a question shows its reasons; no is pointed at, y and n answer once', async () => {
    const { tui, calls, script } = await open();
    script.start();
    script.package();
    script.plan();
    const reasons = [
      'PostsTable is replaced (KeySchema): its items are lost',
      'GET /posts is opened to everybody',
    ];
    script.send({
      type: 'question',
      question: { kind: 'apply', message: 'Apply these changes?', reasons, losesData: true },
    });
    await tui.settle();
    expect(tui.screen()).toContain('Apply these changes?');
    for (const reason of reasons) expect(tui.screen()).toContain(`- ${reason}`);
    expect(tui.screen()).toContain('❯ n no');
    await tui.press('\u001b[C');
    expect(tui.screen()).toContain('❯ y yes');
    await tui.press('\r', '\r', 'y');
    expect(calls).toEqual(['answer yes']);
    expect(tui.screen()).not.toContain('Apply these changes?');
  });

  test('keys meant for a screen that is too small answer nothing', async () => {
    const { tui, calls, script } = await open(50, 10);
    script.start();
    script.plan();
    script.send({
      type: 'question',
      question: { kind: 'apply', message: 'Apply?', reasons: [], losesData: false },
    });
    await tui.settle();
    expect(tui.screen()).toBe('Make the window larger\n50x10, needed 60x15');
    await tui.press('y');
    expect(calls).toEqual([]);
  });
});

test('after any resize, the screen is as if it had been opened in that size', async () => {
  const { tui, show, shell, theme } = await inTheMiddle(200, 50);
  await show();
  const sizes = [80, 24, 61, 15, 140, 30, 60, 40, 109, 24, 110, 24, 50, 10, 200, 50, 90, 16];
  for (let index = 0; index < sizes.length; index += 2) {
    const [columns = 0, rows = 0] = sizes.slice(index);
    await tui.resize(columns, rows);
    const fresh = await renderTui(<Shell model={shell} theme={theme} />, columns, rows);
    expect(tui.screen()).toBe(fresh.screen());
    expect(fresh.screen().split('\n').length).toBeLessThanOrEqual(rows);
    fresh.close();
  }
});

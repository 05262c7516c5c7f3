import { expect, test } from 'vitest';
import { initialDeployState, reduceDeploy } from '../../source/deploy/reduce-deploy.ts';
import { formatDeploySummary } from '../../source/ui/screens/deploy/format-deploy-summary.ts';
import { cause, DeployScript } from './deploy-script.ts';
import { ManualClock } from './manual-clock.ts';

function summary(play: (script: DeployScript) => void, color = false): string {
  let state = initialDeployState;
  play(
    new DeployScript(new ManualClock(), (event) => {
      state = reduceDeploy(state, event);
    }),
  );
  return formatDeploySummary(state, { color, width: 60, unicode: true });
}

test('a failure: the outcome, the first cause with its place, what to do', () => {
  const text = summary((script) => {
    script.start();
    script.plan();
    script.execute();
    script.send({ type: 'notice', level: 'warning', message: 'PostsTable may still exist and cost money' });
    const logTail = ['Error: no such table', 'at handler'];
    script.send({
      type: 'result',
      status: 'rolledBack',
      outputs: {},
      milliseconds: 83_000,
      cause: { ...cause, logTail },
    });
  });
  expect(text).toMatchInlineSnapshot(`
    "↺ Deploy of blog-dev failed and rolled back in 1m23s · 0 of 5 resources · embedded AWS
      getPosts → GetPostsFunction (AWS::Lambda::Function)
      The role defined for the function cannot be assumed by
      Lambda.
      at stacktape.yml:12:5  resources.getPosts
      → Deploy again: IAM needs a moment after a role is made.
        Error: no such table
        at handler
      ▲ PostsTable may still exist and cost money
    "
  `);
});

test('an operation that could not start says why and what to do', () => {
  const text = summary((script) => {
    script.start();
    script.send({
      type: 'error',
      code: 'stack-busy',
      message: 'blog-dev is being updated',
      hint: 'Watch it: stp attach',
      exitCode: 1,
    });
  });
  expect(text).toMatchInlineSnapshot(`
    "✖ Deploy of blog-dev stopped by an error · embedded AWS
      blog-dev is being updated
      → Watch it: stp attach
    "
  `);
});

test('colour is only added, never said', () => {
  const play = (script: DeployScript) => {
    script.start();
    script.succeed();
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what is taken out
  expect(summary(play, true).replace(/\u001b\[\d+m/g, '')).toBe(summary(play));
  expect(summary(play, true)).not.toBe(summary(play));
});

import { expect, test } from 'vitest';
import { synthesize } from '../synth/synthesize.ts';
import { functionWith, read } from './read.ts';

const connected = (targets: string, more = '') =>
  `${functionWith(`      connectTo: [${targets}]\n`)}  balancer: { type: application-load-balancer }\n${more}`;
const problems = (text: string) =>
  read(text).problems.map(({ code, message, expected, suggestion }) =>
    [code, message, expected, suggestion].filter((part) => part !== undefined).join(' | '),
  );

const expected = 'one of posts, getPosts, aws:ses';

test.each([
  [
    'posts, posts',
    'duplicate-entry | Function getPosts: "posts" is in "connectTo" already. | Remove one of them.',
  ],
  [
    'post',
    `unknown-resource | Function getPosts: "connectTo" names "post", and there is no such resource in the config. | ${expected} | Did you mean "posts"?`,
  ],
  [
    'api',
    `wrong-resource-type | Function getPosts: "connectTo" names "api", which is of type http-api-gateway and cannot be connected to. | ${expected}`,
  ],
  [
    'balancer',
    `wrong-resource-type | Function getPosts: "connectTo" names "balancer", which is of type application-load-balancer and cannot be connected to. | ${expected}`,
  ],
  [
    'aws:s3',
    `unknown-resource | Function getPosts: "connectTo" names "aws:s3", and there is no such resource in the config. | ${expected} | Did you mean "aws:ses"?`,
  ],
])('[%s]', (targets, problem) => {
  expect(problems(connected(targets))).toEqual([problem]);
});

test('a raw resource is allowed by statements', () => {
  const raw = "cloudformationResources: { Stream: { Type: 'AWS::Kinesis::Stream' } }\n";
  expect(problems(connected('Stream', raw))).toEqual([
    `wrong-resource-type | Function getPosts: "connectTo" names "Stream", a resource of "cloudformationResources", of which it does not know what to allow. | Allow it in "iamRoleStatements", with Resource: $CfResourceParam('Stream', 'Arn').`,
  ]);
});

test('a function may be connected to itself, and waits for nobody', () => {
  const { findings, template } = synthesize(
    functionWith('      url: { enabled: true }\n      connectTo: [getPosts]\n'),
  );
  expect(findings).toEqual([]);
  expect(template.Resources.GetPostsFunction?.Properties?.Environment).toMatchObject({
    Variables: { STP_GET_POSTS_ARN: expect.anything() },
  });
});

test("the function's own variable wins, and it is told so", () => {
  const { findings, template } = synthesize(
    functionWith('      connectTo: [posts]\n      environment: [{ name: STP_POSTS_NAME, value: mine }]\n'),
  );
  expect(findings.map(({ severity, code, message }) => [severity, code, message])).toEqual([
    [
      'warning',
      'variable-kept',
      "Function getPosts: its own variable STP_POSTS_NAME is kept; the connected resource's value is not used.",
    ],
  ]);
  expect(template.Resources.GetPostsFunction?.Properties?.Environment).toMatchObject({
    Variables: { STP_POSTS_NAME: 'mine', STP_POSTS_ARN: expect.anything() },
  });
});

test('numbers that stand for a text are written in quotes', () => {
  const api = 'resources:\n  api: { type: http-api-gateway, properties: { payloadFormat: 1.0 } }\n';
  expect(problems(api)).toEqual([
    'wrong-value | HTTP API Gateway api: "payloadFormat" cannot be the number 1. | one of 1.0, 2.0 | Write "1.0" in quotes.',
  ]);
});

import { expect, test } from 'vitest';
import { deployStack } from '../../source/deploy/deploy-stack.ts';
import { refuseImageBuilds } from '../../source/deploy/unsupported.ts';
import { startTestAws } from '../local/start-test-aws.ts';
import { inputOf, noticesOf, runToEnd, table, templateOf } from './deploy-harness.ts';

test('an image that has to be built is said to be what is missing', () => {
  const Parameters = {
    Bucket: { Type: 'String' },
    StockImageUri: { Type: 'String', Description: 'Image of stock, which has to be built' },
  } as const;
  expect(() => refuseImageBuilds(templateOf({}, { Parameters }))).toThrow(
    'Image of stock, which has to be built: this version does not build images yet.',
  );
  expect(() =>
    refuseImageBuilds(templateOf({}, { Parameters: { Bucket: { Type: 'String' } } })),
  ).not.toThrow();
});

test('a deploy says which hooks nobody runs', async () => {
  const aws = await startTestAws();
  try {
    const template = templateOf({ Posts: table('posts') });
    const hooks = {
      beforeDeploy: [{ executeCommand: 'make' }],
      afterDelete: [{ executeCommand: 'rm -r out' }],
    };
    const input = inputOf(aws, 'hooked', template);
    const config = { ...input.config, sections: { hooks } };
    const { events, state } = await runToEnd((control) => deployStack({ ...input, config }, control));
    expect(state.result?.status).toBe('succeeded');
    expect(noticesOf(events)).toEqual([
      'This version does not run hooks: beforeDeploy. Run by hand what they name.',
    ]);
  } finally {
    await aws.stop();
  }
});

import { expect, test } from 'vitest';
import { withVersionDigests } from '../../source/deploy/version-digests.ts';
import { synthesizeStack } from '../../source/synth/synthesize-stack.ts';
import { functionWith, readRight } from '../config/read.ts';

const versions = (properties: string, digest: string) => {
  const config = readRight(functionWith(properties));
  const { template } = synthesizeStack(config);
  const deployed = withVersionDigests({ config, template }, [{ function: 'getPosts', digest }]);
  return { template, deployed, ids: Object.keys(deployed.Resources).filter((id) => /Version/.test(id)) };
};

test('new code is a new version of what has an alias, and nothing else is new', () => {
  const gradual = '      deployment: { strategy: Canary10Percent5Minutes }\n';
  const first = versions(gradual, 'a');
  expect(first.ids).toHaveLength(1);
  expect(versions(gradual, 'a').ids).toEqual(first.ids);
  expect(versions(gradual, 'b').ids).not.toEqual(first.ids);
  const plain = versions('', 'a');
  expect(plain.deployed).toBe(plain.template);
});

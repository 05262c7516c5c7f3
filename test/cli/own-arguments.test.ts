import { expect, test } from 'vitest';
import { ownArguments } from '../../source/cli/own-arguments.ts';

test('what stands after -- has names', () => {
  expect(ownArguments(['--color', 'red', '--size=a=b', '--dry', '--last'])).toEqual({
    color: 'red',
    size: 'a=b',
    dry: true,
    last: true,
  });
  expect(ownArguments(['plain', '-x'])).toEqual({});
});

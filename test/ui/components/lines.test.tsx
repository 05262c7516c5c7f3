import { Box } from 'ink';
import { render } from 'ink-testing-library';
import { expect, test } from 'vitest';
import { Lines } from '../../../source/ui/components/lines.tsx';
import { paintRow, spreadRow } from '../../../source/ui/row.ts';
import { themeFor } from '../../../source/ui/theme.ts';

const theme = themeFor({ NO_COLOR: '1', LANG: 'C.UTF-8' }, false);

test('each line is one row, an empty one too, and foreign text never wraps', () => {
  const lines = ['first', '', 'x'.repeat(30)];
  const { lastFrame, unmount } = render(
    <Box width={10} flexDirection="column">
      <Lines lines={lines} />
    </Box>,
  );
  expect(lastFrame()?.split('\n')).toEqual(['first', '', 'xxxxxxxxx…']);
  unmount();
});

test('a row is cut at its width, wide characters whole', () => {
  expect(paintRow([['日本語'], [' and more']], 6, theme)).toBe('日本…');
  expect(paintRow([['fits']], 6, theme)).toBe('fits');
});

test('two rows share a line; the first gives way', () => {
  expect(paintRow(spreadRow([['left']], [['right']], 14, theme), 14, theme)).toBe('left     right');
  expect(paintRow(spreadRow([['a long left side']], [['right']], 14, theme), 14, theme)).toBe(
    'a long … right',
  );
});

import { expect, test } from 'vitest';
import { followingList, moveList, windowOf } from '../../source/ui/components/list-state.ts';
import {
  type LayoutInput,
  layoutDeploy,
  type PaneId,
  paneIds,
} from '../../source/ui/screens/deploy/layout.ts';

const content: LayoutInput['content'] = { resources: 40, packaging: 5, events: 60, outputs: 4 };

function layout(change: Partial<LayoutInput>) {
  return layoutDeploy({
    width: 80,
    height: 19,
    focus: 'resources',
    zoom: false,
    content,
    interest: 'events',
    ...change,
  });
}

const ids = (columns: ReturnType<typeof layout>) => columns.map((places) => places.map(({ id }) => id));

test('a small screen shows the resources and what is of interest', () => {
  expect(ids(layout({}))).toEqual([['resources', 'events']]);
  expect(ids(layout({ interest: 'outputs' }))).toEqual([['resources', 'outputs']]);
});

test('the pane in focus is always there', () => {
  for (const focus of paneIds) {
    for (const height of [8, 10, 12, 19, 30, 45]) {
      for (const width of [60, 80, 110, 200]) {
        const shown = ids(layout({ focus, height, width, content: { ...content, cause: 6 } })).flat();
        expect(shown).toContain(focus);
      }
    }
  }
});

test('panes fill each column exactly, and none is without a row', () => {
  for (let height = 8; height <= 60; height++) {
    for (const width of [60, 80, 109, 110, 160, 240]) {
      for (const cause of [undefined, 3, 30]) {
        for (const interest of ['events', 'packaging', 'outputs'] satisfies PaneId[]) {
          const given = cause === undefined ? content : { ...content, cause };
          const columns = layout({ height, width, content: given, interest });
          for (const places of columns) {
            expect(places.reduce((sum, place) => sum + place.height, 0)).toBe(height);
            for (const place of places) expect(place.height).toBeGreaterThanOrEqual(2);
          }
          const widths = columns.reduce((sum, places) => sum + (places[0]?.width ?? 0), 0);
          expect(widths + 2 * (columns.length - 1)).toBe(width);
        }
      }
    }
  }
});

test('zoom shows the pane in focus alone', () => {
  expect(layout({ focus: 'events', zoom: true, width: 200 })).toEqual([
    [{ id: 'events', width: 200, height: 19 }],
  ]);
});

test('a list that follows shows its end, or keeps its target in sight', () => {
  expect(windowOf(followingList, 100, 10)).toEqual({ top: 90, cursor: 99 });
  expect(windowOf(followingList, 5, 10)).toEqual({ top: 0, cursor: 4 });
  expect(windowOf(followingList, 100, 10, 50)).toEqual({ top: 45, cursor: 50 });
  expect(windowOf(followingList, 0, 10)).toEqual({ top: 0, cursor: 0 });
});

test('moving ends following, and the end takes it up where that is wanted', () => {
  const size = { length: 100, height: 10, sticky: true };
  const up = moveList(followingList, 'up', size);
  expect(up).toEqual({ top: 90, cursor: 98, follow: false });
  expect(moveList(up, 'pageUp', size)).toEqual({ top: 81, cursor: 89, follow: false });
  expect(moveList(up, 'top', size)).toEqual({ top: 0, cursor: 0, follow: false });
  expect(moveList(up, 'bottom', size)).toMatchObject({ cursor: 99, follow: true });
  expect(moveList(up, 'bottom', { ...size, sticky: false })).toEqual({ top: 90, cursor: 99, follow: false });
});

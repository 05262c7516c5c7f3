import type { DeployState } from '../../../deploy/deploy-state.ts';
import { dialogBody, dialogLines } from '../../components/dialog.ts';
import { windowOf } from '../../components/list-state.ts';
import { type Pane, paneLines } from '../../components/pane.ts';
import { paintRow, type Row } from '../../row.ts';
import type { Size } from '../../shell/screen-model.ts';
import { wrapText } from '../../text.ts';
import type { Theme } from '../../theme.ts';
import { currentDialog, isExecuting } from './deploy-dialogs.ts';
import type { DeployView } from './deploy-view.ts';
import { headerRow, isOver, phaseRow, progressRow } from './header-rows.ts';
import { layoutDeploy, type PaneId, type PanePlace } from './layout.ts';
import { type RowContext, resourceRow } from './resource-rows.ts';
import { activeItem, groupResources, type TreeItem, treeItems } from './resource-tree.ts';
import { causeRows, outputRows, packagingRows, streamItems, streamRow } from './side-rows.ts';

/** The panes with their contents and places, worked out for one size of the screen. */
export type DeployPicture = {
  columns: readonly (readonly PanePlace[])[];
  contents: Partial<Record<PaneId, PaneContent>>;
  tree: readonly TreeItem[];
  /** Painted, below the panes. */
  dialog: readonly string[];
};

export type PaneContent = {
  title: string;
  meta?: Row;
  length: number;
  rowAt(index: number, context: RowContext): Row;
  /** What a following list keeps in sight; without it the end. */
  target?: number;
  /** Going to the end takes up following again. */
  sticky: boolean;
  empty?: string;
};

const headerRows = 3;

/** Rows of the screen that panes and a dialog have together. */
function bodyHeight(size: Size): number {
  return size.rows - headerRows;
}

export function pictureDeploy(state: DeployState, view: DeployView, size: Size, theme: Theme): DeployPicture {
  const dialog = currentDialog(state, view);
  const dialogSize = { width: size.columns, maxHeight: Math.max(6, bodyHeight(size) - 6) };
  const painted = dialog === undefined ? [] : dialogLines(dialog.dialog, view.dialog, dialogSize, theme);
  const height = bodyHeight(size) - painted.length;
  const columnWidth = size.columns - 4;
  const tree = treeItems(groupResources(state), view, (text) =>
    wrapText(text, Math.max(20, columnWidth - 16)),
  );
  const contents = paneContents(state, tree, size, theme);
  const columns = layoutDeploy({
    width: size.columns,
    height,
    focus: contents[view.focus] === undefined ? 'resources' : view.focus,
    zoom: view.zoom,
    content: Object.fromEntries(Object.entries(contents).map(([id, content]) => [id, content.length])),
    interest: interestOf(state),
  });
  return { columns, contents, tree, dialog: painted };
}

/** How far a dialog's reasons can be scrolled. */
export function dialogScroll(
  state: DeployState,
  view: DeployView,
  size: Size,
): { lines: number; height: number } {
  const dialog = currentDialog(state, view);
  if (dialog === undefined) return { lines: 0, height: 0 };
  const body = dialogBody(dialog.dialog, {
    width: size.columns,
    maxHeight: Math.max(6, bodyHeight(size) - 6),
  });
  return { lines: body.lines.length, height: body.height };
}

function interestOf(state: DeployState): PaneId {
  if (isOver(state)) return state.cause === undefined ? 'outputs' : 'events';
  return isExecuting(state) ? 'events' : 'packaging';
}

function paneContents(
  state: DeployState,
  tree: readonly TreeItem[],
  size: Size,
  theme: Theme,
): Partial<Record<PaneId, PaneContent>> {
  const contents: Partial<Record<PaneId, PaneContent>> = {};
  const target = activeItem(tree);
  const wide = size.columns >= 110;
  const textWidth = (wide ? Math.floor(size.columns * 0.56) - 4 : size.columns) - 4;
  if (state.cause !== undefined) {
    contents.cause = fixed('Why it failed', causeRows(state.cause, textWidth, theme));
  } else if (state.error !== undefined) {
    const { message, hint } = state.error;
    contents.cause = fixed(
      'What went wrong',
      causeRows({ message, ...(hint && { hint }) }, textWidth, theme),
    );
  }
  contents.resources = {
    title: 'Resources',
    length: tree.length,
    rowAt: (index, context) => {
      const item = tree[index];
      return item === undefined ? [] : resourceRow(item, context);
    },
    ...(target !== undefined && { target }),
    sticky: false,
    empty: state.result?.status === 'unchanged' ? 'nothing to change' : 'not known yet',
  };
  const packaged =
    state.artifacts.size + [...state.uploads.keys()].filter((name) => !state.artifacts.has(name)).length;
  if (packaged > 0) {
    contents.packaging = {
      title: 'Packages',
      meta: packagingMeta(state),
      length: packaged,
      rowAt: (index, context) => packagingRows(state, context)[index] ?? [],
      sticky: false,
    };
  }
  const stream = streamItems(state);
  contents.events = {
    title: 'Events',
    length: stream.length,
    rowAt: (index, context) => {
      const item = stream[index];
      return item === undefined ? [] : streamRow(item, context);
    },
    sticky: true,
    empty: 'none yet',
  };
  const outputWidth = (wide ? Math.floor(size.columns * 0.44) - 4 : size.columns) - 4;
  const outputs = outputRows(state, outputWidth);
  if (outputs.length > 0) contents.outputs = fixed('Outputs and links', outputs);
  return contents;
}

function fixed(title: string, rows: readonly Row[]): PaneContent {
  return { title, length: rows.length, rowAt: (index) => rows[index] ?? [], sticky: false };
}

function packagingMeta(state: DeployState): Row {
  const artifacts = [...state.artifacts.values()];
  const ready = artifacts.filter(({ status }) => status === 'built' || status === 'cached').length;
  return [[`${ready}/${artifacts.length} ready`, 'dim']];
}

/** The whole screen as painted lines: one list for each column of the panes, with the rows above and below them. */
export function paintDeploy(
  state: DeployState,
  view: DeployView,
  size: Size,
  theme: Theme,
): { header: string[]; columns: { width: number; lines: string[] }[]; dialog: readonly string[] } {
  const context: RowContext = {
    theme,
    width: size.columns,
    now: view.now,
    frame: view.frame,
    over: isOver(state),
  };
  const picture = pictureDeploy(state, view, size, theme);
  const header = [headerRow(state, context), phaseRow(state, context), progressRow(state, context)];
  return {
    header: header.map((row) => paintRow(row, size.columns, theme)),
    columns: picture.columns.map((places) => ({
      width: places[0]?.width ?? 0,
      lines: places.flatMap((place) => {
        const content = picture.contents[place.id];
        return content === undefined ? [] : paneLines(paneOf(place, content, view, context), theme);
      }),
    })),
    dialog: picture.dialog,
  };
}

function paneOf(place: PanePlace, content: PaneContent, view: DeployView, context: RowContext): Pane {
  const inner: RowContext = { ...context, width: place.width - 2 };
  return {
    title: content.title,
    ...(content.meta !== undefined && { meta: content.meta }),
    focused: view.focus === place.id,
    width: place.width,
    height: place.height,
    length: content.length,
    window: windowOf(view.lists[place.id], content.length, place.height - 1, content.target),
    rowAt: (index) => content.rowAt(index, inner),
    ...(content.empty !== undefined && { empty: content.empty }),
  };
}

import type { Question } from '../../../deploy/deploy-event.ts';
import type { DialogState } from '../../components/dialog-state.ts';
import { followingList, type ListState } from '../../components/list-state.ts';
import type { PaneId } from './layout.ts';

/** What the user did to the screen; what happens on AWS is in `DeployState`. */
export type DeployView = {
  focus: PaneId;
  zoom: boolean;
  lists: Readonly<Record<PaneId, ListState>>;
  /** Keys of groups of the tree. */
  folded: ReadonlySet<string>;
  /** Keys of resources of the tree whose details are shown. */
  open: ReadonlySet<string>;
  /** Ctrl-C or `q` while it runs asks what to do. */
  leaving: boolean;
  dialog: DialogState;
  /** The question that has been answered, until its event comes back. */
  answered: Question | undefined;
  /** Time and number of the frame, for timers and spinners. */
  now: number;
  frame: number;
};

const freshDialog: DialogState = { selected: 0, scroll: 0 };

export function initialDeployView(now: number): DeployView {
  const still: ListState = { top: 0, cursor: 0, follow: false };
  return {
    focus: 'resources',
    zoom: false,
    lists: {
      cause: still,
      resources: followingList,
      packaging: still,
      events: followingList,
      outputs: still,
    },
    folded: new Set(),
    open: new Set(),
    leaving: false,
    dialog: freshDialog,
    answered: undefined,
    now,
    frame: 0,
  };
}

export type DeployViewAction =
  | { type: 'tick'; now: number }
  | { type: 'focus'; pane: PaneId }
  | { type: 'zoom' }
  | { type: 'back' }
  | { type: 'list'; pane: PaneId; list: ListState }
  | { type: 'fold'; key: string }
  | { type: 'open'; key: string }
  | { type: 'leave' }
  | { type: 'stay' }
  | { type: 'dialog'; dialog: DialogState }
  | { type: 'answered'; question: Question };

export function reduceDeployView(view: DeployView, action: DeployViewAction): DeployView {
  switch (action.type) {
    case 'tick':
      return { ...view, now: action.now, frame: view.frame + 1 };
    case 'focus':
      return { ...view, focus: action.pane };
    case 'zoom':
      return { ...view, zoom: !view.zoom };
    case 'back':
      return view.zoom ? { ...view, zoom: false } : { ...view, focus: 'resources' };
    case 'list':
      return { ...view, lists: { ...view.lists, [action.pane]: action.list } };
    case 'fold':
      return { ...view, folded: toggled(view.folded, action.key) };
    case 'open':
      return { ...view, open: toggled(view.open, action.key) };
    case 'leave':
      return { ...view, leaving: true, dialog: freshDialog };
    case 'stay':
      return { ...view, leaving: false, dialog: freshDialog };
    case 'dialog':
      return { ...view, dialog: action.dialog };
    case 'answered':
      return { ...view, answered: action.question, dialog: freshDialog };
  }
}

function toggled(keys: ReadonlySet<string>, key: string): ReadonlySet<string> {
  const next = new Set(keys);
  if (!next.delete(key)) next.add(key);
  return next;
}

/** A question over the screen: reasons that can be scrolled, and choices of which one is pointed at. */
export type DialogChoice = { key: string; label: string; danger?: boolean };

export type Dialog = {
  title: string;
  /** Wrapped to the width of the screen. */
  body: readonly string[];
  choices: readonly DialogChoice[];
  /** What Escape stands for, by key; without it Escape does nothing. */
  escape?: string;
};

export type DialogState = { selected: number; scroll: number };

export type DialogAction =
  | { type: 'select'; step: 1 | -1 }
  | { type: 'scroll'; step: number; lines: number; height: number };

export function reduceDialog(state: DialogState, action: DialogAction, dialog: Dialog): DialogState {
  if (action.type === 'select') {
    const count = dialog.choices.length;
    return { ...state, selected: (state.selected + action.step + count) % count };
  }
  const last = Math.max(0, action.lines - action.height);
  return { ...state, scroll: Math.max(0, Math.min(last, state.scroll + action.step)) };
}

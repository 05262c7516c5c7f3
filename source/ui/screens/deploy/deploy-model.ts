import { createElement } from 'react';
import type { DeployEvent } from '../../../deploy/deploy-event.ts';
import type { DeployState } from '../../../deploy/deploy-state.ts';
import { initialDeployState, reduceDeploy } from '../../../deploy/reduce-deploy.ts';
import type { Clock } from '../../clock.ts';
import { reduceDialog } from '../../components/dialog-state.ts';
import { type ListAction, moveList } from '../../components/list-state.ts';
import { FrameStore } from '../../frame-store.ts';
import type { Command, Context } from '../../keymap.ts';
import type { Key } from '../../keys.ts';
import type { ScreenModel, ScreenProps, Size } from '../../shell/screen-model.ts';
import type { Theme } from '../../theme.ts';
import { currentDialog, isExecuting } from './deploy-dialogs.ts';
import { dialogScroll, pictureDeploy } from './deploy-panes.ts';
import { DeployScreen } from './deploy-screen.tsx';
import {
  type DeployView,
  type DeployViewAction,
  initialDeployView,
  reduceDeployView,
} from './deploy-view.ts';
import { isOver } from './header-rows.ts';
import { paneIds } from './layout.ts';

/** What the screen asks of the deployment. Each may be called more than once. */
export type DeployControl = {
  answer(answer: 'yes' | 'no'): void;
  /** Before anything is changed: stop. After: cancel the operation and watch its rollback. */
  cancel(): void;
  /** Stop watching; the operation goes on. The events have to end soon after. */
  detach(): void;
};

const tickMilliseconds = 120;

/** The Deploy tab: the state of the operation, what the user looks at, and what keys do. */
export class DeployModel implements ScreenModel {
  readonly id = 'deploy';
  readonly title = 'Deploy';
  readonly state: FrameStore<DeployState>;
  readonly view: FrameStore<DeployView>;
  readonly #control: DeployControl;
  readonly #clock: Clock;
  readonly #theme: Theme;
  /** Once the user has left, nothing is asked any more. */
  #left = false;
  #cancelTick: (() => void) | undefined;

  constructor(options: { control: DeployControl; clock: Clock; theme: Theme }) {
    this.#control = options.control;
    this.#clock = options.clock;
    this.#theme = options.theme;
    this.state = new FrameStore(initialDeployState, options.clock);
    this.view = new FrameStore(initialDeployView(options.clock.now()), options.clock);
  }

  readonly View = ({ size, theme }: ScreenProps) => createElement(DeployScreen, { model: this, size, theme });

  apply(event: DeployEvent): void {
    const next = reduceDeploy(this.state.current, event);
    // A question and the end are what somebody waits for.
    if (event.type === 'question' || event.type === 'result' || event.type === 'error')
      this.state.setNow(next);
    else this.state.setSoon(next);
    if (isOver(next)) this.#dispatch({ type: 'stay' });
  }

  /** Timers and spinners move from now on, until it is over. */
  startTicking(): void {
    const tick = () => {
      this.#dispatch({ type: 'tick', now: this.#clock.now() });
      this.#cancelTick = isOver(this.state.current) ? undefined : this.#clock.after(tickMilliseconds, tick);
    };
    this.#cancelTick?.();
    this.#cancelTick = this.#clock.after(tickMilliseconds, tick);
  }

  stop(): void {
    this.#cancelTick?.();
    this.#cancelTick = undefined;
    this.state.stop();
    this.view.stop();
  }

  badge(): string {
    if (currentDialog(this.state.current, this.view.current)?.kind === 'question') return '?';
    return '';
  }

  contexts(): readonly Context[] {
    return currentDialog(this.state.current, this.view.current) ? ['dialog'] : ['deploy', 'list'];
  }

  take(key: Key): boolean {
    const dialog = currentDialog(this.state.current, this.view.current);
    if (!dialog?.dialog.choices.some((choice) => choice.key === key.name)) return false;
    this.#choose(key.name);
    return true;
  }

  leave(how: 'quit' | 'interrupt'): 'now' | 'asks' {
    if (this.#left || isOver(this.state.current)) return 'now';
    if (how === 'interrupt' && this.view.current.leaving) {
      this.abandon();
      return 'now';
    }
    this.#dispatch({ type: 'leave' });
    return 'asks';
  }

  /** Leaves without a question, as a signal does: what runs on AWS goes on, what has not begun does not begin. */
  abandon(): void {
    if (this.#left || isOver(this.state.current)) return;
    if (isExecuting(this.state.current)) this.#detach();
    else this.#stop();
  }

  /** What ends the screen from inside: the user chose to stop or to detach. Set by the app. */
  onLeave: () => void = () => {};

  run(command: Command, size: Size): void {
    switch (command.context) {
      case 'dialog':
        this.#runDialog(command.name, size);
        return;
      case 'list':
        this.#move(command.name, size);
        return;
      case 'deploy':
        this.#runDeploy(command.name, size);
        return;
      default:
    }
  }

  #dispatch(action: DeployViewAction): void {
    this.view.setNow(reduceDeployView(this.view.current, action));
  }

  #runDeploy(name: Extract<Command, { context: 'deploy' }>['name'], size: Size): void {
    const view = this.view.current;
    switch (name) {
      case 'nextPane':
      case 'previousPane': {
        const { contents } = pictureDeploy(this.state.current, view, size, this.#theme);
        const there = paneIds.filter((id) => contents[id] !== undefined);
        const step = name === 'nextPane' ? 1 : -1;
        const next = there.at((there.indexOf(view.focus) + step) % there.length);
        if (next !== undefined) this.#dispatch({ type: 'focus', pane: next });
        return;
      }
      case 'unfold':
        this.#unfold(size);
        return;
      case 'zoom':
        this.#dispatch({ type: 'zoom' });
        return;
      case 'follow':
        this.#dispatch({ type: 'list', pane: view.focus, list: { ...view.lists[view.focus], follow: true } });
        return;
      case 'back':
        this.#dispatch({ type: 'back' });
    }
  }

  #move(action: ListAction, size: Size): void {
    const view = this.view.current;
    const { columns, contents } = pictureDeploy(this.state.current, view, size, this.#theme);
    const place = columns.flat().find(({ id }) => id === view.focus);
    const content = contents[view.focus];
    if (place === undefined || content === undefined) return;
    const list = moveList(view.lists[view.focus], action, {
      length: content.length,
      height: place.height - 1,
      target: content.target,
      sticky: content.sticky,
    });
    this.#dispatch({ type: 'list', pane: view.focus, list });
  }

  #unfold(size: Size): void {
    const view = this.view.current;
    if (view.focus !== 'resources') {
      this.#dispatch({ type: 'zoom' });
      return;
    }
    const { tree, columns, contents } = pictureDeploy(this.state.current, view, size, this.#theme);
    const place = columns.flat().find(({ id }) => id === 'resources');
    // A list that follows has its cursor where the work is; unfolding there is a reason to stay.
    const list = moveList(view.lists.resources, 'down', {
      length: tree.length,
      height: (place?.height ?? 1) - 1,
      target: contents.resources?.target,
      sticky: false,
    });
    const cursor = view.lists.resources.follow
      ? (contents.resources?.target ?? 0)
      : view.lists.resources.cursor;
    const item = tree[Math.min(cursor, tree.length - 1)];
    if (item === undefined) return;
    if (view.lists.resources.follow) {
      this.#dispatch({ type: 'list', pane: 'resources', list: { ...list, cursor, follow: false } });
    }
    if (item.kind === 'group') this.#dispatch({ type: 'fold', key: item.key });
    else this.#dispatch({ type: 'open', key: item.key.replace(/#.*$/, '') });
  }

  #runDialog(name: Extract<Command, { context: 'dialog' }>['name'], size: Size): void {
    const state = this.state.current;
    const view = this.view.current;
    const dialog = currentDialog(state, view)?.dialog;
    if (dialog === undefined) return;
    switch (name) {
      case 'next':
      case 'previous': {
        const step = name === 'next' ? 1 : -1;
        this.#dispatch({
          type: 'dialog',
          dialog: reduceDialog(view.dialog, { type: 'select', step }, dialog),
        });
        return;
      }
      case 'pageDown':
      case 'pageUp': {
        const { lines, height } = dialogScroll(state, view, size);
        const step = name === 'pageDown' ? height : -height;
        const scrolled = reduceDialog(view.dialog, { type: 'scroll', step, lines, height }, dialog);
        this.#dispatch({ type: 'dialog', dialog: scrolled });
        return;
      }
      case 'choose': {
        const choice = dialog.choices[view.dialog.selected];
        if (choice !== undefined) this.#choose(choice.key);
        return;
      }
      case 'close':
        if (dialog.escape !== undefined) this.#choose(dialog.escape);
    }
  }

  #choose(key: string): void {
    const current = currentDialog(this.state.current, this.view.current);
    if (current?.kind === 'question') {
      this.#dispatch({ type: 'answered', question: current.question });
      this.#control.answer(key === 'y' ? 'yes' : 'no');
      return;
    }
    this.#dispatch({ type: 'stay' });
    if (key === 'c') this.#control.cancel();
    if (key === 'd') {
      this.#detach();
      this.onLeave();
    }
    if (key === 's') {
      this.#stop();
      this.onLeave();
    }
  }

  #detach(): void {
    this.#left = true;
    this.#control.detach();
  }

  #stop(): void {
    this.#left = true;
    this.#control.cancel();
  }
}

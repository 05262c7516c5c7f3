import type { Clock } from '../clock.ts';
import { helpRows } from '../components/help.ts';
import { moveList } from '../components/list-state.ts';
import { FrameStore } from '../frame-store.ts';
import { type Command, type Context, commandFor } from '../keymap.ts';
import type { Key } from '../keys.ts';
import type { Theme } from '../theme.ts';
import type { ScreenModel, Size } from './screen-model.ts';

export type ShellState = { tab: number; help: boolean; helpScroll: number };

/** What the shell asks of the terminal it runs in. */
export type ShellHost = { exit(): void; suspend(): void; redraw(): void };

/** Below this, nothing useful can be drawn. */
export const smallest: Size = { columns: 60, rows: 15 };

/** The tab bar and the last line. */
export const shellRows = 2;

/** The frame around the tabs: which is open, the help, and where each key goes. */
export class ShellModel {
  readonly store: FrameStore<ShellState>;
  readonly screens: readonly ScreenModel[];
  readonly #theme: Theme;
  /** It has been asked for the end; what asks may come before the screen is there. */
  ended = false;
  host: ShellHost = { exit() {}, suspend() {}, redraw() {} };

  constructor(screens: readonly ScreenModel[], clock: Clock, theme: Theme) {
    this.screens = screens;
    this.#theme = theme;
    this.store = new FrameStore<ShellState>({ tab: 0, help: false, helpScroll: 0 }, clock);
  }

  get active(): ScreenModel | undefined {
    return this.screens[this.store.current.tab];
  }

  helpContexts(): readonly Context[] {
    return [...(this.active?.contexts() ?? []), 'shell'];
  }

  paste(text: string): void {
    this.active?.paste?.(text);
  }

  press(key: Key, size: Size): void {
    const inner: Size = { columns: size.columns, rows: size.rows - shellRows };
    if (this.store.current.help) {
      this.#pressInHelp(key, inner);
      return;
    }
    const { active } = this;
    const tooSmall = size.columns < smallest.columns || size.rows < smallest.rows;
    // Blind keys must not answer a question that cannot be seen.
    if (!tooSmall && active?.take?.(key, inner)) return;
    const contexts: Context[] = tooSmall ? ['shell'] : [...(active?.contexts() ?? []), 'shell'];
    const command = commandFor(contexts, key.name);
    if (command === undefined) return;
    if (command.context === 'shell') this.#run(command, key);
    else active?.run(command, inner);
  }

  /** Ends the screen, or opens the tab that has something to ask first. */
  leave(how: 'quit' | 'interrupt'): void {
    const asking = this.screens.findIndex((screen) => screen.leave?.(how) === 'asks');
    if (asking < 0) this.end();
    else this.open(asking);
  }

  end(): void {
    this.ended = true;
    this.host.exit();
  }

  open(tab: number): void {
    if (this.screens[tab] === undefined) return;
    this.store.setNow({ ...this.store.current, tab, help: false });
    this.screens[tab].show?.();
  }

  #run(command: Extract<Command, { context: 'shell' }>, key: Key): void {
    const { tab } = this.store.current;
    const count = this.screens.length;
    switch (command.name) {
      case 'nextTab':
        this.open((tab + 1) % count);
        return;
      case 'previousTab':
        this.open((tab - 1 + count) % count);
        return;
      case 'goToTab':
        this.open(Number(key.name) - 1);
        return;
      case 'help':
        this.store.setNow({ ...this.store.current, help: true, helpScroll: 0 });
        return;
      case 'quit':
        this.leave('quit');
        return;
      case 'interrupt':
        this.leave('interrupt');
        return;
      case 'suspend':
        this.host.suspend();
        return;
      case 'redraw':
        this.host.redraw();
    }
  }

  #pressInHelp(key: Key, size: Size): void {
    const command = commandFor(['overlay', 'list', 'shell'], key.name);
    const state = this.store.current;
    if (command?.context === 'overlay') this.store.setNow({ ...state, help: false });
    else if (command?.context === 'shell' && command.name === 'interrupt') this.leave('interrupt');
    else if (command?.context === 'list') {
      const length = helpRows(this.helpContexts(), this.#theme).length;
      const last = Math.max(0, length - size.rows);
      const list = { top: state.helpScroll, cursor: state.helpScroll, follow: false };
      const { cursor } = moveList(list, command.name, { length: last + 1, height: size.rows, sticky: false });
      this.store.setNow({ ...state, helpScroll: Math.min(last, cursor) });
    }
  }
}

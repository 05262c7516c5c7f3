import { createElement } from 'react';
import type { LogSource } from '../../../logs/log-entry.ts';
import { LogStore } from '../../../logs/log-store.ts';
import type { Clock } from '../../clock.ts';
import { type ListAction, moveList } from '../../components/list-state.ts';
import { emptyInput, insertText, reduceTextInput } from '../../components/text-input-state.ts';
import { FrameStore } from '../../frame-store.ts';
import { type Command, type Context, commandFor } from '../../keymap.ts';
import type { Key } from '../../keys.ts';
import type { ScreenModel, ScreenProps, Size } from '../../shell/screen-model.ts';
import { graphemesOf } from '../../text.ts';
import type { Theme } from '../../theme.ts';
import { currentLine, findLine, initialLogView, type LogView, lineList, withInput } from './log-view.ts';
import { detailLength, layoutLogs } from './logs-picture.ts';
import { LogsScreen } from './logs-screen.tsx';

const linesPerTurn = 500;

/** The Logs tab: the store of lines, what the user looks at, and what keys do. */
export class LogsModel implements ScreenModel {
  readonly id = 'logs';
  readonly title = 'Logs';
  readonly store: LogStore;
  readonly view: FrameStore<LogView>;
  readonly #open: () => LogSource | undefined;
  readonly #theme: Theme;
  #source: LogSource | undefined;

  constructor(options: {
    /** Called when the tab is first seen, and again as long as it has no answer. */
    open: () => LogSource | undefined;
    clock: Clock;
    theme: Theme;
    filter?: string;
    maxBytes?: number;
  }) {
    this.#open = options.open;
    this.#theme = options.theme;
    this.store = new LogStore({
      clock: options.clock,
      ...(options.maxBytes !== undefined && { maxBytes: options.maxBytes }),
    });
    const text = options.filter ?? '';
    const view = withInput(initialLogView, { text, cursor: graphemesOf(text).length });
    this.view = new FrameStore(view, options.clock);
    this.store.setFilter(view.query);
  }

  readonly View = ({ size, theme }: ScreenProps) => createElement(LogsScreen, { model: this, size, theme });

  show(): void {
    if (this.#source !== undefined) return;
    this.#source = this.#open();
    if (this.#source === undefined) return;
    this.#set({ source: { status: 'reading' } });
    void this.#read(this.#source);
  }

  stop(): void {
    this.#source?.stop();
    this.store.stop();
    this.view.stop();
  }

  contexts(): readonly Context[] {
    return ['logs', 'list'];
  }

  paste(text: string): void {
    const view = this.view.current;
    if (view.editing) this.#edit(withInput(view, insertText(view.input, text)));
  }

  take(key: Key, size: Size): boolean {
    const view = this.view.current;
    if (!view.editing) return false;
    if (['ctrl-c', 'ctrl-z', 'ctrl-l'].includes(key.name)) return false;
    if (key.name === 'escape') {
      this.#clearFilter();
      return true;
    }
    if (key.name === 'enter') {
      // What does not compile is not in force; the line goes back to what is.
      const text = view.query?.text ?? '';
      const input = view.queryError === undefined ? view.input : { text, cursor: graphemesOf(text).length };
      this.#set({ editing: false, input, queryError: undefined });
      return true;
    }
    const command = key.text === '' ? commandFor(['list'], key.name) : undefined;
    if (command?.context === 'list' && ['up', 'down', 'pageup', 'pagedown'].includes(key.name)) {
      this.#move(command.name, size);
      return true;
    }
    this.#edit(withInput(view, reduceTextInput(view.input, key)));
    return true;
  }

  run(command: Command, size: Size): void {
    if (command.context === 'list') this.#move(command.name, size);
    else if (command.context === 'logs') this.#runLogs(command.name, size);
  }

  async #read(source: LogSource): Promise<void> {
    try {
      let count = 0;
      for await (const entry of source.entries) {
        this.store.append(entry);
        count += 1;
        // A file is read faster than it is shown; keys must get their turn.
        if (count % linesPerTurn === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      this.#set({ source: { status: 'ended' } });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#set({ source: { status: 'failed', message } });
    }
  }

  #set(change: Partial<LogView>): void {
    this.view.setNow({ ...this.view.current, ...change });
  }

  /** The view after the filter's line has changed; the search begins before it is shown. */
  #edit(view: LogView): void {
    if (view.query !== this.view.current.query) this.store.setFilter(view.query);
    this.view.setNow(view);
  }

  #clearFilter(): void {
    this.#edit({
      ...this.view.current,
      editing: false,
      input: emptyInput,
      query: undefined,
      queryError: undefined,
    });
  }

  #runLogs(name: Extract<Command, { context: 'logs' }>['name'], size: Size): void {
    const view = this.view.current;
    switch (name) {
      case 'filter':
        this.#set({ editing: true });
        return;
      case 'detail':
        this.#toggleDetail(size);
        return;
      case 'follow':
        if (view.follow) this.#pause(size);
        else this.#set({ follow: true });
        return;
      case 'nextHit':
      case 'previousHit': {
        const hits = this.store.filter?.hits;
        if (hits !== undefined) this.#find(name === 'nextHit' ? 1 : -1, size, (id) => hits.has(id));
        return;
      }
      case 'nextError':
      case 'previousError':
        this.#find(name === 'nextError' ? 1 : -1, size, (id) => {
          const level = this.store.levelOf(id);
          return level === 'error' || level === 'fatal';
        });
        return;
      case 'allLines':
        this.#allLines(size);
        return;
      case 'timestamps':
        this.#set({ timestamps: !view.timestamps });
        return;
      case 'detailDown':
      case 'detailUp': {
        const { length, height } = detailLength(this.store, view, size, this.#theme);
        const step = name === 'detailDown' ? 1 : -1;
        this.#set({ detailTop: Math.max(0, Math.min(length - height, view.detailTop + step)) });
        return;
      }
      case 'back':
        if (view.detail) this.#set({ detail: false });
        else if (view.query !== undefined) this.#clearFilter();
        else this.#set({ follow: true });
    }
  }

  /** The place stays where it is; what arrives from now on is counted. */
  #pause(size: Size): void {
    const view = this.view.current;
    const { list: height } = layoutLogs(view, size);
    const list = lineList(this.store, view);
    const cursor = currentLine(list, view, height) ?? this.store.end;
    const top = list.length === 0 ? cursor : list.idAt(Math.max(0, list.length - height));
    this.#set({ follow: false, cursor, top, pausedAt: this.store.end });
  }

  #toggleDetail(size: Size): void {
    if (this.view.current.detail) {
      this.#set({ detail: false });
      return;
    }
    // The open line has to stay while others arrive.
    if (this.view.current.follow) this.#pause(size);
    this.#set({ detail: true, detailTop: 0 });
  }

  /** The same line stays pointed at when the list around it changes. */
  #allLines(size: Size): void {
    const view = this.view.current;
    if (this.store.filter === undefined) return;
    const before = currentLine(lineList(this.store, view), view, layoutLogs(view, size).list);
    this.#set({ onlyHits: !view.onlyHits });
    if (!view.follow && before !== undefined) this.#goTo(before, size);
  }

  #find(step: 1 | -1, size: Size, test: (id: number) => boolean): void {
    const view = this.view.current;
    const list = lineList(this.store, view);
    const from = currentLine(list, view, layoutLogs(view, size).list);
    if (from === undefined) return;
    const found = findLine(list, from, step, test);
    // While it follows, nothing is pointed at, and the newest line itself may be the one.
    const itself = view.follow && step === -1 && test(from) ? from : undefined;
    const id = itself ?? found;
    if (id !== undefined) this.#goTo(id, size);
  }

  #goTo(id: number, size: Size): void {
    const view = this.view.current;
    const { list: height } = layoutLogs(view, size);
    const list = lineList(this.store, view);
    const place = list.placeOf(id);
    const top = view.follow ? Math.max(0, list.length - height) : list.placeOf(view.top);
    const seen = place >= top && place < top + height;
    const from = seen ? top : Math.max(0, place - Math.floor(height / 2));
    this.#set({
      follow: false,
      cursor: id,
      top: list.idAt(Math.min(from, list.length - 1)),
      detailTop: 0,
      ...(view.follow && { pausedAt: this.store.end }),
    });
  }

  #move(action: ListAction, size: Size): void {
    const view = this.view.current;
    const { list: height } = layoutLogs(view, size);
    const list = lineList(this.store, view);
    const before = { top: list.placeOf(view.top), cursor: list.placeOf(view.cursor), follow: view.follow };
    const next = moveList(before, action, { length: list.length, height, sticky: true });
    // Going down at the end is no reason to stop following.
    if (view.follow && next.cursor >= list.length - 1) return;
    this.#set({
      follow: next.follow,
      top: list.length === 0 ? 0 : list.idAt(next.top),
      cursor: list.length === 0 ? 0 : list.idAt(next.cursor),
      detailTop: 0,
      ...(view.follow && { pausedAt: this.store.end }),
    });
  }
}

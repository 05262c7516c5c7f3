import type { ComponentType } from 'react';
import type { Command, Context } from '../keymap.ts';
import type { Key } from '../keys.ts';
import type { Theme } from '../theme.ts';

export type Size = { columns: number; rows: number };

export type ScreenProps = { size: Size; theme: Theme };

/** A tab: what it knows is outside React, its component only shows it. */
export type ScreenModel = {
  readonly id: string;
  readonly title: string;
  /** A few characters beside the title: that something waits there. */
  badge?(): string;
  /** Whose keys count now, the most special first. */
  contexts(): readonly Context[];
  /** Sees each key before the keymap does; true when it was one of its own, as while text is typed. */
  take?(key: Key, size: Size): boolean;
  paste?(text: string): void;
  run(command: Command, size: Size): void;
  /** Whether the program may end now. `asks`: it has put a question on its screen. */
  leave?(how: 'quit' | 'interrupt'): 'now' | 'asks';
  /** Called when the tab is opened. */
  show?(): void;
  View: ComponentType<ScreenProps>;
};

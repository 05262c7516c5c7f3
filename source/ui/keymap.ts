/**
 * Every key there is: a command, its keys, what it does. The table dispatches, and the help and the footer are
 * drawn from it. Printable keys stand for themselves; the others are named (`ctrl-c`, `pageup`).
 */
export const keymap = {
  shell: {
    nextTab: { keys: ['tab'], help: 'next tab', footer: 'tabs' },
    previousTab: { keys: ['shift-tab'], help: 'previous tab' },
    goToTab: { keys: ['1', '2', '3', '4', '5'], help: 'go to that tab' },
    help: { keys: ['?'], help: 'show or hide this help', footer: 'help' },
    quit: { keys: ['q'], help: 'quit', footer: 'quit' },
    interrupt: { keys: ['ctrl-c'], help: 'stop: asks what to do while something runs' },
    suspend: { keys: ['ctrl-z'], help: 'to the shell and back with fg' },
    redraw: { keys: ['ctrl-l'], help: 'draw the screen again' },
  },
  list: {
    down: { keys: ['j', 'down'], help: 'down' },
    up: { keys: ['k', 'up'], help: 'up' },
    pageDown: { keys: ['pagedown', ' ', 'ctrl-f'], help: 'a page down' },
    pageUp: { keys: ['pageup', 'b', 'ctrl-b'], help: 'a page up' },
    halfDown: { keys: ['ctrl-d'], help: 'half a page down' },
    halfUp: { keys: ['ctrl-u'], help: 'half a page up' },
    top: { keys: ['g', 'home'], help: 'to the start' },
    bottom: { keys: ['G', 'end'], help: 'to the end' },
  },
  deploy: {
    nextPane: { keys: [']', 'right', 'l'], help: 'next pane', footer: 'panes' },
    previousPane: { keys: ['[', 'left', 'h'], help: 'previous pane' },
    unfold: { keys: ['enter'], help: 'fold or unfold; details of a resource', footer: 'details' },
    zoom: { keys: ['z'], help: 'this pane alone, or all of them', footer: 'zoom' },
    follow: { keys: ['f'], help: 'follow what is happening', footer: 'follow' },
    back: { keys: ['escape'], help: 'back' },
  },
  logs: {
    filter: { keys: ['/'], help: 'filter as you type', footer: 'filter' },
    detail: { keys: ['enter'], help: 'the whole line, JSON unfolded', footer: 'open' },
    follow: { keys: ['f', 'F'], help: 'follow new lines, or pause', footer: 'follow' },
    nextHit: { keys: ['n'], help: 'next hit of the filter' },
    previousHit: { keys: ['N'], help: 'previous hit of the filter' },
    nextError: { keys: ['e'], help: 'next error', footer: 'error' },
    previousError: { keys: ['E'], help: 'previous error' },
    allLines: { keys: ['a'], help: 'hits alone, or all lines with the hits marked' },
    timestamps: { keys: ['t'], help: 'timestamps on or off', footer: 'time' },
    detailDown: { keys: ['J', 'shift-down'], help: 'scroll the open line down' },
    detailUp: { keys: ['K', 'shift-up'], help: 'scroll the open line up' },
    back: { keys: ['escape'], help: 'close the open line, then clear the filter' },
  },
  dialog: {
    next: { keys: ['right', 'down', 'tab', 'l', 'j'], help: 'next choice', footer: 'choose' },
    previous: { keys: ['left', 'up', 'shift-tab', 'h', 'k'], help: 'previous choice' },
    choose: { keys: ['enter'], help: 'take the choice', footer: 'take' },
    close: { keys: ['escape'], help: 'close without a change' },
    pageDown: { keys: ['pagedown', ' '], help: 'more reasons' },
    pageUp: { keys: ['pageup', 'b'], help: 'earlier reasons' },
  },
  overlay: {
    close: { keys: ['escape', '?', 'q', 'enter'], help: 'close' },
  },
} as const satisfies Record<string, Record<string, Binding>>;

export type Binding = {
  keys: readonly string[];
  help: string /** A word for the last line of the screen. */;
  footer?: string;
};
export type Context = keyof typeof keymap;
export type Command<C extends Context = Context> = C extends Context
  ? { context: C; name: keyof (typeof keymap)[C] & string }
  : never;

/** The command of a key: the first of the contexts that knows it, so the most special one stands first. */
export function commandFor(contexts: readonly Context[], key: string): Command | undefined {
  for (const context of contexts) {
    for (const [name, binding] of Object.entries<Binding>(keymap[context])) {
      if (binding.keys.includes(key)) return { context, name } as Command;
    }
  }
  return undefined;
}

const keyNames: Record<string, string> = {
  ' ': 'Space',
  enter: 'Enter',
  escape: 'Esc',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  'shift-down': 'Shift-↓',
  'shift-up': 'Shift-↑',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
};

/** A key as a reader would say it. */
export function keyLabel(key: string): string {
  return keyNames[key] ?? key.replace(/^ctrl-(.)$/, (_, letter: string) => `Ctrl-${letter.toUpperCase()}`);
}

/** Key and word for the last line, the most special context first. */
export function footerHints(contexts: readonly Context[]): { key: string; word: string }[] {
  const hints: { key: string; word: string }[] = [];
  for (const context of contexts) {
    for (const binding of Object.values<Binding>(keymap[context])) {
      const key = binding.keys[0];
      if (binding.footer !== undefined && key !== undefined)
        hints.push({ key: keyLabel(key), word: binding.footer });
    }
  }
  return hints;
}

/** What the help shows, a section for each context. */
export function helpSections(
  contexts: readonly Context[],
): { context: Context; lines: { keys: string; help: string }[] }[] {
  return contexts.map((context) => ({
    context,
    lines: Object.values<Binding>(keymap[context]).map((binding) => ({
      keys: binding.keys.map(keyLabel).join(' '),
      help: binding.help,
    })),
  }));
}

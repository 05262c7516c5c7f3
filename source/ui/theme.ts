import type { ResultStatus } from '../deploy/deploy-event.ts';
import type { PhaseState, Progress } from '../deploy/deploy-state.ts';

export type Style =
  | 'plain'
  | 'bold'
  | 'dim'
  | 'good'
  | 'bad'
  | 'warn'
  | 'info'
  | 'accent'
  | 'badBold'
  | 'goodBold'
  | 'warnBold'
  | 'match'
  | 'inverse';

const codes: Record<Style, readonly [open: string, close: string]> = {
  plain: ['', ''],
  bold: ['\u001b[1m', '\u001b[22m'],
  dim: ['\u001b[2m', '\u001b[22m'],
  good: ['\u001b[32m', '\u001b[39m'],
  bad: ['\u001b[31m', '\u001b[39m'],
  warn: ['\u001b[33m', '\u001b[39m'],
  info: ['\u001b[36m', '\u001b[39m'],
  accent: ['\u001b[1m\u001b[36m', '\u001b[39m\u001b[22m'],
  badBold: ['\u001b[1m\u001b[31m', '\u001b[39m\u001b[22m'],
  goodBold: ['\u001b[1m\u001b[32m', '\u001b[39m\u001b[22m'],
  warnBold: ['\u001b[1m\u001b[33m', '\u001b[39m\u001b[22m'],
  match: ['\u001b[1m\u001b[4m\u001b[33m', '\u001b[39m\u001b[24m\u001b[22m'],
  inverse: ['\u001b[7m', '\u001b[27m'],
};

const unicodeGlyphs = {
  done: '✔',
  failed: '✖',
  warning: '▲',
  waiting: '○',
  running: '●',
  skipped: '–',
  rollingBack: '↺',
  deleted: '⌫',
  info: 'ℹ',
  open: '▾',
  closed: '▸',
  pointer: '❯',
  rule: '─',
  barFull: '█',
  barEmpty: '░',
  ellipsis: '…',
  newline: '↵',
  arrow: '→',
  late: '⧗',
  gap: '╌',
  dot: '·',
  branch: '├',
  lastBranch: '└',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

export type Glyphs = typeof unicodeGlyphs;

const asciiGlyphs: Glyphs = {
  done: '+',
  failed: 'x',
  warning: '!',
  waiting: '.',
  running: '*',
  skipped: '-',
  rollingBack: '<',
  deleted: 'd',
  info: 'i',
  open: 'v',
  closed: '>',
  pointer: '>',
  rule: '-',
  barFull: '#',
  barEmpty: '.',
  ellipsis: '~',
  newline: ' | ',
  arrow: '->',
  late: 'L',
  gap: '~',
  dot: '-',
  branch: '|',
  lastBranch: '`',
  spinner: ['|', '/', '-', '\\'],
};

/** How things look. State is told by a glyph and a word; colour only helps. */
export type Theme = {
  glyphs: Glyphs;
  color: boolean;
  paint(text: string, style: Style | undefined): string;
};

export function createTheme(options: { color: boolean; unicode: boolean }): Theme {
  return {
    glyphs: options.unicode ? unicodeGlyphs : asciiGlyphs,
    color: options.color,
    paint(text, style) {
      if (!options.color || style === undefined || style === 'plain') return text;
      const [open, close] = codes[style];
      return `${open}${text}${close}`;
    },
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `NO_COLOR` and `FORCE_COLOR=0` turn colour off; the launcher makes the second out of the first and of `--no-color`. */
export function colorWanted(environment: Environment): boolean {
  if (environment.FORCE_COLOR === '0') return false;
  return environment.NO_COLOR === undefined || environment.NO_COLOR === '';
}

/** The Linux console and locales that name another character set get ASCII glyphs. */
export function unicodeWanted(environment: Environment): boolean {
  if (environment.TERM === 'linux') return false;
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return locale === '' || /utf-?8/i.test(locale);
}

export function themeFor(environment: Environment, color?: boolean): Theme {
  return createTheme({ color: color ?? colorWanted(environment), unicode: unicodeWanted(environment) });
}

export function spinnerFrame(theme: Theme, frame: number): string {
  return theme.glyphs.spinner[frame % theme.glyphs.spinner.length] ?? theme.glyphs.running;
}

export function progressLook(
  theme: Theme,
  progress: Progress,
  frame: number,
): { glyph: string; style: Style } {
  switch (progress) {
    case 'waiting':
      return { glyph: theme.glyphs.waiting, style: 'dim' };
    case 'running':
      return { glyph: spinnerFrame(theme, frame), style: 'info' };
    case 'done':
      return { glyph: theme.glyphs.done, style: 'good' };
    case 'failed':
      return { glyph: theme.glyphs.failed, style: 'badBold' };
    case 'cancelled':
      return { glyph: theme.glyphs.skipped, style: 'warn' };
    case 'rolling-back':
      return { glyph: theme.glyphs.rollingBack, style: 'warn' };
    case 'rolled-back':
      return { glyph: theme.glyphs.rollingBack, style: 'warn' };
    case 'deleted':
      return { glyph: theme.glyphs.deleted, style: 'dim' };
  }
}

export function phaseLook(
  theme: Theme,
  status: PhaseState['status'],
  frame: number,
): { glyph: string; style: Style } {
  switch (status) {
    case 'waiting':
      return { glyph: theme.glyphs.waiting, style: 'dim' };
    case 'running':
      return { glyph: spinnerFrame(theme, frame), style: 'info' };
    case 'done':
      return { glyph: theme.glyphs.done, style: 'good' };
    case 'failed':
      return { glyph: theme.glyphs.failed, style: 'badBold' };
    case 'skipped':
      return { glyph: theme.glyphs.skipped, style: 'dim' };
  }
}

export function resultLook(
  theme: Theme,
  status: ResultStatus,
): { glyph: string; style: Style; word: string } {
  switch (status) {
    case 'succeeded':
      return { glyph: theme.glyphs.done, style: 'goodBold', word: 'succeeded' };
    case 'unchanged':
      return { glyph: theme.glyphs.done, style: 'goodBold', word: 'nothing to change' };
    case 'failed':
      return { glyph: theme.glyphs.failed, style: 'badBold', word: 'failed' };
    case 'rolledBack':
      return { glyph: theme.glyphs.rollingBack, style: 'badBold', word: 'failed and rolled back' };
    case 'cancelled':
      return { glyph: theme.glyphs.rollingBack, style: 'warnBold', word: 'cancelled' };
    case 'detached':
      return { glyph: theme.glyphs.info, style: 'warnBold', word: 'detached' };
  }
}

/** Where something stands in the config: `['resources', 'f', 'properties', 'events', 0, 'type']`. */
export type ConfigPath = readonly (string | number)[];

/** Half-open range in the text of a file; lines and columns count from 1, in UTF-16 units. */
export type SourceRange = {
  file: string;
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
};

/** A problem found in the config, before it is known where in the text it stands. */
export type Finding = {
  severity: 'error' | 'warning';
  /** Stable, kebab-case, for scripts: `unknown-property`, `duplicate-route`. */
  code: string;
  path: ConfigPath;
  /** Point at the key instead of the value, as a misspelt property wants. */
  at?: 'key' | 'value';
  /** Point at a part of a text: offsets in the value, the end not included. */
  within?: readonly [start: number, end: number];
  message: string;
  /** What would have been right, in words or as a list of values. */
  expected?: string;
  /** The nearest known word, or what to do. */
  suggestion?: string;
  /** Other places that have to do with it: the route that is taken already. */
  related?: readonly { path: ConfigPath; message: string }[];
};

/** A finding with its place and the lines around it. */
export type Problem = Omit<Finding, 'related'> & {
  range: SourceRange;
  /** The lines around it with their numbers and a caret, without colour and without a line end at the end. */
  frame: string;
  related?: readonly { range: SourceRange; message: string }[];
};

/** `resources.f.properties.events[0].type`, the form that the JSON output has. */
export function formatPath(path: ConfigPath): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += text === '' ? step : `.${step}`;
  }
  return text;
}

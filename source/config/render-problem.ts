import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { Problem, SourceRange } from '../model/diagnostic.ts';

type Style = Parameters<typeof styleText>[0];

/**
 * A problem for a person: place, code and message, the lines around it, what was expected and what to do. Paths
 * are relative to `cwd`. No line end at the end.
 */
export function formatProblem(problem: Problem, { color, cwd }: { color: boolean; cwd: string }): string {
  const paint = (style: Style, text: string) =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const severity = problem.severity === 'error' ? 'red' : 'yellow';
  const parts = [
    `${paint('cyan', place(problem.range, cwd))} ${paint([severity, 'bold'], problem.severity)} ${paint('gray', problem.code)}`,
    paint('bold', problem.message),
    '',
    paintFrame(problem.frame, severity, paint),
  ];
  const notes: string[] = [];
  for (const { range, message } of problem.related ?? []) notes.push(`see ${place(range, cwd)}: ${message}`);
  if (problem.expected !== undefined) notes.push(`expected: ${problem.expected}`);
  if (problem.suggestion !== undefined) notes.push(paint('green', problem.suggestion));
  if (notes.length > 0) parts.push('', ...notes.map((note) => `  ${note}`));
  return parts.join('\n');
}

const place = ({ file, line, column }: SourceRange, cwd: string): string =>
  `${relative(cwd, file) || file}:${line}:${column}`;

function paintFrame(frame: string, severity: Style, paint: (style: Style, text: string) => string): string {
  return frame
    .split('\n')
    .map((row) => {
      const [, gutter = '', rest = ''] = /^([> ] +\d* \|)(.*)$/.exec(row) ?? [];
      if (/^[\s]*\^+$/.test(rest)) return paint('gray', gutter) + paint(severity, rest);
      return paint(gutter.startsWith('>') ? severity : 'gray', gutter) + rest;
    })
    .join('\n');
}

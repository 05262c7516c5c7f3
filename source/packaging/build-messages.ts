import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Message } from 'esbuild';
import type { BuildMessage } from './artifact.ts';

/**
 * esbuild's messages with lines and columns from 1 and the lines around each place.
 * @param directory what esbuild's paths are relative to
 * @param workingDirectory what the paths in the result are relative to
 */
export function describeMessages(
  messages: readonly Message[],
  directory: string,
  workingDirectory: string,
): BuildMessage[] {
  return messages.map((message) => {
    const place = message.location;
    if (place === null) return { text: message.text };
    const absolute = path.resolve(directory, place.file);
    const column = Buffer.from(place.lineText).subarray(0, place.column).toString().length + 1;
    const width = Math.max(
      1,
      Buffer.from(place.lineText)
        .subarray(place.column, place.column + place.length)
        .toString().length,
    );
    return {
      text: message.text,
      file: path.relative(workingDirectory, absolute) || absolute,
      line: place.line,
      column,
      frame: frameOf(absolute, place.line, column, width, place.lineText),
    };
  });
}

/**
 * What a compiler printed, with the lines that name a place taken out of it, once each.
 * @param pattern of such a line: its groups are the file, the line, the column in bytes from 1, and the text
 * @param folder what paths of the compiler are relative to
 * @param workingDirectory what the paths in the result are relative to
 */
export function takePlaces(
  output: string,
  pattern: RegExp,
  { folder, workingDirectory }: { folder: string; workingDirectory: string },
): { rest: string; places: BuildMessage[] } {
  const places = new Map<string, BuildMessage>();
  const rest: string[] = [];
  for (const printed of output.split(/\r?\n/)) {
    const [, file, line, bytes, text] = pattern.exec(printed) ?? [];
    if (file === undefined || text === undefined) {
      rest.push(printed);
      continue;
    }
    const absolute = path.resolve(folder, file);
    const lineText = linesOf(absolute)?.[Number(line) - 1] ?? '';
    const column =
      Buffer.from(lineText)
        .subarray(0, Number(bytes) - 1)
        .toString().length + 1;
    const place = { text, file: path.relative(workingDirectory, absolute), line: Number(line), column };
    const frame = frameOf(absolute, place.line, column, 1, lineText);
    places.set(JSON.stringify(place), { ...place, frame });
  }
  return { rest: rest.join('\n'), places: [...places.values()] };
}

function frameOf(file: string, line: number, column: number, width: number, lineText: string): string {
  const first = Math.max(1, line - 2);
  const around = linesOf(file)?.slice(first - 1, line + 2) ?? [lineText];
  const start = around.length === 1 ? line : first;
  const margin = String(start + around.length - 1).length;
  const lines: string[] = [];
  around.forEach((text, index) => {
    const number = start + index;
    lines.push(`${number === line ? '>' : ' '} ${String(number).padStart(margin)} | ${text}`.trimEnd());
    if (number !== line) return;
    const indent = text.slice(0, column - 1).replaceAll(/[^\t]/g, ' ');
    lines.push(
      `  ${' '.repeat(margin)} | ${indent}${'^'.repeat(Math.min(width, Math.max(1, text.length - column + 1)))}`,
    );
  });
  return lines.join('\n');
}

function linesOf(file: string): string[] | undefined {
  try {
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return undefined;
  }
}

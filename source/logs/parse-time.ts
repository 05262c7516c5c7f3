import { UserError } from '../model/errors.ts';

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/**
 * A point in time as `--since` and `--until` take it: a span back from now (`10m`, `2d4h30m`), a local time of
 * today (`13:10`, `13:10:05`; of yesterday if that is yet to come), or ISO 8601, which is local where it names
 * no zone. Milliseconds since 1970; a `UserError` for anything else.
 */
export function parseTime(text: string, now: number): number {
  const trimmed = text.trim();
  if (trimmed === 'now') return now;
  const span = parseSpan(trimmed);
  if (span !== undefined) return now - span;
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(trimmed);
  if (clock !== null) {
    const [hours, minutes, seconds] = [clock[1], clock[2], clock[3] ?? '0'].map(Number);
    if (
      hours !== undefined &&
      hours < 24 &&
      minutes !== undefined &&
      minutes < 60 &&
      seconds !== undefined &&
      seconds < 60
    ) {
      return timeOfDay(now, hours, minutes, seconds);
    }
  }
  if (/^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})/.test(trimmed)) {
    // A date alone would be midnight in UTC; everything else without a zone is local, and so is this.
    const time = Date.parse(trimmed.length === 10 ? `${trimmed}T00:00` : trimmed.replace(' ', 'T'));
    if (!Number.isNaN(time)) return time;
  }
  throw new UserError(`"${text}" is not a time`, {
    code: 'invalid-time',
    hint: 'Write 10m, 2d4h30m, 13:10 or 2026-11-24T13:10:00Z.',
  });
}

/** `2d4h30m` in milliseconds; undefined where the text is no span. */
export function parseSpan(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?[smhdw])+$/.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)([smhdw])/g)) {
    total += Number(count) * (units[unit ?? ''] ?? 0);
  }
  return total;
}

function timeOfDay(now: number, hours: number, minutes: number, seconds: number): number {
  const date = new Date(now);
  date.setHours(hours, minutes, seconds, 0);
  if (date.getTime() > now) date.setDate(date.getDate() - 1);
  return date.getTime();
}

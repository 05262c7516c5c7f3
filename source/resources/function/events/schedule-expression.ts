/** What is wrong with a schedule: `within` are offsets in the text. */
export type ScheduleError = { message: string; expected: string; within?: readonly [number, number] };

type Field = {
  name: string;
  least: number;
  most: number;
  words?: readonly string[];
  /** Signs that the field takes besides numbers and words. */
  signs: string;
};

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const weekdays = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];

/**
 * AWS's six fields: other dialects of cron have five or put seconds first, count weekdays from 0, and know no `?`.
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
 */
const fields: readonly Field[] = [
  { name: 'minutes', least: 0, most: 59, signs: ',-*/' },
  { name: 'hours', least: 0, most: 23, signs: ',-*/' },
  { name: 'day of the month', least: 1, most: 31, signs: ',-*?/LW' },
  { name: 'month', least: 1, most: 12, words: months, signs: ',-*/' },
  { name: 'day of the week', least: 1, most: 7, words: weekdays, signs: ',-*?L#' },
  { name: 'year', least: 1970, most: 2199, signs: ',-*/' },
];

const layout = 'cron(minutes hours day-of-month month day-of-week year), as in cron(0 10 * * ? *)';

/** The mistake in a `scheduleRate`, or undefined where EventBridge would take it. */
export function checkScheduleExpression(text: string): ScheduleError | undefined {
  if (text.startsWith('rate(')) return checkRate(text);
  if (text.startsWith('cron(')) return checkCron(text);
  return {
    message: `"${text}" is no schedule. Must be either rate(…) or cron(…) syntax.`,
    expected: 'rate(2 hours), or cron(0 10 * * ? *)',
  };
}

function checkRate(text: string): ScheduleError | undefined {
  const match = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(text);
  const expected = 'rate(1 hour), or rate(N minutes), rate(N hours), rate(N days) with N from 2';
  if (!match) return { message: `"${text}" is no rate.`, expected };
  const [, count = '', unit = '', plural] = match;
  if (Number(count) < 1 || count.startsWith('0')) {
    return { message: `A rate of ${count} ${unit}s is not possible.`, expected };
  }
  if ((Number(count) === 1) === (plural === '')) return undefined;
  const right = Number(count) === 1 ? unit : `${unit}s`;
  return {
    message: `AWS wants "${right}" after ${count}.`,
    expected: `rate(${count} ${right})`,
    within: [text.lastIndexOf(' ') + 1, text.length - 1],
  };
}

function checkCron(text: string): ScheduleError | undefined {
  if (!text.endsWith(')')) return { message: `"${text}" has no closing bracket.`, expected: layout };
  const parts = [...text.slice(0, -1).matchAll(/(?<=^cron\(.*)[^\s(]+/g)].map((match) => ({
    text: match[0],
    start: match.index,
  }));
  if (parts.length !== fields.length) {
    return {
      message: `AWS's cron has six fields, and "${text}" has ${parts.length}.`,
      expected: layout,
      ...(parts.length === 5 ? { expected: `${layout}; the year comes last` } : {}),
    };
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index];
    if (!part) continue;
    const expected = checkField(part.text, field);
    if (expected !== undefined) {
      return {
        message: `"${part.text}" cannot be the ${field.name} of a cron schedule.`,
        expected,
        within: [part.start, part.start + part.text.length],
      };
    }
  }
  return checkDays(parts);
}

/** One of the two days has to be `?`, since AWS cannot have both. */
function checkDays(parts: readonly { text: string; start: number }[]): ScheduleError | undefined {
  const [month, week] = [parts[2], parts[4]];
  if (!month || !week || (month.text === '?') !== (week.text === '?')) return undefined;
  return {
    message:
      month.text === '?'
        ? 'The day of the month and the day of the week cannot both be "?".'
        : 'AWS takes the day of the month or the day of the week, not both.',
    expected: 'a "?" for the one that does not matter',
    within: [week.start, week.start + week.text.length],
  };
}

/** What the field should have been, or undefined where it is right. */
function checkField(text: string, field: Field): string | undefined {
  const expected = describeField(field);
  const has = (sign: string) => field.signs.includes(sign);
  if (text === '*') return undefined;
  if (text === '?') return has('?') ? undefined : expected;
  const entries = text.split(',');
  if (entries.length > 1 && entries.some((entry) => /[L#W]/.test(wordless(entry, field)))) return expected;
  return entries.every((entry) => isEntry(entry, field, has)) ? undefined : expected;
}

function isEntry(entry: string, field: Field, has: (sign: string) => boolean): boolean {
  if (entry === 'L') return has('L');
  const nth = /^(\w+)#([1-5])$/.exec(entry);
  if (nth) return has('#') && numberOf(nth[1], field) !== undefined;
  const special = /^(\w+?)([LW])$/.exec(entry);
  if (special && numberOf(entry, field) === undefined) {
    const sign = special[2] ?? '';
    const lastWeekday = sign === 'L' && field.name === 'day of the week';
    const nearestWorkday = sign === 'W';
    return has(sign) && (lastWeekday || nearestWorkday) && numberOf(special[1], field) !== undefined;
  }
  const step = /^([^/]+)\/(\d+)$/.exec(entry);
  if (step) {
    const from = step[1] ?? '';
    return has('/') && Number(step[2]) >= 1 && (from === '*' || isRange(from, field));
  }
  return isRange(entry, field);
}

function isRange(text: string, field: Field): boolean {
  const [from, to, ...more] = text.split('-');
  const first = numberOf(from, field);
  if (first === undefined || more.length > 0) return false;
  if (to === undefined) return true;
  const last = numberOf(to, field);
  return last !== undefined && first <= last;
}

function numberOf(text: string | undefined, { least, most, words }: Field): number | undefined {
  const word = words?.indexOf(text?.toUpperCase() ?? '') ?? -1;
  if (word >= 0) return word + 1;
  const number = /^\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : undefined;
}

/** The entry without a month or a weekday in words, some of which have an L in them. */
const wordless = (entry: string, { words = [] }: Field): string =>
  words.reduce((rest, word) => rest.replace(new RegExp(word, 'gi'), ''), entry);

function describeField({ least, most, words, signs, name }: Field): string {
  const names = words ? ` or ${words[0]} to ${words.at(-1)}` : '';
  const first = name === 'day of the week' ? ' (1 is Sunday)' : '';
  return `${least} to ${most}${names}${first}, with ${[...signs].join(' ')}`;
}

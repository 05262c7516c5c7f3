import { expect, test } from 'vitest';
import { checkScheduleExpression } from '../../source/resources/function/events/schedule-expression.ts';

/** @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html */
test.each([
  'rate(1 minute)',
  'rate(2 hours)',
  'rate(30 days)',
  'cron(0 10 * * ? *)',
  'cron(15 12 * * ? *)',
  'cron(0 18 ? * MON-FRI *)',
  'cron(0 8 1 * ? *)',
  'cron(0/15 * * * ? *)',
  'cron(0/10 * ? * MON-FRI *)',
  'cron(0/5 8-17 ? * mon-fri *)',
  'cron(0 0 L * ? *)',
  'cron(0 0 15W * ? *)',
  'cron(0 0 ? * 3#2 *)',
  'cron(0 10 ? * 6L 2026-2030)',
  'cron(5,35 14 ? JAN,JUL SUN *)',
])('%s is taken', (text) => {
  expect(checkScheduleExpression(text)).toBeUndefined();
});

test.each([
  ['rate(1 hours)', 'AWS wants "hour" after 1.'],
  ['rate(5 minute)', 'AWS wants "minutes" after 5.'],
  ['rate(0 minutes)', 'A rate of 0 minutes is not possible.'],
  ['rate(1 week)', '"rate(1 week)" is no rate.'],
  ['rate(1.5 hours)', '"rate(1.5 hours)" is no rate.'],
  ['every hour', '"every hour" is no schedule. Must be either rate(…) or cron(…) syntax.'],
  ['cron(0 10 * * *)', 'AWS\'s cron has six fields, and "cron(0 10 * * *)" has 5.'],
  ['cron(0 10 * * ? *', '"cron(0 10 * * ? *" has no closing bracket.'],
  ['cron(0 10 * * * *)', 'AWS takes the day of the month or the day of the week, not both.'],
  ['cron(0 10 ? * ? *)', 'The day of the month and the day of the week cannot both be "?".'],
  ['cron(60 * * * ? *)', '"60" cannot be the minutes of a cron schedule.'],
  ['cron(0 24 * * ? *)', '"24" cannot be the hours of a cron schedule.'],
  ['cron(0 0 0 * ? *)', '"0" cannot be the day of the month of a cron schedule.'],
  ['cron(0 0 1 13 ? *)', '"13" cannot be the month of a cron schedule.'],
  ['cron(0 0 ? * 0 *)', '"0" cannot be the day of the week of a cron schedule.'],
  ['cron(0 0 ? * 2#6 *)', '"2#6" cannot be the day of the week of a cron schedule.'],
  ['cron(0 0 1 * ? 1969)', '"1969" cannot be the year of a cron schedule.'],
  ['cron(? 0 1 * ? *)', '"?" cannot be the minutes of a cron schedule.'],
])('%s is refused', (text, message) => {
  expect(checkScheduleExpression(text)?.message).toBe(message);
});

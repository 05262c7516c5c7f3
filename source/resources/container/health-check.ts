import * as Type from 'typebox';
import type { Value } from '../../model/intrinsic.ts';
import { closedObject } from '../schema.ts';

const whole = (description: string, fallback: number, minimum: number, maximum: number) =>
  Type.Optional(Type.Integer({ 'stp:static': true, description, default: fallback, minimum, maximum }));

/** A command that says whether the container is well; bounds are those of ECS. */
export const healthCheckSchema = closedObject(
  {
    healthCheckCommand: Type.Array(Type.String(), {
      description: 'Begins with CMD, or with CMD-SHELL for a line of the shell. 0 is well.',
      minItems: 1,
      examples: [['CMD-SHELL', 'curl -f http://localhost:3000/health || exit 1']],
    }),
    intervalSeconds: whole('Seconds between two checks.', 30, 5, 300),
    timeoutSeconds: whole('Seconds that a check may take.', 5, 2, 60),
    retries: whole('Failures in a row after which the container is not well.', 3, 1, 10),
    startPeriodSeconds: whole('Seconds after the start in which failures do not count.', 0, 0, 300),
  },
  { title: 'Health check', description: 'An instance that is not well is replaced.' },
);

export const healthCheck = (check: Type.Static<typeof healthCheckSchema> | undefined): Value | undefined =>
  check && {
    Command: check.healthCheckCommand,
    Interval: check.intervalSeconds ?? 30,
    Timeout: check.timeoutSeconds ?? 5,
    Retries: check.retries ?? 3,
    StartPeriod: check.startPeriodSeconds,
  };

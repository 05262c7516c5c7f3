import * as Type from 'typebox';
import { oneOf, staticSwitch } from '../schema.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** How many days a log group keeps its events; CloudWatch Logs takes these values and no others. */
export const retentionSchema = (days: (typeof retentionDays)[number]) =>
  Type.Optional(
    oneOf(retentionDays, { title: 'Retention', description: 'Days that the logs are kept.', default: days }),
  );

export const disabledSchema = Type.Optional(
  staticSwitch({ title: 'Disabled', description: 'Keep no logs.', default: false }),
);

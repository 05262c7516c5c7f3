import * as Type from 'typebox';
import type { ConfigResource } from '../../model/config.ts';
import { alarmProperties } from '../alarms/schema.ts';
import { disabledSchema, retentionSchema } from '../log-groups/retention.ts';
import { closedObject, oneOf, staticSwitch } from '../schema.ts';
import { ipRangeSchema } from '../vpc/ip-ranges.ts';
import { engineOf, engineSchema } from './engines.ts';

const moment = '(?:[Mm]on|[Tt]ue|[Ww]ed|[Tt]hu|[Ff]ri|[Ss]at|[Ss]un):(?:[01][0-9]|2[0-3]):[0-5][0-9]';

const modes = ['internet', 'vpc', 'scoping-workloads-in-vpc', 'whitelisted-ips-only'] as const;

/** Spec 13.7. */
export const databaseSchema = closedObject({
  credentials: closedObject(
    {
      masterUserName: Type.Optional(
        Type.String({
          description: 'Name of the user.',
          default: 'db_master_user',
          examples: ['admin'],
          pattern: '^[A-Za-z][A-Za-z0-9_]{0,127}$',
          'stp:format': 'up to 128 letters, digits and underscores, a letter first',
        }),
      ),
      masterUserPassword: Type.String({
        description: 'Best a secret: $Secret(…).',
        examples: ["$Secret('dbSecret.password')"],
        minLength: 8,
        maxLength: 128,
        pattern: '^[^/@" ]*$',
        'stp:format': 'a text without /, @, " and spaces',
      }),
    },
    { title: 'Credentials', description: 'Of the user who may do everything.' },
  ),
  engine: engineSchema,
  accessibility: Type.Optional(
    closedObject(
      {
        accessibilityMode: oneOf(modes, {
          title: 'Mode',
          description: 'Default: internet; for Aurora Serverless v1, which has no public address, vpc.',
        }),
        whitelistedIps: Type.Optional(
          Type.Array(ipRangeSchema, {
            description:
              'Addresses that may connect: these alone with whitelisted-ips-only, these besides with the modes of the VPC.',
            minItems: 1,
          }),
        ),
        forceDisablePublicIp: Type.Optional(
          staticSwitch({ description: 'No public address, whatever the mode.', default: false }),
        ),
      },
      { title: 'Accessibility', description: 'From where connections are taken.' },
    ),
  ),
  deletionProtection: Type.Optional(
    Type.Boolean({
      title: 'Deletion protection',
      description: 'AWS then refuses to delete the database.',
      default: false,
    }),
  ),
  automatedBackupRetentionDays: Type.Optional(
    Type.Integer({ title: 'Backups', description: 'Days; 0 for none.', default: 1, minimum: 0, maximum: 35 }),
  ),
  preferredMaintenanceWindow: Type.Optional(
    Type.String({
      title: 'Maintenance window',
      description: 'In UTC, half an hour or more.',
      examples: ['Sun:02:00-Sun:04:00'],
      pattern: `^${moment}-${moment}$`,
      'stp:format': 'days and times such as Sun:02:00-Sun:04:00',
    }),
  ),
  logging: Type.Optional(
    closedObject(
      { disabled: disabledSchema, retentionDays: retentionSchema(90) },
      {
        title: 'Logging',
        description: 'Logs of the engine, kept in CloudWatch.',
        'stp:later': ['logTypes', 'engineSpecificOptions', 'logForwarding'],
      },
    ),
  ),
  ...alarmProperties('relational-database'),
});

export type DatabaseProperties = Type.Static<typeof databaseSchema>;
export type Database = ConfigResource<DatabaseProperties>;

/** Where connections are taken from, when nothing is said (spec 13.7). */
export function accessibilityOf({
  engine,
  accessibility,
}: Pick<DatabaseProperties, 'engine' | 'accessibility'>): (typeof modes)[number] {
  return (
    accessibility?.accessibilityMode ?? (engineOf(engine.type).kind === 'serverless-v1' ? 'vpc' : 'internet')
  );
}

/** Whether the instances have public addresses: where somebody outside of the VPC may connect. */
export function isPublic(properties: DatabaseProperties): boolean {
  const { accessibility } = properties;
  if (accessibility?.forceDisablePublicIp) return false;
  return accessibilityOf(properties) === 'internet' || (accessibility?.whitelistedIps ?? []).length > 0;
}

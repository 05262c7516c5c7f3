import * as Type from 'typebox';
import type { ProjectSections } from '../model/project-sections.ts';
import { closedObject, oneOf, scalar, staticSwitch, staticText } from '../resources/schema.ts';

const strings = (description: string) => Type.Optional(Type.Array(Type.String(), { description }));

/** Spec 1.1. */
const deploymentConfig = closedObject(
  {
    terminationProtection: Type.Optional(
      staticSwitch({ description: 'The stack cannot be deleted.', default: false }),
    ),
    cloudformationRoleArn: Type.Optional(
      Type.String({ description: 'Role that CloudFormation works with.' }),
    ),
    triggerRollbackOnAlarms: strings('ARNs or names of alarms that take a deployment back.'),
    monitoringTimeAfterDeploymentInMinutes: Type.Optional(
      Type.Integer({ description: 'How long those are watched.', default: 0, minimum: 0, maximum: 180 }),
    ),
    disableAutoRollback: Type.Optional(
      staticSwitch({ description: 'What has failed is left as it is.', default: false }),
    ),
    publishEventsToArn: strings('SNS topics that hear of everything that happens to the stack.'),
    previousVersionsToKeep: Type.Optional(
      Type.Integer({ 'stp:static': true, description: 'Artifacts.', default: 10, minimum: 0 }),
    ),
    disableS3TransferAcceleration: Type.Optional(staticSwitch({ default: false })),
  },
  { title: 'Deployment' },
);

const budgetControl = closedObject(
  {
    limit: Type.Number({ 'stp:static': true, description: 'Dollars a month.', minimum: 0 }),
    notifications: Type.Optional(
      Type.Array(
        closedObject({
          budgetType: Type.Optional(oneOf(['ACTUAL', 'FORECASTED'], { default: 'ACTUAL' })),
          thresholdPercentage: Type.Optional(Type.Number({ 'stp:static': true, default: 100, minimum: 0 })),
          emails: Type.Array(staticText(), { minItems: 1, maxItems: 10 }),
        }),
        { maxItems: 5 },
      ),
    ),
  },
  { title: 'Budget' },
);

const secretText = (description: string) => Type.String({ description, minLength: 1 });

const providerConfig = closedObject(
  {
    upstash: Type.Optional(
      closedObject({
        accountEmail: secretText('Address of the account.'),
        apiKey: secretText('Best a secret: $Secret(…).'),
      }),
    ),
    mongoDbAtlas: Type.Optional(
      closedObject(
        {
          publicKey: secretText('Of an API key.'),
          privateKey: secretText('Of the same key; best a secret: $Secret(…).'),
          organizationId: secretText('Of the organization.'),
        },
        { 'stp:later': ['accessibility'] },
      ),
    ),
  },
  { title: 'Providers besides AWS' },
);

const hookPoints = [
  'beforeDeploy',
  'afterDeploy',
  'beforeDelete',
  'afterDelete',
  'beforeBucketSync',
  'afterBucketSync',
  'beforeDev',
  'afterDev',
] as const;

const hook = closedObject({
  executeCommand: Type.Optional(staticText({ description: 'Command for the shell.', minLength: 1 })),
  executeNamedScript: Type.Optional(staticText({ description: 'One of "scripts".' })),
  scriptName: Type.Optional(staticText({ description: 'One of "scripts".' })),
  skipOnLocal: Type.Optional(staticSwitch({ description: 'Not on a computer of somebody.' })),
  skipOnCI: Type.Optional(staticSwitch({ description: 'Not in CI.' })),
});

const hooks = closedObject(
  Object.fromEntries(hookPoints.map((point) => [point, Type.Optional(Type.Array(hook))])),
  { title: 'Hooks', description: 'What runs before and after.' },
);

const environment = Type.Array(closedObject({ name: staticText({ minLength: 1 }), value: scalar() }), {
  'stp:uniqueBy': 'name',
});

const commands = {
  executeCommand: Type.Optional(staticText({ minLength: 1 })),
  executeCommands: Type.Optional(Type.Array(staticText(), { minItems: 1 })),
  executeScript: Type.Optional(staticText({ minLength: 1 })),
  executeScripts: Type.Optional(Type.Array(staticText(), { minItems: 1 })),
};
const scriptProperties = {
  ...commands,
  cwd: Type.Optional(staticText({ description: 'Folder to run in.' })),
  pipeStdio: Type.Optional(staticSwitch({ default: true })),
  connectTo: Type.Optional(Type.Array(Type.String({ 'stp:static': true, 'stp:connectable': true }))),
  environment: Type.Optional(environment),
  assumeRoleOfResource: Type.Optional(staticText({ 'stp:resource': ['function'] })),
};

/** Both dialects in one (spec 1.2): with `type` and `properties`, or the properties themselves. */
export const scriptSchema = closedObject({
  type: Type.Optional(
    oneOf(['local-script', 'bastion-script', 'local-script-with-bastion-tunneling'], {
      default: 'local-script',
    }),
  ),
  properties: Type.Optional(
    closedObject({ ...scriptProperties, bastionResource: Type.Optional(staticText()) }),
  ),
  ...scriptProperties,
});

export const sectionSchemas = {
  deploymentConfig: Type.Optional(deploymentConfig),
  budgetControl: Type.Optional(budgetControl),
  providerConfig: Type.Optional(providerConfig),
  hooks: Type.Optional(hooks),
};

type Raw = Record<string, unknown>;

const isMapping = (value: unknown): value is Raw =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The sections as the commands use them: scripts and hooks of both dialects have one form. */
export function sectionsOf(raw: Raw): ProjectSections {
  const sections: Raw = {};
  for (const name of ['deploymentConfig', 'budgetControl', 'providerConfig'] as const) {
    if (isMapping(raw[name])) sections[name] = raw[name];
  }
  if (isMapping(raw.scripts)) {
    sections.scripts = Object.fromEntries(
      Object.entries(raw.scripts).map(([name, script]) => [name, scriptOf(isMapping(script) ? script : {})]),
    );
  }
  if (isMapping(raw.hooks)) {
    sections.hooks = Object.fromEntries(
      Object.entries(raw.hooks).map(([point, list]) => [
        point,
        (Array.isArray(list) ? list : []).map((one) => hookOf(isMapping(one) ? one : {})),
      ]),
    );
  }
  return sections as ProjectSections;
}

function scriptOf({ type = 'local-script', properties, ...own }: Raw): Raw {
  const written = isMapping(properties) ? properties : own;
  const { executeCommand, executeCommands, executeScript, executeScripts, ...rest } = written;
  return {
    type,
    ...rest,
    commands: executeCommands ?? (executeCommand === undefined ? [] : [executeCommand]),
    files: executeScripts ?? (executeScript === undefined ? [] : [executeScript]),
  };
}

function hookOf({ executeNamedScript, scriptName, ...rest }: Raw): Raw {
  const script = scriptName ?? executeNamedScript;
  return { ...rest, ...(script === undefined ? {} : { scriptName: script }) };
}

import * as Type from 'typebox';
import type { ProjectSections } from '../model/project-sections.ts';
import { closedObject, oneOf, scalar, staticSwitch, staticText } from '../resources/schema.ts';
import { isMapping, type Raw } from './mapping.ts';

/** CloudFormation takes five of both. */
const strings = (description: string) =>
  Type.Optional(Type.Array(Type.String({ minLength: 1 }), { description, maxItems: 5 }));

/** Spec 1.1. */
const deploymentConfig = closedObject(
  {
    terminationProtection: Type.Optional(
      staticSwitch({ description: 'The stack cannot be deleted.', default: false }),
    ),
    cloudformationRoleArn: Type.Optional(
      Type.String({ description: 'Role that CloudFormation works with.' }),
    ),
    triggerRollbackOnAlarms: strings(
      'ARNs or names of alarms that take a deployment back; those of this config as `function.alarms.0`.',
    ),
    monitoringTimeAfterDeploymentInMinutes: Type.Optional(
      Type.Integer({ description: 'How long those are watched.', default: 0, minimum: 0, maximum: 180 }),
    ),
    disableAutoRollback: Type.Optional(
      staticSwitch({ description: 'What has failed is left as it is.', default: false }),
    ),
    publishEventsToArn: strings('SNS topics that hear of everything that happens to the stack.'),
    previousVersionsToKeep: Type.Optional(
      Type.Integer({
        'stp:static': true,
        description: 'Taken for the sake of old configs: artifacts go a year after they were last needed.',
        minimum: 0,
      }),
    ),
    disableS3TransferAcceleration: Type.Optional(
      staticSwitch({
        description: 'Taken for the sake of old configs: artifacts always go straight to the Region.',
      }),
    ),
  },
  { title: 'Deployment', description: 'How the stack is deployed.' },
);

const budgetControl = closedObject(
  {
    limit: Type.Number({ 'stp:static': true, description: 'Dollars a month.', minimum: 0 }),
    notifications: Type.Optional(
      Type.Array(
        closedObject({
          budgetType: Type.Optional(
            oneOf(['ACTUAL', 'FORECASTED'], {
              description: 'What was spent, or what will be.',
              default: 'ACTUAL',
            }),
          ),
          thresholdPercentage: Type.Optional(
            Type.Number({
              'stp:static': true,
              description: 'Percent of the limit.',
              default: 100,
              minimum: 0,
            }),
          ),
          emails: Type.Array(staticText(), {
            description: 'Addresses that are written to.',
            minItems: 1,
            maxItems: 10,
          }),
        }),
        { description: 'Who is told, and when.', maxItems: 5 },
      ),
    ),
  },
  { title: 'Budget', description: 'What the stack may cost.' },
);

const secretText = (description: string) => Type.String({ description, minLength: 1 });

const atlasAccessibility = closedObject(
  {
    accessibilityMode: oneOf(['internet', 'vpc', 'scoping-workloads-in-vpc', 'whitelisted-ips-only'], {
      description: 'Where connections may come from. Those to the VPC are not made by this version.',
      default: 'internet',
    }),
    whitelistedIps: Type.Optional(
      Type.Array(staticText({ minLength: 1 }), {
        description: 'Addresses or blocks such as 203.0.113.0/24.',
      }),
    ),
  },
  { title: 'Access', description: 'For all clusters of the stack.' },
);

const providerConfig = closedObject(
  {
    upstash: Type.Optional(
      closedObject(
        {
          accountEmail: secretText('Address of the account.'),
          apiKey: secretText('Best a secret: $Secret(…).'),
        },
        {
          description:
            'Account at Upstash; the variable STP_UPSTASH_URL names the address of what stands for it.',
        },
      ),
    ),
    mongoDbAtlas: Type.Optional(
      closedObject(
        {
          publicKey: secretText('Of an API key.'),
          privateKey: secretText('Of the same key; best a secret: $Secret(…).'),
          organizationId: secretText('Of the organization.'),
          accessibility: Type.Optional(atlasAccessibility),
        },
        {
          description:
            'Account at MongoDB Atlas; the variable STP_ATLAS_URL names the address of what stands for it.',
        },
      ),
    ),
  },
  { title: 'Providers besides AWS', description: 'Their accounts, for resources that are made there.' },
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
  executeScript: Type.Optional(staticText({ description: 'File to run.', minLength: 1 })),
  executeNamedScript: Type.Optional(staticText({ description: 'One of "scripts".' })),
  scriptName: Type.Optional(staticText({ description: 'One of "scripts".' })),
  skipOnLocal: Type.Optional(staticSwitch({ description: 'Not on a computer of somebody.' })),
  skipOnCI: Type.Optional(staticSwitch({ description: 'Not in CI.' })),
});

const hooks = closedObject(
  Object.fromEntries(
    hookPoints.map((point) => [point, Type.Optional(Type.Array(hook, { description: 'In this order.' }))]),
  ),
  { title: 'Hooks', description: 'What runs before and after.' },
);

const environment = Type.Array(
  closedObject({
    name: staticText({ description: 'Name of the variable.', minLength: 1 }),
    value: scalar({ description: 'Its value.' }),
  }),
  {
    description: 'Variables that the commands see.',
    'stp:uniqueBy': 'name',
  },
);

const commands = {
  executeCommand: Type.Optional(staticText({ description: 'Command for the shell.', minLength: 1 })),
  executeCommands: Type.Optional(
    Type.Array(staticText(), { description: 'Commands, one after the other.', minItems: 1 }),
  ),
  executeScript: Type.Optional(staticText({ description: 'File to run.', minLength: 1 })),
  executeScripts: Type.Optional(
    Type.Array(staticText(), { description: 'Files to run, one after the other.', minItems: 1 }),
  ),
};
const scriptProperties = {
  ...commands,
  cwd: Type.Optional(staticText({ description: 'Folder to run in.' })),
  pipeStdio: Type.Optional(staticSwitch({ description: 'What it prints is shown.', default: true })),
  connectTo: Type.Optional(
    Type.Array(Type.String({ 'stp:static': true, 'stp:connectable': true }), {
      description: 'Resources whose names and addresses become variables.',
    }),
  ),
  environment: Type.Optional(environment),
  assumeRoleOfResource: Type.Optional(
    staticText({ description: 'Function whose role the commands have.', 'stp:resource': ['function'] }),
  ),
};

/** Both dialects in one (spec 1.2): with `type` and `properties`, or the properties themselves. */
export const scriptSchema = closedObject({
  type: Type.Optional(
    oneOf(['local-script', 'bastion-script', 'local-script-with-bastion-tunneling'], {
      description: 'Where it runs.',
      default: 'local-script',
    }),
  ),
  properties: Type.Optional(
    closedObject(
      {
        ...scriptProperties,
        bastionResource: Type.Optional(staticText({ description: 'Bastion to go through.' })),
      },
      { description: 'They may also stand beside the name.' },
    ),
  ),
  ...scriptProperties,
});

export const sectionSchemas = {
  deploymentConfig: Type.Optional(deploymentConfig),
  budgetControl: Type.Optional(budgetControl),
  providerConfig: Type.Optional(providerConfig),
  hooks: Type.Optional(hooks),
};

/** The sections as the commands use them: scripts and hooks of both dialects have one form. */
export function sectionsOf(raw: Raw): ProjectSections {
  const sections: Raw = {};
  for (const name of ['deploymentConfig', 'budgetControl', 'providerConfig'] as const) {
    if (isMapping(raw[name])) sections[name] = raw[name];
  }
  const { stackInfoDirectory, disableStackInfoSaving } = isMapping(raw.stackConfig) ? raw.stackConfig : {};
  if (disableStackInfoSaving !== true && typeof stackInfoDirectory === 'string')
    sections.stackInfoDirectory = stackInfoDirectory;
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

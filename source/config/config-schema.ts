import * as Type from 'typebox';
import { laterResourceTypes, resourceDescriptors } from '../resources/registry.ts';
import {
  closedObject,
  mapOf,
  namedList,
  oneOf,
  oneOrMany,
  staticSwitch,
  staticText,
  tagText,
  variant,
} from '../resources/schema.ts';
import { scriptSchema, sectionSchemas } from './project-sections.ts';
import type { SchemaNode } from './schema-node.ts';
import { vpcSchema } from './vpc-settings.ts';

const overrides = mapOf(mapOf(Type.Unknown()), {
  title: 'Overrides',
  description: 'Changes to the generated CloudFormation resources: logical id, then path in its properties.',
});

const resource = {
  'stp:noun': 'resource type',
  'stp:laterTypes': laterResourceTypes,
  'stp:laterHint': 'Leave it out, or write what it consists of in "cloudformationResources".',
  discriminator: { propertyName: 'type' },
  anyOf: resourceDescriptors.map((descriptor) => variant(descriptor.type, descriptor, { overrides })),
};

const outputs = namedList(
  closedObject({
    name: Type.String({
      'stp:static': true,
      description: 'Letters and digits.',
      examples: ['url'],
      pattern: '^[A-Za-z0-9]+$',
      'stp:format': 'letters and digits',
      maxLength: 255,
    }),
    value: Type.Unknown({ description: 'Mostly a directive.' }),
    description: Type.Optional(
      Type.String({ 'stp:static': true, description: 'For people.', maxLength: 1024 }),
    ),
    export: Type.Optional(staticSwitch({ description: 'Other stacks may import it.', default: false })),
  }),
  { title: 'Outputs', description: 'What a deploy prints at its end.' },
);

const tags = namedList(
  closedObject({
    name: tagText(
      {
        'stp:static': true,
        description: 'Key of the tag. AWS keeps `aws:` for itself, and `stp:` is for those of every stack.',
        'stp:format': 'letters, digits, spaces and _ . : / = + - @, beginning with neither "aws:" nor "stp:"',
        maxLength: 128,
      },
      '(?!(aws|stp):)',
    ),
    value: tagText({ 'stp:static': true, description: 'Value of the tag.', maxLength: 256 }),
  }),
  { title: 'Tags', description: 'Of everything in the stack.', maxItems: 45 },
);

const policy = (values: readonly string[], description: string) =>
  Type.Optional(oneOf(values, { description }));

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-product-attribute-reference.html */
const rawResource = closedObject({
  Type: staticText({ description: 'Such as AWS::SNS::Topic.', minLength: 1 }),
  Properties: Type.Optional(mapOf(Type.Unknown(), { description: 'As CloudFormation has them.' })),
  DependsOn: Type.Optional(
    oneOrMany(staticText({ minLength: 1 }), {
      'stp:static': true,
      description: 'Logical ids of what is made before.',
    }),
  ),
  DeletionPolicy: policy(
    ['Delete', 'Retain', 'RetainExceptOnCreate', 'Snapshot'],
    'What becomes of it when it leaves the stack.',
  ),
  UpdateReplacePolicy: policy(
    ['Delete', 'Retain', 'Snapshot'],
    'What becomes of the old one when it is replaced.',
  ),
  UpdatePolicy: Type.Optional(mapOf(Type.Unknown(), { description: 'How it is updated.' })),
  CreationPolicy: Type.Optional(
    mapOf(Type.Unknown(), { description: 'What is waited for when it is made.' }),
  ),
  Condition: Type.Optional(staticText({ description: 'A condition of the template.' })),
  Metadata: Type.Optional(mapOf(Type.Unknown(), { description: 'For tools.' })),
});

/** The whole config (spec 1). */
export const configSchema = closedObject(
  {
    serviceName: Type.Optional(
      Type.String({
        'stp:static': true,
        title: 'Service name',
        description: 'First part of the name of the stack.',
        pattern: '^[a-zA-Z][-a-zA-Z0-9]*$',
        'stp:format': 'letters, digits and hyphens, a letter first',
        maxLength: 100,
      }),
    ),
    directives: Type.Optional(
      namedList(
        closedObject({
          name: Type.String({
            'stp:static': true,
            description: 'Used as $name(…).',
            examples: ['myDirective'],
            pattern: '^[$A-Z_a-z][\\w$]*$',
            'stp:format': 'letters, digits, _ and $, no digit first',
          }),
          filePath: staticText({
            description: 'File in JavaScript, TypeScript or Python and, after a colon, the function.',
            examples: ['directives.ts:myDirective'],
            minLength: 1,
          }),
        }),
        { title: 'Directives', description: 'Directives of your own.' },
      ),
    ),
    variables: Type.Optional(mapOf(Type.Unknown(), { description: 'Values for $Var().' })),
    ...sectionSchemas,
    scripts: Type.Optional(mapOf(scriptSchema, { title: 'Scripts', description: 'Commands by name.' })),
    resources: mapOf(resource, {
      title: 'Resources',
      description: 'What the stack is made of, by names of letters and digits.',
    }),
    cloudformationResources: Type.Optional(
      mapOf(rawResource, {
        title: 'CloudFormation resources',
        description: 'As they stand in a template, by logical id; `!Ref` and its like are read too.',
      }),
    ),
    stackConfig: Type.Optional(
      closedObject(
        {
          outputs: Type.Optional(outputs),
          tags: Type.Optional(tags),
          vpc: Type.Optional(vpcSchema),
          disableStackInfoSaving: Type.Optional(
            staticSwitch({
              description: 'No file about the stack, also with "stackInfoDirectory".',
              default: false,
            }),
          ),
          stackInfoDirectory: Type.Optional(
            staticText({
              description: 'Folder for a file with what `stp info --json` tells, written by each deploy.',
              examples: ['.stacktape-stack-info/'],
            }),
          ),
        },
        { title: 'Stack', description: 'What is about the stack as a whole.' },
      ),
    ),
  },
  {
    title: 'Stacktape config',
    'stp:formerly': { stackName: 'serviceName', projectName: 'serviceName' },
  },
) as unknown as SchemaNode;

import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { configSchema } from '../../source/config/config-schema.ts';
import type { SchemaNode } from '../../source/config/schema-node.ts';
import { globalAlarmSchema } from '../../source/resources/alarms/schema.ts';
import { eventDescriptors } from '../../source/resources/function/events/registry.ts';
import { resourceDescriptors } from '../../source/resources/registry.ts';
import { directiveTable } from './directives.ts';
import { propertyTables } from './property-tables.ts';

const root = join(import.meta.dirname, '../..');

/** A page of the reference; `example` is a whole config that stands in it. */
export type ReferencePage = { file: string; text: string; example?: string };

type Descriptor = { type: string; title: string; description: string; schema: unknown };

/** Every page under `docs/reference/`, from the descriptors. */
export function referencePages(): ReferencePage[] {
  const examples = globSync('test/synth/configs/examples/*.yml', { cwd: root })
    .sort()
    .map((file) => readFileSync(join(root, file), 'utf8'));
  const pages = [
    ...resourceDescriptors.map((each) => descriptorPage('resource', each, examples)),
    ...eventDescriptors.map((each) => descriptorPage('event', each, examples)),
    configPage(),
    alarmsPage(),
    directivesPage(),
  ];
  return [indexPage(), ...pages];
}

const notice = '<!-- Made by `npm run reference` from the descriptors in source/; edits here are lost. -->\n';

const linkOf = (noun: string, type: string): string | undefined => {
  if (noun === 'resource type') return `resource-${type}.md`;
  return noun === 'event type' ? `event-${type}.md` : undefined;
};

function descriptorPage(
  kind: 'resource' | 'event',
  descriptor: Descriptor,
  examples: string[],
): ReferencePage {
  const { type, title, description, schema } = descriptor;
  const example = exampleOf(kind, type, examples);
  const place = kind === 'resource' ? 'A resource' : 'An event of a [function](resource-function.md)';
  const text = [
    `# ${title}`,
    '',
    notice,
    `${place} with \`type: ${type}\`. ${description}`,
    '',
    ...(example === undefined ? [] : [exampleText(example)]),
    '## Properties',
    '',
    'Each stands under `properties`.',
    '',
    propertyTables(schema as SchemaNode, linkOf),
  ].join('\n');
  return { file: `${kind}-${type}.md`, text, ...(example === undefined ? {} : { example }) };
}

const exampleText = (example: string): string => `## Example\n\n\`\`\`yaml\n${example.trimEnd()}\n\`\`\`\n`;

/** One written for the page, else the first of the specification's that has the type. */
function exampleOf(kind: 'resource' | 'event', type: string, examples: string[]): string | undefined {
  const own = join(import.meta.dirname, 'examples', kind, `${type}.yml`);
  if (existsSync(own)) return readFileSync(own, 'utf8');
  return examples.find((text) => typesIn(text)[kind].has(type));
}

type Typed = { type: string; properties?: { events?: Typed[] } };

function typesIn(text: string) {
  const resources = Object.values((parse(text) as { resources: Record<string, Typed> }).resources);
  const events = resources.flatMap(({ type, properties }) =>
    type === 'function' ? (properties?.events ?? []) : [],
  );
  return {
    resource: new Set(resources.map(({ type }) => type)),
    event: new Set(events.map(({ type }) => type)),
  };
}

function configPage(): ReferencePage {
  const example = readFileSync(join(import.meta.dirname, 'examples/config.yml'), 'utf8');
  const text = `# stacktape.yml

${notice}
The whole config. \`stp validate\` checks it; so does an editor, with this first line:

\`\`\`yaml
# yaml-language-server: $schema=node_modules/create-stp-app/dist/stacktape.schema.json
\`\`\`

${exampleText(example)}
## Properties

A [directive](directives.md) may stand in the place of any value.

${propertyTables(configSchema, linkOf)}`;
  return { file: 'config.md', text, example };
}

function alarmsPage(): ReferencePage {
  const text = `# stacktape.alarms.yml

${notice}
Alarms of all stacks of a project, in a file beside the config, as a list under \`alarms\`.

## Properties

${propertyTables(globalAlarmSchema as unknown as SchemaNode)}`;
  return { file: 'global-alarms.md', text };
}

function directivesPage(): ReferencePage {
  const example = readFileSync(join(import.meta.dirname, 'examples/directives.yml'), 'utf8');
  const text = `# Directives

${notice}
A directive stands in the place of a value, or inside a text: \`https://$ResourceParam('api', 'domain')/posts\`.
Arguments are texts in quotes, numbers, \`true\`, \`false\` and other directives. What CloudFormation resolves is not
known before the deploy, and cannot be where synthesis has to know: names, types, switches, lists and mappings.

${exampleText(example)}
## Built in

${directiveTable()}
Directives of your own are functions in files, named under \`directives\` of the [config](config.md).
`;
  return { file: 'directives.md', text, example };
}

function indexPage(): ReferencePage {
  const list = (kind: string, descriptors: readonly Descriptor[]) =>
    descriptors
      .map(({ type, title, description }) => `- [${title}](${kind}-${type}.md) \`${type}\`: ${description}`)
      .join('\n');
  const text = `# Reference

${notice}
- [stacktape.yml](config.md)
- [stacktape.alarms.yml](global-alarms.md)
- [Directives](directives.md)

## Resources

${list('resource', resourceDescriptors)}

## Events

${list('event', eventDescriptors)}
`;
  return { file: 'README.md', text };
}

import type { SchemaNode } from '../../source/config/schema-node.ts';
import { describeSchema } from '../../source/config/schema-words.ts';

type Row = { name: string; type: string; byDefault: string; description: string };
type Section = { heading: string | undefined; description: string; rows: Row[] };

/**
 * The properties of a schema as Markdown: one table, and one more for each branch of what a `type` decides.
 * `linkOf` gives a branch a page of its own instead.
 */
export function propertyTables(
  schema: SchemaNode,
  linkOf: (noun: string, type: string) => string | undefined = () => undefined,
): string {
  const main: Section = { heading: undefined, description: '', rows: [] };
  const branches: Section[] = [];
  const add = (node: SchemaNode, name: string, section: Section): void => {
    if (node.discriminator && node.anyOf) {
      addBranches(node, node.anyOf, name);
      return;
    }
    for (const branch of node.anyOf ?? []) add(branch, name, section);
    if (node.items) add(node.items, `${name}[]`, section);
    if (typeof node.additionalProperties === 'object') add(node.additionalProperties, `${name}.*`, section);
    for (const [key, child] of Object.entries(node.properties ?? {})) {
      const full = name === '' ? key : `${name}.${key}`;
      section.rows.push(rowOf(full, child, node.required?.includes(key) ?? false));
      add(child, full, section);
    }
  };
  const addBranches = (node: SchemaNode, all: readonly SchemaNode[], name: string): void => {
    const noun = node['stp:noun'] ?? 'type';
    for (const branch of all) {
      const type = String(branch.properties?.type?.const);
      if (linkOf(noun, type) !== undefined) continue;
      const heading = `\`${name}\` with \`type: ${type}\``;
      const section: Section = { heading, description: branch.description ?? '', rows: [] };
      branches.push(section);
      const inside = branch.properties?.properties;
      if (inside) add(inside, 'properties', section);
    }
  };
  const rowOf = (name: string, node: SchemaNode, isRequired: boolean): Row => ({
    name,
    type: typeText(node, linkOf),
    byDefault: isRequired
      ? '**required**'
      : node.default === undefined
        ? ''
        : code(JSON.stringify(node.default)),
    description: [node.title, node.description].filter((text) => text !== undefined).join(': '),
  });
  add(schema, '', main);
  return [main, ...branches].map(sectionText).join('\n');
}

function sectionText({ heading, description, rows }: Section): string {
  const lines =
    heading === undefined ? [] : [`### ${heading}`, '', ...(description ? [description, ''] : [])];
  if (rows.length === 0) return [...lines, 'No properties.', ''].join('\n');
  lines.push('| Property | Value | Default | What it does |', '|---|---|---|---|');
  for (const { name, type, byDefault, description: words } of rows) {
    lines.push(`| ${[code(name), type, byDefault, words].map(cell).join(' | ')} |`);
  }
  return [...lines, ''].join('\n');
}

function typeText(node: SchemaNode, linkOf: (noun: string, type: string) => string | undefined): string {
  const links = linksIn(node.items ?? node, linkOf);
  if (links) return `${node.items ? 'a list of' : 'one of'} ${links}`;
  if (node.anyOf && node.discriminator) {
    return `${describeSchema(node)}: ${node.anyOf.map((one) => code(String(one.properties?.type?.const))).join(', ')}`;
  }
  if (node.enum) return node.enum.map((one) => code(String(one))).join(', ');
  const { minLength = 0, maxLength, minItems = 0, maxItems } = node;
  const items = node.items && node.items.properties === undefined ? typeText(node.items, linkOf) : '';
  const format = node['stp:format'];
  const words = [
    describeSchema(node) || 'any value',
    items === '' ? '' : `of ${items}`,
    range(minLength, maxLength, 'characters'),
    range(minItems, maxItems, 'entries'),
  ]
    .filter((text) => text !== '')
    .join(', ')
    .replace(', of ', ' of ');
  return format === undefined ? words : `${words}: ${format}`;
}

function linksIn(
  node: SchemaNode,
  linkOf: (noun: string, type: string) => string | undefined,
): string | undefined {
  const links = (node.anyOf ?? []).map((branch) => {
    const type = String(branch.properties?.type?.const);
    const link = linkOf(node['stp:noun'] ?? 'type', type);
    return link === undefined ? undefined : `[${code(type)}](${link})`;
  });
  return links.length > 0 && links.every((link) => link !== undefined) ? links.join(', ') : undefined;
}

function range(least: number, most: number | undefined, noun: string): string {
  if (most !== undefined) return least > 1 ? `${least} to ${most} ${noun}` : `at most ${most} ${noun}`;
  return least > 1 ? `at least ${least} ${noun}` : '';
}

const code = (text: string): string => `\`${text}\``;

/** A bar would end the cell, a line break the table. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

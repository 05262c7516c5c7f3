import { stringify } from 'yaml';
import type { Template } from '../model/template.ts';

/** The text of a template, with a line end at its end. The same template gives the same bytes. */
export function printTemplate(template: Template, format: 'json' | 'yaml'): string {
  if (format === 'json') return `${JSON.stringify(template, null, 2)}\n`;
  // CloudFormation reads YAML 1.1, where `on`, `no` and `2012-10-17` are no text unless they are quoted.
  return stringify(template, { version: '1.1', aliasDuplicateObjects: false, lineWidth: 0 });
}

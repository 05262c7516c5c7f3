import { validationError } from '../errors.ts';
import { parseTemplateText } from './parse-text.ts';
import {
  type DeletionPolicy,
  isObject,
  type OutputDefinition,
  type ParameterDefinition,
  type ParsedTemplate,
  type ResourceDefinition,
  templateLimits,
} from './template.ts';

const sections = new Set([
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Rules',
  'Mappings',
  'Conditions',
  'Transform',
  'Resources',
  'Outputs',
  'Hooks',
]);

const resourceAttributes = new Set([
  'Type',
  'Properties',
  'DependsOn',
  'Condition',
  'DeletionPolicy',
  'UpdateReplacePolicy',
  'UpdatePolicy',
  'CreationPolicy',
  'Metadata',
  'Version',
]);

/**
 * Reads a template and checks its shape and limits; references are `checkTemplate`'s.
 * @throws ServiceError `ValidationError` in CloudFormation's words.
 */
export function parseTemplate(text: string): ParsedTemplate {
  const root = parseTemplateText(text);
  const unknown = Object.keys(root).filter((key) => !sections.has(key));
  if (unknown.length > 0)
    throw formatError(`Invalid template property or properties [${unknown.join(', ')}]`, '');
  const description = root.Description;
  if (description !== undefined && typeof description !== 'string')
    throw formatError('Description must be a string.');
  const resources = section(root, 'Resources');
  if (Object.keys(resources).length === 0) {
    throw formatError('At least one Resources member must be defined.');
  }
  limit('resources', Object.keys(resources).length, templateLimits.resources);
  const parameters = section(root, 'Parameters');
  limit('parameters', Object.keys(parameters).length, templateLimits.parameters);
  const outputs = section(root, 'Outputs');
  limit('outputs', Object.keys(outputs).length, templateLimits.outputs);
  return {
    description,
    metadata: root.Metadata,
    version: textOf(root.AWSTemplateFormatVersion),
    transforms: [root.Transform ?? []].flat().map(String),
    parameters: mapOf(parameters, parseParameter),
    mappings: section(root, 'Mappings') as ParsedTemplate['mappings'],
    conditions: new Map(Object.entries(section(root, 'Conditions'))),
    resources: mapOf(resources, parseResource),
    outputs: mapOf(outputs, parseOutput),
  };
}

const formatError = (message: string, prefix = 'Template format error: ') =>
  validationError(`${prefix}${message}`);

function limit(what: string, count: number, maximum: number): void {
  if (count > maximum) {
    throw formatError(`Number of ${what}, ${count}, is greater than maximum allowed, ${maximum}`);
  }
}

function section(root: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = root[name];
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw formatError(`${name} section must be an object.`);
  return value;
}

const mapOf = <T>(
  entries: Record<string, unknown>,
  parse: (name: string, value: unknown) => T,
): Map<string, T> => new Map(Object.entries(entries).map(([name, value]) => [name, parse(name, value)]));

const textOf = (value: unknown): string | undefined =>
  value === undefined || value === null
    ? undefined
    : value instanceof Date
      ? value.toISOString().slice(0, 10)
      : String(value);

const numberOf = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

function parseParameter(name: string, value: unknown): ParameterDefinition {
  if (!isObject(value) || typeof value.Type !== 'string') {
    throw formatError(`Every Parameters object must contain a Type member. (${name})`);
  }
  const allowed = value.AllowedValues;
  return {
    type: value.Type,
    defaultValue: Array.isArray(value.Default) ? value.Default.map(String).join(',') : textOf(value.Default),
    description: textOf(value.Description),
    noEcho: String(value.NoEcho ?? false) === 'true',
    allowedValues: Array.isArray(allowed) ? allowed.map(String) : undefined,
    allowedPattern: textOf(value.AllowedPattern),
    constraintDescription: textOf(value.ConstraintDescription),
    minLength: numberOf(value.MinLength),
    maxLength: numberOf(value.MaxLength),
    minValue: numberOf(value.MinValue),
    maxValue: numberOf(value.MaxValue),
  };
}

function parseResource(name: string, value: unknown): ResourceDefinition {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name)) throw formatError(`Resource name ${name} is non alphanumeric.`);
  if (!isObject(value)) throw formatError(`[/Resources/${name}] resource definition is malformed`);
  if (typeof value.Type !== 'string') {
    throw formatError(`[/Resources/${name}] Every Resources object must contain a Type member.`);
  }
  const unknown = Object.keys(value).filter((key) => !resourceAttributes.has(key));
  if (unknown.length > 0) {
    throw validationError(`Invalid template resource property '${unknown[0]}'`);
  }
  const properties = value.Properties ?? {};
  if (!isObject(properties)) throw formatError(`[/Resources/${name}/Properties] must be an object`);
  const dependsOn = [value.DependsOn ?? []].flat();
  if (dependsOn.some((item) => typeof item !== 'string')) {
    throw formatError('Every DependsOn value must be a string.');
  }
  return {
    type: value.Type,
    properties,
    dependsOn: dependsOn.map(String),
    condition: textOf(value.Condition),
    deletionPolicy: policyOf(value.DeletionPolicy, 'DeletionPolicy', [
      'Delete',
      'Retain',
      'RetainExceptOnCreate',
      'Snapshot',
    ]),
    updateReplacePolicy: policyOf(value.UpdateReplacePolicy, 'UpdateReplacePolicy', [
      'Delete',
      'Retain',
      'Snapshot',
    ]),
    metadata: value.Metadata,
  };
}

function policyOf<T extends DeletionPolicy>(
  value: unknown,
  attribute: string,
  known: readonly T[],
): T | 'Delete' {
  if (value === undefined) return 'Delete';
  const policy = known.find((candidate) => candidate === value);
  if (policy === undefined) throw formatError(`Unrecognized ${attribute} ${String(value)}`);
  return policy;
}

function parseOutput(name: string, value: unknown): OutputDefinition {
  if (!/^[A-Za-z0-9]{1,255}$/.test(name))
    throw formatError(`Output ${name} is malformed. The name must be alphanumeric.`);
  if (!isObject(value) || value.Value === undefined || value.Value === null) {
    throw formatError(`Every Outputs member must contain a Value object. (${name})`);
  }
  const exported = value.Export;
  if (exported !== undefined && (!isObject(exported) || exported.Name === undefined)) {
    throw formatError(`Output ${name} is malformed. Export must contain a Name.`);
  }
  return {
    value: value.Value,
    description: textOf(value.Description),
    exportName: isObject(exported) ? exported.Name : undefined,
    condition: textOf(value.Condition),
  };
}

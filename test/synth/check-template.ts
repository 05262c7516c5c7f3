import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import type { PropertyType, Resource, ResourceProperties } from '@aws-cdk/service-spec-types';
import type { Template } from '../../source/model/template.ts';

const specification = loadAwsServiceSpecSync();

type Json = Record<string, unknown>;

/**
 * What CloudFormation would refuse in a template, by the resource specification that AWS publishes: types and
 * properties that it does not know, that are missing, mistyped or read-only, and references to nothing. Each
 * finding begins with its place.
 */
export function checkTemplate(template: Template): string[] {
  // As it is sent: without what is undefined.
  const sent = JSON.parse(JSON.stringify(template)) as Template;
  const check = new TemplateCheck(sent);
  check.run();
  return check.findings;
}

const specificationOf = (type: string): Resource | undefined =>
  specification.lookup('resource', 'cloudFormationType', 'equals', type)[0];

const isCustom = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

class TemplateCheck {
  readonly findings: string[] = [];
  readonly #template: Template;

  constructor(template: Template) {
    this.#template = template;
  }

  run(): void {
    const { Resources, Outputs = {}, Conditions = {} } = this.#template;
    for (const [id, resource] of Object.entries(Resources)) {
      for (const target of [resource.DependsOn ?? []].flat()) {
        if (!Object.hasOwn(Resources, target)) this.#say(`${id}.DependsOn`, `${target} is no resource`);
      }
      if (resource.Condition !== undefined) this.#condition(resource.Condition, id);
      this.#references(resource.UpdatePolicy, `${id}.UpdatePolicy`);
      this.#references(resource.Properties, id);
      if (isCustom(resource.Type)) continue;
      const known = specificationOf(resource.Type);
      if (known) this.#properties((resource.Properties ?? {}) as Json, known.properties, id, known);
      else this.#say(id, `${resource.Type} is no resource type`);
    }
    this.#references(Outputs, 'Outputs');
    this.#references(Conditions, 'Conditions');
  }

  #properties(value: Json, known: ResourceProperties, path: string, resource?: Resource): void {
    for (const [name, { required }] of Object.entries(known)) {
      if (required && !Object.hasOwn(value, name)) this.#say(path, `${name} is missing`);
    }
    for (const [name, child] of Object.entries(value)) {
      const property = Object.hasOwn(known, name) ? known[name] : undefined;
      if (property) this.#type(child, property.type, `${path}.${name}`);
      else if (resource && Object.hasOwn(resource.attributes, name)) this.#say(path, `${name} is read-only`);
      else this.#say(path, `${name} is no property`);
    }
  }

  #type(value: unknown, type: PropertyType, path: string): void {
    const branches = conditionalBranches(value);
    if (branches) {
      for (const branch of branches) this.#type(branch, type, path);
      return;
    }
    if (type.type === 'union') {
      const attempts = type.types.map((one) => {
        const attempt = new TemplateCheck(this.#template);
        attempt.#type(value, one, path);
        return attempt.findings;
      });
      const best = attempts.sort((a, b) => a.length - b.length)[0];
      this.findings.push(...(best ?? []));
      return;
    }
    const result = resultOf(value);
    if (result === 'any' || type.type === 'json') return;
    switch (type.type) {
      case 'string':
      case 'date-time':
        if (result !== 'text' && typeof value !== 'string') this.#mistyped(value, 'a text', path);
        else if (type.type === 'string') this.#allowed(value, type.allowedValues, path);
        return;
      case 'number':
      case 'integer':
        if (result === 'text') return;
        if (typeof value !== 'number') this.#mistyped(value, 'a number', path);
        else if (type.type === 'integer' && !Number.isInteger(value))
          this.#mistyped(value, 'an integer', path);
        else if (type.type === 'integer') this.#allowed(value, type.allowedValues, path);
        return;
      case 'boolean':
        if (result !== 'text' && typeof value !== 'boolean') this.#mistyped(value, 'true or false', path);
        return;
      case 'null':
        if (value !== null) this.#mistyped(value, 'nothing', path);
        return;
      case 'array':
        if (!Array.isArray(value)) {
          if (result !== 'list') this.#mistyped(value, 'a list', path);
          return;
        }
        for (const [index, item] of value.entries()) this.#type(item, type.element, `${path}[${index}]`);
        return;
      case 'map':
        if (!isObject(value) || result === 'text') this.#mistyped(value, 'a mapping', path);
        else
          for (const [key, child] of Object.entries(value)) this.#type(child, type.element, `${path}.${key}`);
        return;
      case 'tag':
        if (!isObject(value)) this.#mistyped(value, 'a tag', path);
        else this.#properties(value, tag, path);
        return;
      case 'ref': {
        const { properties } = specification.get('typeDefinition', type.reference.$ref);
        if (!isObject(value) || result === 'text') this.#mistyped(value, 'a mapping', path);
        else this.#properties(value, properties, path);
      }
    }
  }

  #allowed(value: unknown, allowed: readonly unknown[] | undefined, path: string): void {
    if (typeof value === 'object' || !allowed || allowed.includes(value)) return;
    this.#say(path, `${JSON.stringify(value)} is none of ${allowed.join(', ')}`);
  }

  #references(value: unknown, path: string): void {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) this.#references(item, `${path}[${index}]`);
    }
    if (!isObject(value)) return;
    for (const [key, child] of Object.entries(value)) {
      if (key === 'Ref') this.#ref(String(child), path);
      else if (key === 'Fn::GetAtt') {
        const [id, attribute] = typeof child === 'string' ? child.split(/\.(.*)/) : (child as string[]);
        this.#attribute(id ?? '', attribute ?? '', path);
      } else if (key === 'Fn::Sub') this.#sub(child, path);
      else if (key === 'Fn::If') this.#condition(String((child as unknown[])[0]), path);
      this.#references(child, `${path}.${key}`);
    }
  }

  #ref(id: string, path: string): void {
    const { Resources, Parameters = {} } = this.#template;
    if (pseudoParameters.includes(id) || Object.hasOwn(Resources, id) || Object.hasOwn(Parameters, id))
      return;
    this.#say(path, `${id} is no resource and no parameter`);
  }

  #attribute(id: string, attribute: string, path: string): void {
    const resource = this.#template.Resources[id];
    if (!resource) this.#say(path, `${id} is no resource`);
    else if (!isCustom(resource.Type) && !specificationOf(resource.Type)?.attributes[attribute]) {
      this.#say(path, `${resource.Type} has no attribute ${attribute}`);
    }
  }

  #sub(argument: unknown, path: string): void {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    for (const [, name = ''] of String(text).matchAll(/\$\{([^!}][^}]*)\}/g)) {
      if (Object.hasOwn(variables, name)) continue;
      const [id = '', attribute] = name.split(/\.(.*)/);
      if (attribute === undefined) this.#ref(name, path);
      else this.#attribute(id, attribute, path);
    }
  }

  #condition(name: string, path: string): void {
    if (!Object.hasOwn(this.#template.Conditions ?? {}, name)) this.#say(path, `${name} is no condition`);
  }

  #mistyped(value: unknown, wanted: string, path: string): void {
    this.#say(path, `${JSON.stringify(value)} is not ${wanted}`);
  }

  #say(path: string, what: string): void {
    this.findings.push(`${path}: ${what}`);
  }
}

const tag: ResourceProperties = {
  Key: { type: { type: 'string' }, required: true },
  Value: { type: { type: 'string' }, required: true },
};

const pseudoParameters = [
  'AWS::AccountId',
  'AWS::NoValue',
  'AWS::NotificationARNs',
  'AWS::Partition',
  'AWS::Region',
  'AWS::StackId',
  'AWS::StackName',
  'AWS::URLSuffix',
];

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The values that `Fn::If` chooses from, without the one that stands for none. */
function conditionalBranches(value: unknown): unknown[] | undefined {
  if (!isObject(value) || !Array.isArray(value['Fn::If'])) return undefined;
  return value['Fn::If'].slice(1).filter((branch) => !isObject(branch) || branch.Ref !== 'AWS::NoValue');
}

/** What comes of an intrinsic function, as far as it says so itself. */
function resultOf(value: unknown): 'text' | 'list' | 'any' | undefined {
  const [key, ...rest] = isObject(value) ? Object.keys(value) : [];
  if (key === undefined || rest.length > 0) return undefined;
  if (['Ref', 'Fn::Sub', 'Fn::Join', 'Fn::Base64', 'Fn::ImportValue'].includes(key)) return 'text';
  if (['Fn::Split', 'Fn::GetAZs', 'Fn::Cidr'].includes(key)) return 'list';
  return key.startsWith('Fn::') ? 'any' : undefined;
}

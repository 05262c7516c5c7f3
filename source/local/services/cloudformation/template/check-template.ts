import { validationError } from '../errors.ts';
import { circular, dependenciesOf } from '../graph.ts';
import { providers } from '../types/registry.ts';
import { refuseDynamicReference } from './evaluate.ts';
import { pseudoParameters } from './pseudo-parameters.ts';
import { conditionsIn, referencesIn } from './references.ts';
import { isObject, type ParsedTemplate } from './template.ts';

/**
 * Checks what the parts of a template say of each other: references, attributes, types, circles.
 * @throws ServiceError `ValidationError` in CloudFormation's words.
 */
export function checkTemplate(template: ParsedTemplate): void {
  if (template.transforms.length > 0) {
    throw validationError(
      `Transforms are not available in the embedded AWS: [${template.transforms.join(', ')}]`,
    );
  }
  const types = new Set([...template.resources.values()].map((resource) => resource.type));
  const unknownTypes = [...types].filter((type) => !providers.has(type));
  if (unknownTypes.length > 0) {
    throw validationError(`Template format error: Unrecognized resource types: [${unknownTypes.join(', ')}]`);
  }
  checkConditions(template);
  const resources = [...template.resources.values()];
  checkReferences(
    template,
    resources.map((resource) => resource.properties),
    'Resources',
    resources.flatMap((resource) => resource.dependsOn),
  );
  checkReferences(
    template,
    [...template.outputs.values()].map((output) => [output.value, output.exportName]),
    'Outputs',
  );
  for (const resource of resources) checkDynamicReferences(resource.properties);
  const circle = circular(dependenciesOf(template, template.resources.keys()));
  if (circle.length > 0) {
    throw validationError(`Circular dependency between resources: [${circle.join(', ')}]`);
  }
}

function checkReferences(
  template: ParsedTemplate,
  values: unknown,
  block: 'Resources' | 'Outputs',
  dependsOn: string[] = [],
): void {
  const unresolved = new Set(dependsOn.filter((name) => !template.resources.has(name)));
  for (const { name, attribute, through } of referencesIn(values)) {
    const resource = template.resources.get(name);
    if (attribute === undefined) {
      if (resource === undefined && !template.parameters.has(name) && !pseudoParameters.has(name)) {
        unresolved.add(name);
      }
      continue;
    }
    if (resource === undefined) {
      if (through === 'Fn::Sub') unresolved.add(`${name}.${attribute}`);
      else
        throw validationError(`Template error: instance of Fn::GetAtt references undefined resource ${name}`);
    } else if (attribute !== '' && !providers.get(resource.type)?.attributes.includes(attribute)) {
      throw validationError(
        `Template error: resource ${name} does not support attribute type ${attribute} in ${through}`,
      );
    }
  }
  if (unresolved.size > 0) {
    throw validationError(
      `Template format error: Unresolved resource dependencies [${[...unresolved].join(', ')}] in the ${block} block of the template`,
    );
  }
}

function checkConditions(template: ParsedTemplate): void {
  const check = (names: Iterable<string | undefined>, block: string): void => {
    for (const name of names) {
      if (name === undefined || template.conditions.has(name)) continue;
      throw validationError(
        `Template format error: Unresolved condition dependency ${name} in the ${block} block of the template`,
      );
    }
  };
  for (const condition of template.conditions.values()) check(conditionsIn(condition, true), 'Conditions');
  for (const resource of template.resources.values()) {
    check([resource.condition, ...conditionsIn(resource.properties)], 'Resources');
  }
  for (const output of template.outputs.values()) {
    check([output.condition, ...conditionsIn([output.value, output.exportName])], 'Outputs');
  }
}

function checkDynamicReferences(value: unknown): void {
  if (typeof value === 'string') refuseDynamicReference(value);
  else if (Array.isArray(value)) value.forEach(checkDynamicReferences);
  else if (isObject(value)) Object.values(value).forEach(checkDynamicReferences);
}

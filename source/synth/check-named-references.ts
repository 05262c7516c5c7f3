import type { Finding } from '../model/diagnostic.ts';
import { didYouMean, nearestWord } from '../model/nearest-word.ts';
import { attributesOf, resolveAttribute } from './cloudformation-attributes.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** `$CfResourceParam`, whose places in the config are known exactly. */
export function checkNamedReferences(stack: TemplateBuilder): void {
  for (const { path, logicalId, attribute } of stack.config.cloudformationReferences) {
    const resource = stack.resources[logicalId];
    if (!resource) {
      const raw = Object.keys(stack.config.cloudformationResources);
      const isName = stack.config.resources.some(({ name }) => name === logicalId);
      const near = nearestWord(logicalId, Object.keys(stack.resources));
      stack.report({
        severity: 'error',
        code: 'unknown-logical-id',
        path,
        message: `$CfResourceParam: the stack has no CloudFormation resource "${logicalId}".`,
        ...(raw.length > 0 ? { expected: `one of ${raw.join(', ')}, or a logical id of the template` } : {}),
        suggestion: isName
          ? `"${logicalId}" is a resource of this config: use $ResourceParam.`
          : near === undefined
            ? '"stp synth" prints the template with its logical ids.'
            : `Did you mean "${near}"?`,
      });
    } else if (!resolveAttribute(logicalId, resource.Type, attribute)) {
      const { message, ...finding } = unknownAttribute(resource.Type, attribute);
      stack.report({ ...finding, path, message: `$CfResourceParam: ${message}` });
    }
  }
}

/** A resource is asked for what its type does not have. */
export function unknownAttribute(type: string, attribute: string): Omit<Finding, 'path'> {
  return {
    severity: 'error',
    code: 'unknown-attribute',
    message: `${type} has no attribute "${attribute}".`,
    expected: `one of ${attributesOf(type).join(', ')}`,
    ...didYouMean(attribute, ['Arn', 'Name', ...attributesOf(type)]),
  };
}

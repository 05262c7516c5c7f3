import { isIntrinsic } from '../model/intrinsic.ts';
import type { Template, TemplateResource } from '../model/template.ts';
import { checkEnvironment } from './check-environment.ts';
import { placeOf } from './config-place.ts';
import type { TemplateBuilder } from './template-builder.ts';

/**
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
const limits = {
  resources: 500,
  resourcesWarning: 470,
  parameters: 200,
  outputs: 200,
  templateBytes: 1_000_000,
  roleCharacters: 10_240,
};

/** What AWS would refuse only in the middle of a deploy. */
export function checkLimits(stack: TemplateBuilder): void {
  checkCounts(stack);
  for (const [name, { variables }] of stack.functions) checkEnvironment(name, variables, stack);
  for (const [logicalId, { Type, Properties, Metadata }] of Object.entries(stack.resources)) {
    const policies = Type === 'AWS::IAM::Role' ? Properties?.Policies : undefined;
    if (!Array.isArray(policies)) continue;
    let characters = 0;
    for (const policy of policies) characters += policyLength(policy?.PolicyDocument);
    if (characters <= limits.roleCharacters) continue;
    const owner = Metadata?.['stp:resource'];
    stack.report({
      severity: 'error',
      code: 'policies-too-large',
      path: placeOf(stack.config, logicalId, owner),
      at: 'key',
      message: `The inline policies of role ${logicalId} take ${characters} characters; IAM allows ${limits.roleCharacters}.`,
      suggestion: 'Connect to fewer resources, or grant with wildcards in "iamRoleStatements".',
    });
  }
}

/** The bytes that a deploy sends; what takes the most of them is named. Too many resources have an error already. */
export function checkTemplateSize(stack: TemplateBuilder, template: Template): void {
  if (Object.keys(template.Resources).length > limits.resources) return;
  const bytes = sizeOf(template);
  if (bytes <= limits.templateBytes) return;
  const [largest = ''] = Object.entries(template.Resources)
    .map(([logicalId, resource]) => [logicalId, sizeOf(resource)] as const)
    .reduce((one, other) => (other[1] > one[1] ? other : one), ['', 0]);
  stack.report({
    severity: 'error',
    code: 'template-too-large',
    path: ['resources'],
    at: 'key',
    message: `The template would have ${bytes} bytes; CloudFormation allows ${limits.templateBytes}.`,
    suggestion: `Split the service into several configs, or make resources smaller; the largest is ${largest}.`,
  });
}

const sizeOf = (value: Template | TemplateResource): number => Buffer.byteLength(JSON.stringify(value));

function checkCounts(stack: TemplateBuilder): void {
  const resources = Object.keys(stack.resources).length;
  if (resources > limits.resources) {
    stack.report({
      severity: 'error',
      code: 'too-many-resources',
      path: ['resources'],
      at: 'key',
      message: `The stack would have ${resources} CloudFormation resources; CloudFormation allows ${limits.resources}.`,
      suggestion:
        'Split the service into several configs, or let one function take several routes; each function makes three resources and each route one more.',
    });
  } else if (resources > limits.resourcesWarning) {
    stack.report({
      severity: 'warning',
      code: 'many-resources',
      path: ['resources'],
      at: 'key',
      message: `The stack has ${resources} CloudFormation resources; CloudFormation allows ${limits.resources}.`,
      suggestion: 'Split the service into several configs before it is full.',
    });
  }
  const parameters = Object.keys(stack.parameters).length;
  if (parameters > limits.parameters) {
    stack.report({
      severity: 'error',
      code: 'too-many-functions',
      path: ['resources'],
      at: 'key',
      message: `The stack has ${stack.functions.size} functions; it can have ${limits.parameters - 1}, since each takes a template parameter and CloudFormation allows ${limits.parameters}.`,
      suggestion: 'Split the service into several configs.',
    });
  }
  const outputs = Object.keys(stack.outputs).length;
  if (outputs > limits.outputs) {
    stack.report({
      severity: 'error',
      code: 'too-many-outputs',
      path: ['stackConfig', 'outputs'],
      at: 'key',
      message: `The stack has ${outputs} outputs; CloudFormation allows ${limits.outputs}.`,
    });
  }
}

/** Characters of a policy as IAM counts them, without spaces; an intrinsic function counts as an ARN of usual length. */
function policyLength(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return String(value).length;
  if (isIntrinsic(value))
    return 'Fn::Sub' in value && typeof value['Fn::Sub'] === 'string' ? value['Fn::Sub'].length + 2 : 90;
  let length = 2;
  if (Array.isArray(value)) for (const item of value) length += policyLength(item) + 1;
  else for (const [key, item] of Object.entries(value)) length += key.length + 4 + policyLength(item);
  return length;
}

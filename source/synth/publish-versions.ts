import { getAtt, substitutionOf, type Value, variablesIn } from '../model/intrinsic.ts';
import type { TemplateResource } from '../model/template.ts';
import { aliasId } from '../resources/function/alias.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** What may change without a new version: Lambda keeps it for the function as a whole. */
const notFrozen = new Set([
  'Code',
  'CodeSigningConfigArn',
  'FunctionName',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'RuntimeManagementConfig',
  'Tags',
]);

/**
 * Publishes a version for each function with an alias and points the alias at it. CloudFormation makes no new version
 * of a resource that stays, so the version's logical id carries a hash of everything that Lambda freezes in it: the
 * digest of the artifact, the properties of the function, and the names of what these refer to. Old versions are kept
 * for going back to. Where no digest is given, a change of the code alone makes no new version.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html
 */
export function publishVersions(stack: TemplateBuilder, digests: Readonly<Record<string, string>>): void {
  for (const name of stack.functions.keys()) {
    const alias = stack.resources[aliasId(stack.names, name)];
    const functionId = stack.names.logicalId(name, 'AWS::Lambda::Function');
    const lambda = stack.resources[functionId];
    if (!alias?.Properties || !lambda?.Properties) continue;
    // In an order of its own, so that a new release of this program makes no new versions.
    const frozen = Object.entries(lambda.Properties)
      .filter(([property, value]) => value !== undefined && !notFrozen.has(property))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const code = digests[name] ?? '';
    const hash = hashOf([code, frozen, namesIn(frozen, stack.resources)]);
    const versionId = `${stack.names.logicalId(name, 'AWS::Lambda::Version')}${hash}`;
    stack.add(name, versionId, {
      Type: 'AWS::Lambda::Version',
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: { FunctionName: { Ref: functionId } },
    });
    alias.Properties.FunctionVersion ??= getAtt(versionId, 'Version');
  }
}

/** Properties that name a resource; when one changes, so do its `Ref` and its ARN, though not the text of those. */
const naming = [
  'TableName',
  'BucketName',
  'QueueName',
  'TopicName',
  'Name',
  'FunctionName',
  'ReplicationGroupId',
];

/** Names of the resources that a value refers to, by logical id. */
function namesIn(value: unknown, resources: Readonly<Record<string, TemplateResource>>): Value[] {
  const found = new Map<string, Value>();
  const note = (logicalId: unknown): void => {
    const properties = typeof logicalId === 'string' ? resources[logicalId]?.Properties : undefined;
    const property = properties && naming.find((one) => properties[one] !== undefined);
    if (properties && property) found.set(String(logicalId), properties[property] ?? null);
  };
  const walk = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const [key, member] of Object.entries(part)) {
      if (key === 'Ref') note(member);
      else if (key === 'Fn::GetAtt') note(Array.isArray(member) ? member[0] : String(member).split('.')[0]);
      else if (key === 'Fn::Sub') {
        for (const name of variablesIn(substitutionOf(part)?.template ?? '')) note(name.split('.')[0]);
      }
      walk(member);
    }
  };
  walk(value);
  return [...found.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).flat();
}

/** Loaded here, since most stacks have no versions. */
function hashOf(value: unknown): string {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
}

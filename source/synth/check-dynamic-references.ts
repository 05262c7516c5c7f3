import { hasDynamicReference, type Value } from '../model/intrinsic.ts';
import { placeOf } from './config-place.ts';
import type { TemplateBuilder } from './template-builder.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html */
const maximumPerService = 60;

/**
 * The properties that CloudFormation resolves a secure parameter in.
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-ssm-secure-strings.html
 */
const takesSecureParameter: ReadonlySet<string> = new Set([
  'AWS::DirectoryService::MicrosoftAD Password',
  'AWS::DirectoryService::SimpleAD Password',
  'AWS::ElastiCache::ReplicationGroup AuthToken',
  'AWS::IAM::User LoginProfile.Password',
  'AWS::KinesisFirehose::DeliveryStream RedshiftDestinationConfiguration.Password',
  'AWS::OpsWorks::App AppSource.Password',
  'AWS::OpsWorks::Stack CustomCookbooksSource.Password',
  'AWS::OpsWorks::Stack RdsDbInstances.DbPassword',
  'AWS::RDS::DBCluster MasterUserPassword',
  'AWS::RDS::DBInstance MasterUserPassword',
  'AWS::Redshift::Cluster MasterUserPassword',
]);

/** Checks the `{{resolve:…}}` of the finished template; `logicalIds` are the resources that have some. */
export function checkDynamicReferences(stack: TemplateBuilder, logicalIds: readonly string[]): void {
  const counts = new Map<string, number>();
  for (const logicalId of logicalIds) {
    const { Type, Properties, Metadata } = stack.resources[logicalId] ?? {};
    if (Type === undefined) continue;
    const owner = Metadata?.['stp:resource'];
    for (const { service, text, property } of referencesIn(Properties as Value | undefined, [])) {
      counts.set(service, (counts.get(service) ?? 0) + 1);
      if (service === 'ssm-secure' && !takesSecureParameter.has(`${Type} ${property}`)) {
        stack.report({
          severity: 'error',
          code: 'secure-parameter-not-taken',
          path: placeOf(stack.config, logicalId, owner, isText(text)),
          message: `CloudFormation resolves no secure parameter in ${property} of ${Type}.`,
          expected: 'a password of a database, a cache or a directory',
          suggestion:
            "Use $Secret, or give the function the parameter's name and ssm:GetParameter, and let it read the value.",
        });
      } else if (service !== 'ssm' && isCustomResource(Type)) {
        stack.report({
          severity: 'error',
          code: 'secret-in-custom-resource',
          path: placeOf(stack.config, logicalId, owner, isText(text)),
          message: `CloudFormation resolves no secrets in the properties of a custom resource (${property}).`,
          suggestion: 'Give it the name of the secret, and let its function read the value.',
        });
      }
    }
  }
  for (const [service, count] of counts) reportCount(stack, service, count);
  checkOutputs(stack);
}

/** Outputs are for everybody who may see the stack: CloudFormation leaves references to secrets in them as they are. */
function checkOutputs(stack: TemplateBuilder): void {
  for (const [index, { name }] of stack.config.outputs.entries()) {
    const { Value } = stack.outputs[name] ?? {};
    const secret = [...referencesIn(Value, [])].find(({ service }) => service !== 'ssm');
    if (secret === undefined) continue;
    stack.report({
      severity: 'error',
      code: 'secret-in-output',
      path: ['stackConfig', 'outputs', index, 'value'],
      message: `CloudFormation resolves no secrets in outputs (${secret.text}).`,
      suggestion: 'Output the name of the secret, which who may read it can read it by.',
    });
  }
}

const isText = (text: string) => (value: unknown) => typeof value === 'string' && value.includes(text);

const isCustomResource = (type: string): boolean =>
  type.startsWith('Custom::') || type === 'AWS::CloudFormation::CustomResource';

type Reference = { service: string; text: string; property: string };

function* referencesIn(value: Value | undefined, path: readonly string[]): Iterable<Reference> {
  if (typeof value === 'string') {
    if (!hasDynamicReference(value)) return;
    const intrinsic = path.findIndex((step) => step.startsWith('Fn::'));
    const property = (intrinsic < 0 ? path : path.slice(0, intrinsic)).join('.');
    for (const [text, service = ''] of value.matchAll(/\{\{resolve:([a-z-]+):[^}]*\}\}/g)) {
      yield { service, text, property };
    }
  } else if (Array.isArray(value)) {
    for (const item of value) yield* referencesIn(item, path);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) yield* referencesIn(member, [...path, key]);
  }
}

function reportCount(stack: TemplateBuilder, service: string, count: number): void {
  if (count <= maximumPerService) return;
  stack.report({
    severity: 'error',
    code: 'too-many-dynamic-references',
    path: ['resources'],
    at: 'key',
    message: `The stack has ${count} references to ${service}; CloudFormation allows ${maximumPerService}.`,
    suggestion: 'Let the functions read their secrets themselves, or split the service into several configs.',
  });
}

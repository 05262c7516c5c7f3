import type { Config, ConfigResource } from '../../model/config.ts';
import { getAtt, ref, type Value } from '../../model/intrinsic.ts';
import { perConfig } from '../../model/per-config.ts';
import { bucketArn } from '../bucket/names.ts';
import { literalArn } from '../function/names.ts';
import { namesOf } from '../names.ts';

/** What has an ARN that properties of others take, by the type in the config. */
const types: Readonly<Record<string, string>> = {
  bucket: 'AWS::S3::Bucket',
  'event-bus': 'AWS::Events::EventBus',
  function: 'AWS::Lambda::Function',
  'sns-topic': 'AWS::SNS::Topic',
  'sqs-queue': 'AWS::SQS::Queue',
};

const ownersOf = perConfig((config) => {
  const names = namesOf(config);
  const owners = new Map<string, ConfigResource>();
  for (const resource of config.resources) {
    const { name, type } = resource;
    if (!Object.hasOwn(types, type)) continue;
    const id = names.logicalId(name, types[type] ?? '');
    const forms: Value[] = [getAtt(id, 'Arn')];
    if (type === 'bucket') forms.push(bucketArn(names, name));
    if (type === 'function') forms.push(literalArn(names, name));
    if (type === 'sns-topic') forms.push(ref(id), getAtt(id, 'TopicArn'));
    for (const form of forms) owners.set(JSON.stringify(form), resource);
  }
  return owners;
});

/**
 * The resource of the config whose ARN a settled value is, in each of the ways in which directives give it.
 * @param type of the config, where only one is asked for
 */
export function ownerOfArn(
  value: Value | undefined,
  config: Config,
  type?: string,
): ConfigResource | undefined {
  const owner = value === undefined ? undefined : ownersOf(config).get(JSON.stringify(value));
  return type === undefined || owner?.type === type ? owner : undefined;
}

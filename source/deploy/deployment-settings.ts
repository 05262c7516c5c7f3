import type { CreateChangeSetInput, RollbackTrigger, Stack } from '@aws-sdk/client-cloudformation';
import { toAwsError } from '../aws/aws-error.ts';
import type { Config } from '../model/config.ts';
import { isIntrinsic, type Value } from '../model/intrinsic.ts';
import { alarmNameOf } from '../synth/alarm-names.ts';
import { listResources } from './list-resources.ts';
import type { Run } from './operation.ts';
import { type DeployedFacts, resolveValue } from './resolve-value.ts';

/** What `deploymentConfig` (spec 1.1) gives the change set. */
export type ChangeSetSettings = Pick<
  CreateChangeSetInput,
  'RoleARN' | 'NotificationARNs' | 'RollbackConfiguration'
>;

/**
 * The settings of the config, its references resolved against the stack as it is deployed. What the first deploy
 * makes cannot watch that deploy, which a notice says. What the stack has and the config no longer names is taken
 * back, but for the role, which CloudFormation keeps.
 */
export async function changeSetSettings(
  run: Run,
  config: Config,
  stack: Stack | undefined,
): Promise<ChangeSetSettings> {
  const {
    cloudformationRoleArn,
    publishEventsToArn = [],
    triggerRollbackOnAlarms = [],
    monitoringTimeAfterDeploymentInMinutes = 0,
  } = config.sections?.deploymentConfig ?? {};
  const known = new KnownValues(run, stack);
  const role =
    cloudformationRoleArn === undefined
      ? undefined
      : await known.text(cloudformationRoleArn, 'cloudformationRoleArn');
  const topics = await known.texts(publishEventsToArn, 'publishEventsToArn');
  const triggers: RollbackTrigger[] = [];
  for (const alarm of triggerRollbackOnAlarms) {
    const Arn = await alarmArn(alarm, config, known);
    if (Arn !== undefined) triggers.push({ Arn, Type: 'AWS::CloudWatch::Alarm' });
  }
  const hadTopics = (stack?.NotificationARNs ?? []).length > 0;
  const { RollbackTriggers: before = [], MonitoringTimeInMinutes: minutes = 0 } =
    stack?.RollbackConfiguration ?? {};
  const wantsRollback = triggers.length > 0 || monitoringTimeAfterDeploymentInMinutes > 0;
  return {
    ...(role !== undefined && { RoleARN: role }),
    ...((topics.length > 0 || hadTopics) && { NotificationARNs: topics }),
    ...((wantsRollback || before.length > 0 || minutes > 0) && {
      RollbackConfiguration: {
        RollbackTriggers: triggers,
        MonitoringTimeInMinutes: monitoringTimeAfterDeploymentInMinutes,
      },
    }),
  };
}

/** Turns the protection on or off as the config says; where it says nothing, it stays as it is. */
export async function settleTerminationProtection(
  run: Run,
  config: Config,
  stack: Stack | undefined,
  stackId: string,
): Promise<void> {
  const wanted = config.sections?.deploymentConfig?.terminationProtection;
  if (wanted === undefined || wanted === (stack?.EnableTerminationProtection ?? false)) return;
  const cloudFormation = await run.clients.cloudFormation();
  try {
    await cloudFormation.updateTerminationProtection({
      StackName: stackId,
      EnableTerminationProtection: wanted,
    });
  } catch (error) {
    // The deploy itself is no worse for it.
    run.notice('warning', `"terminationProtection" could not be set: ${toAwsError(error).message}`);
    return;
  }
  run.notice(
    'info',
    wanted ? 'The stack is protected: it cannot be deleted.' : 'The stack is not protected any more.',
  );
}

/** Nobody is there any more to protect a new stack once it is made. */
export function noticeUnprotected(run: Run, config: Config): void {
  if (config.sections?.deploymentConfig?.terminationProtection)
    run.notice('warning', 'The stack is not protected yet; the next deploy protects it.');
}

/**
 * An alarm by its ARN, by the name that events use (`getPosts.alarms.0`), or by its name in CloudWatch. One that the
 * first deploy makes is not there to watch it.
 */
async function alarmArn(alarm: Value, config: Config, known: KnownValues): Promise<string | undefined> {
  const name = await known.text(alarm, 'triggerRollbackOnAlarms');
  if (name === undefined || name.startsWith('arn:')) return name;
  const own = alarmNameOf(config, name);
  if (own !== undefined && known.isFirst) return known.notYet(name, 'triggerRollbackOnAlarms');
  return known.alarmArn(own ?? name);
}

class KnownValues {
  readonly #run: Run;
  readonly #stack: Stack | undefined;
  #facts: Promise<DeployedFacts> | undefined;

  constructor(run: Run, stack: Stack | undefined) {
    this.#run = run;
    this.#stack = stack;
  }

  get isFirst(): boolean {
    return this.#stack === undefined;
  }

  async text(value: Value, property: string): Promise<string | undefined> {
    if (!isIntrinsic(value)) return String(value);
    if (!this.#stack) return this.notYet(JSON.stringify(value), property);
    this.#facts ??= this.#readFacts(this.#stack);
    const resolved = await resolveValue(value, await this.#facts);
    return typeof resolved === 'string' ? resolved : this.notYet(JSON.stringify(value), property);
  }

  async texts(values: readonly Value[], property: string): Promise<string[]> {
    const found: string[] = [];
    for (const value of values) {
      const text = await this.text(value, property);
      if (text !== undefined) found.push(text);
    }
    return found;
  }

  notYet(what: string, property: string): undefined {
    this.#run.notice(
      'warning',
      `${what} of "${property}" is not known before it is deployed; the deploys after this one heed it.`,
    );
  }

  async alarmArn(name: string): Promise<string> {
    const { partition, region, account } = await this.#place();
    return `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
  }

  /** From the ARN of the stack, or before there is one from that of the caller. */
  async #place(): Promise<{ partition: string; region: string; account: string }> {
    const { clients } = this.#run;
    const arn = this.#stack?.StackId ?? (await (await clients.sts()).getCallerIdentity({})).Arn ?? '';
    const [, partition = 'aws', , , account = ''] = arn.split(':');
    return { partition, region: clients.target.region, account };
  }

  async #readFacts({ StackId: stackId = '', StackName: stackName = '' }: Stack): Promise<DeployedFacts> {
    const resources = await listResources(await this.#run.clients.cloudFormation(), stackId);
    return {
      clients: this.#run.clients,
      stackId,
      stackName,
      resources: new Map(
        resources.map((one) => [
          one.LogicalResourceId ?? '',
          { physicalId: one.PhysicalResourceId ?? '', resourceType: one.ResourceType ?? '' },
        ]),
      ),
    };
  }
}

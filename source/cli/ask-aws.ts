import type { CloudFormation, Stack } from '@aws-sdk/client-cloudformation';
import type { DescribeSecretResponse, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { isServiceError, toAwsError } from '../aws/aws-error.ts';
import { type Clients, createClients } from '../aws/clients.ts';
import type { Target } from '../aws/target.ts';
import type { AskAws, ExternalAnswer } from '../config/directives/external-call.ts';
import { findStack } from '../deploy/stack-status.ts';

/** `AskAws` over the clients of one target, made when something is asked. `close` ends their connections. */
export function askAws(
  target: () => Promise<Target>,
  { pinSecrets }: { pinSecrets: boolean },
): AskAws & { close(): void } {
  const clients = new Map<string, Clients>();
  const stacks = new Map<string, Promise<Stack | undefined>>();
  let asked: Promise<Target> | undefined;

  const targetFor = async (region: string | undefined): Promise<Target> => {
    asked ??= target();
    const own = await asked;
    return region === undefined ? own : { ...own, region };
  };
  const clientsFor = (one: Target): Clients => {
    const made = clients.get(one.region) ?? createClients(one);
    clients.set(one.region, made);
    return made;
  };

  return {
    async stackOutput(stackName, output, region) {
      const here = await targetFor(undefined);
      if (here.kind === 'local' && region !== undefined && region !== here.region)
        return noOtherRegion(here.region);
      const there = await targetFor(region);
      const key = `${there.region} ${stackName}`;
      const stack = stacks.get(key) ?? readStack(await clientsFor(there).cloudFormation(), stackName);
      stacks.set(key, stack);
      const place = there.kind === 'local' ? 'the embedded AWS' : there.region;
      return outputOf(await stack, stackName, output, place);
    },
    ...(pinSecrets && {
      async secretVersion(name: string) {
        const there = await targetFor(undefined);
        return currentVersion(await clientsFor(there).secretsManager(), name, there);
      },
    }),
    close() {
      for (const one of clients.values()) one.destroy();
    },
  };
}

async function readStack(cloudFormation: CloudFormation, name: string): Promise<Stack | undefined> {
  try {
    return await findStack(cloudFormation, name);
  } catch (error) {
    throw toAwsError(error);
  }
}

const noOtherRegion = (region: string): ExternalAnswer => ({
  error: {
    code: 'directive-argument',
    message: `$StackOutput: the embedded AWS has the Region ${region} alone.`,
    suggestion: 'Leave the Region out for local runs.',
  },
});

function outputOf(stack: Stack | undefined, stackName: string, name: string, place: string): ExternalAnswer {
  if (!stack) {
    return {
      error: {
        code: 'unknown-stack',
        message: `$StackOutput: there is no stack "${stackName}" in ${place}.`,
        suggestion: 'Deploy that stack first. Its name is {serviceName}-{stage}.',
      },
    };
  }
  const outputs = stack.Outputs ?? [];
  const output = outputs.find(({ OutputKey }) => OutputKey === name);
  if (!output) {
    const known = outputs.map(({ OutputKey }) => OutputKey).join(', ');
    return {
      error: {
        code: 'unknown-stack-output',
        message: `$StackOutput: stack "${stackName}" in ${place} has no output "${name}".`,
        expected: known === '' ? 'an output, of which the stack has none' : `one of ${known}`,
      },
    };
  }
  if (output.ExportName === undefined) {
    return {
      error: {
        code: 'stack-output-not-exported',
        message: `$StackOutput: output "${name}" of stack "${stackName}" is not exported.`,
        suggestion: 'Give the output "export: true" in its stackConfig, and deploy that stack.',
      },
    };
  }
  return { value: output.OutputValue ?? '' };
}

/** Asks for the versions alone: no secret's value is read here. */
async function currentVersion(
  secretsManager: SecretsManager,
  name: string,
  { kind, region }: Target,
): Promise<ExternalAnswer> {
  let described: DescribeSecretResponse;
  try {
    described = await secretsManager.describeSecret({ SecretId: name });
  } catch (error) {
    if (isServiceError(error, 'ResourceNotFoundException')) return noSecret(name, `in ${region}`);
    if (kind === 'local' && isServiceError(error, 'NotImplemented')) return noSecretsManager(name);
    if (isServiceError(error, 'AccessDeniedException')) return notSeen(name);
    throw toAwsError(error);
  }
  if (described.DeletedDate) {
    return {
      error: {
        code: 'unknown-secret',
        message: `Secret "${name}" is marked for deletion.`,
        suggestion: `Take that back with \`aws secretsmanager restore-secret --secret-id ${name}\`.`,
      },
    };
  }
  const current = Object.entries(described.VersionIdsToStages ?? {}).find(([, stages]) =>
    stages.includes('AWSCURRENT'),
  );
  return current ? { value: current[0] } : noSecret(name, `with a value in ${region}`);
}

const noSecret = (name: string, where: string): ExternalAnswer => ({
  error: {
    code: 'unknown-secret',
    message: `There is no secret "${name}" ${where}.`,
    suggestion: `Make it with \`aws secretsmanager create-secret --name ${name} --secret-string …\`.`,
  },
});

const noSecretsManager = (name: string): ExternalAnswer => ({
  error: {
    code: 'directive-not-local',
    message: `Secret "${name}": the embedded AWS has no Secrets Manager.`,
    suggestion: 'Deploy to AWS, or give a plain value for local runs.',
  },
});

/** The deploy itself may well be allowed to read it: CloudFormation may work with a role of its own. */
const notSeen = (name: string): ExternalAnswer => ({
  value: null,
  warning: {
    code: 'secret-not-pinned',
    message: `The versions of secret "${name}" cannot be seen, so that a changed secret alone changes nothing.`,
    suggestion: 'Allow secretsmanager:DescribeSecret to who deploys.',
  },
});

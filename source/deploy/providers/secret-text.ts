import type { Clients } from '../../aws/clients.ts';
import { UserError } from '../../model/errors.ts';

const reference = /^\{\{resolve:([a-z-]+):(.+)\}\}$/;

/**
 * The text behind a dynamic reference, as CloudFormation would put it in; any other text is itself. Providers besides
 * AWS are called by who deploys, not by CloudFormation.
 * @throws UserError `secret-unreadable`
 */
export async function readSecretText(text: string, clients: Clients): Promise<string> {
  const [, service, rest = ''] = reference.exec(text) ?? [];
  if (service === undefined) return text;
  if (service !== 'secretsmanager') {
    throw unreadable(rest, `it is a parameter of Systems Manager, which this step does not read`);
  }
  const { id, key, versionId } = partsOf(rest);
  const { SecretString = '' } = await (await clients.secretsManager())
    .getSecretValue({ SecretId: id, ...(versionId ? { VersionId: versionId } : {}) })
    .catch((error: Error) => {
      throw unreadable(id, error.message);
    });
  if (key === undefined) return SecretString;
  const value: unknown = parse(SecretString)?.[key];
  if (typeof value !== 'string') throw unreadable(id, `it has no key "${key}"`);
  return value;
}

/** `name:SecretString:key:stage:version`; an ARN has colons of its own. */
function partsOf(rest: string): { id: string; key: string | undefined; versionId: string | undefined } {
  const [id = '', after = ''] = rest.split(':SecretString');
  const [, key, , versionId] = after.split(':');
  return { id, key: key || undefined, versionId: versionId || undefined };
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}

const unreadable = (id: string, why: string): UserError =>
  new UserError(`Secret "${id}" cannot be read: ${why}.`, {
    code: 'secret-unreadable',
    exitCode: 1,
    hint: 'Give it with $Secret(…), and allow secretsmanager:GetSecretValue to who deploys.',
  });

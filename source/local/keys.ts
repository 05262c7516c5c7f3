import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Caller } from './backend.ts';

/** The project's own key: it may do everything. */
export type ProjectKey = { accessKeyId: string; secretAccessKey: string };

/** Keys of a role's session. */
export type SessionKey = ProjectKey & { sessionToken: string };

/** Who an access key belongs to, and the secret that its signatures are made with. */
export type Identity = { secretAccessKey: string; caller: Caller; expiresAt: number | undefined };

/**
 * The project's key from `credentials.json`, made at the first start.
 * The file has mode 0600: whoever reads it can run code as this user.
 * @throws UserError where the file is damaged or cannot be read or written.
 */
export function loadProjectKey(directory: string): ProjectKey {
  const known = readProjectKey(directory);
  if (known !== undefined) return known;
  const file = keyFile(directory);
  const key = {
    accessKeyId: `AKIASTPLOCAL${base32(randomBytes(5))}`,
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  try {
    writeFileSync(file, `${JSON.stringify(key, undefined, 2)}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    throw unusable(file, cause);
  }
  return key;
}

/** As `loadProjectKey`, but undefined where there is none yet. */
export function readProjectKey(directory: string): ProjectKey | undefined {
  const file = keyFile(directory);
  let key: Partial<ProjectKey>;
  try {
    key = JSON.parse(readFileSync(file, 'utf8')) as Partial<ProjectKey>;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unusable(file, error);
  }
  if (typeof key?.accessKeyId !== 'string' || typeof key.secretAccessKey !== 'string') {
    throw unusable(file, new Error('it holds no access key'));
  }
  return { accessKeyId: key.accessKeyId, secretAccessKey: key.secretAccessKey };
}

const keyFile = (directory: string): string => join(directory, 'credentials.json');

/**
 * Keys for a session of a role. They are derived from the project's secret, not stored, so that a function
 * that outlives a restart keeps valid keys.
 * @param expiresAt Milliseconds since 1970; absent for keys that do not expire.
 */
export function sessionKey(
  project: ProjectKey,
  roleArn: string,
  sessionName: string,
  expiresAt?: number,
): SessionKey {
  const payload = Buffer.from(JSON.stringify([roleArn, sessionName, expiresAt ?? 0])).toString('base64url');
  const proof = hmac(project.secretAccessKey, `token:${payload}`).toString('base64url');
  return {
    accessKeyId: `ASIA${base32(hmac(project.secretAccessKey, `id:${payload}`)).slice(0, 16)}`,
    secretAccessKey: hmac(project.secretAccessKey, `secret:${payload}`).toString('base64').slice(0, 40),
    sessionToken: `${payload}.${proof}`,
  };
}

/** Who signs with this access key and session token, or undefined where nobody does. */
export function identify(
  project: ProjectKey,
  accountId: string,
  accessKeyId: string,
  sessionToken: string | undefined,
): Identity | undefined {
  if (sessionToken === undefined) {
    if (accessKeyId !== project.accessKeyId) return undefined;
    const arn = `arn:aws:iam::${accountId}:root`;
    return {
      secretAccessKey: project.secretAccessKey,
      caller: { accountId, arn, accessKeyId },
      expiresAt: undefined,
    };
  }
  const [payload, proof] = sessionToken.split('.');
  if (payload === undefined || proof === undefined) return undefined;
  const expected = hmac(project.secretAccessKey, `token:${payload}`);
  const given = Buffer.from(proof, 'base64url');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const [roleArn, sessionName, expiresAt] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as [
    string,
    string,
    number,
  ];
  const key = sessionKey(project, roleArn, sessionName, expiresAt);
  if (key.accessKeyId !== accessKeyId) return undefined;
  const roleName = roleNameOf(roleArn);
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
  return {
    secretAccessKey: key.secretAccessKey,
    caller: { accountId, arn, accessKeyId, roleName },
    expiresAt: expiresAt === 0 ? undefined : expiresAt,
  };
}

/** The name at the end of a role's ARN, after its path. */
export const roleNameOf = (roleArn: string): string => roleArn.slice(roleArn.lastIndexOf('/') + 1);

const hmac = (secret: string, text: string): Buffer => createHmac('sha256', secret).update(text).digest();

function base32(bytes: Uint8Array): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  let text = '';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet.charAt((value >> bits) & 31);
    }
    value &= (1 << bits) - 1;
  }
  return text;
}

function unusable(file: string, cause: unknown): UserError {
  return new UserError(`${file} cannot be used: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: 'local-state-unusable',
    hint: 'Mend or move the file, or run `stp local reset` to start with an empty embedded AWS.',
    exitCode: 1,
    cause,
  });
}

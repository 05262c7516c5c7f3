import type { ProviderHttp } from './provider-http.ts';

export type AtlasAccount = {
  publicKey: string;
  privateKey: string;
  organizationId: string;
  accessibility?: { accessibilityMode: string; whitelistedIps?: string[] };
};

type AccessEntry = { cidrBlock: string; comment?: string };

const comment = 'stp';

/** `203.0.113.7/32` for an address alone, as Atlas lists it. */
const blockOf = (address: string): string => (address.includes('/') ? address : `${address}/32`);

/** Who may connect to the clusters of the project. Entries that somebody else has made stay. */
export async function ensureAccess(
  http: ProviderHttp,
  projectId: string,
  { accessibility }: AtlasAccount,
): Promise<void> {
  const path = `/groups/${projectId}/accessList`;
  const { results = [] } = await http.send<{ results?: AccessEntry[] }>({
    method: 'GET',
    path: `${path}?itemsPerPage=500`,
  });
  // Functions outside of a VPC have no addresses of their own; their roles decide.
  const wanted =
    accessibility?.accessibilityMode === 'whitelisted-ips-only'
      ? (accessibility.whitelistedIps ?? []).map(blockOf)
      : ['0.0.0.0/0'];
  const missing = wanted.filter((block) => !results.some(({ cidrBlock }) => cidrBlock === block));
  if (missing.length > 0) {
    const body = missing.map((cidrBlock) => ({ cidrBlock, comment }));
    await http.send({ method: 'POST', path, body });
  }
  for (const entry of results) {
    if (entry.comment !== comment || wanted.includes(entry.cidrBlock)) continue;
    await http.send({ method: 'DELETE', path: `${path}/${encodeURIComponent(entry.cidrBlock)}` });
  }
}

type Scope = { name: string; type: 'CLUSTER' };
type User = { databaseName: string; username: string; scopes?: Scope[] };

type WantedUsers = {
  /** Of the cluster. */
  name: string;
  roleArns: readonly string[];
  admin: { userName: string; password: string } | undefined;
};

/**
 * The users of a cluster are the roles of what is connected to it, and its administrator where it has one. A project
 * has a user of a name once, so that a role which uses two clusters is one user with two scopes.
 */
export async function ensureUsers(
  http: ProviderHttp,
  projectId: string,
  { name, roleArns, admin }: WantedUsers,
): Promise<void> {
  const users = await usersOf(http, projectId);
  const wanted: (User & Record<string, unknown>)[] = roleArns.map((username) => ({
    databaseName: '$external',
    username,
    awsIAMType: 'ROLE',
    roles: [{ databaseName: 'admin', roleName: 'readWriteAnyDatabase' }],
  }));
  if (admin) {
    wanted.push({
      databaseName: 'admin',
      username: admin.userName,
      password: admin.password,
      roles: [{ databaseName: 'admin', roleName: 'atlasAdmin' }],
    });
  }
  for (const user of wanted) {
    const found = users.find((one) => isSame(one, user));
    const others = scopesBeside(found, name);
    const scopes = [...others, { name, type: 'CLUSTER' }];
    if (!found) await http.send({ method: 'POST', path: usersPath(projectId), body: { ...user, scopes } });
    // Whether a password is the same cannot be asked.
    else if (!isScopedTo(found, name) || 'password' in user) {
      await http.send({ method: 'PATCH', path: userPath(projectId, found), body: { ...user, scopes } });
    }
  }
  const left = users.filter((user) => !wanted.some((one) => isSame(one, user)));
  await takeFrom(http, projectId, name, left);
}

export async function removeUsers(http: ProviderHttp, projectId: string, name: string): Promise<void> {
  await takeFrom(http, projectId, name, await usersOf(http, projectId));
}

async function takeFrom(
  http: ProviderHttp,
  projectId: string,
  name: string,
  users: readonly User[],
): Promise<void> {
  for (const user of users) {
    if (!isScopedTo(user, name)) continue;
    const path = userPath(projectId, user);
    const scopes = scopesBeside(user, name);
    if (scopes.length === 0) await http.send({ method: 'DELETE', path });
    else await http.send({ method: 'PATCH', path, body: { scopes } });
  }
}

const isSame = (a: User, b: User): boolean => a.databaseName === b.databaseName && a.username === b.username;

const isScopedTo = ({ scopes }: User, name: string): boolean =>
  scopes?.some((scope) => scope.name === name) ?? false;

const scopesBeside = (user: User | undefined, name: string): Scope[] =>
  (user?.scopes ?? []).filter((scope) => scope.name !== name);

const usersPath = (projectId: string): string => `/groups/${projectId}/databaseUsers`;

const userPath = (projectId: string, { databaseName, username }: User): string =>
  `${usersPath(projectId)}/${encodeURIComponent(databaseName)}/${encodeURIComponent(username)}`;

async function usersOf(http: ProviderHttp, projectId: string): Promise<User[]> {
  const { results = [] } = await http.send<{ results?: User[] }>({
    method: 'GET',
    path: `${usersPath(projectId)}?itemsPerPage=500`,
  });
  return results;
}

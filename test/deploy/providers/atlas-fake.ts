import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type FakeAnswer, type ProviderFake, startProviderFake } from './provider-fake.ts';

type Named = { name: string };
type Cluster = Named & {
  stateName: string;
  connectionStrings?: { standardSrv: string };
  replicationSpecs?: unknown;
  /** Looks at it until its state changes. */
  busyFor: number;
};
type User = { databaseName: string; username: string; scopes: Named[] } & Record<string, unknown>;
type Project = {
  id: string;
  name: string;
  orgId: string;
  clusters: Map<string, Cluster>;
  flexClusters: Map<string, Cluster>;
  databaseUsers: Map<string, User>;
  accessList: Map<string, { cidrBlock: string; comment?: string }>;
};

export type AtlasFake = ProviderFake & { projects: Map<string, Project> };

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * Atlas's Administration API as its documentation has it: digest authentication, the version of the API in each
 * request, clusters that take their time to be made and to go, and projects that stay while they have clusters.
 */
export async function startAtlasFake(publicKey: string, privateKey: string): Promise<AtlasFake> {
  const projects = new Map<string, Project>();
  const nonce = randomBytes(8).toString('hex');
  const realm = 'MMS Public API';
  const challenge = `Digest realm="${realm}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=false`;

  function authorize({ headers, method, url }: IncomingMessage): FakeAnswer | undefined {
    const given = headers.authorization ?? '';
    const field = (name: string) => new RegExp(`(?:^|[ ,])${name}="?([^",]*)`).exec(given)?.[1] ?? '';
    const refused = {
      status: 401,
      body: { detail: 'You are not authorized for this resource.' },
      headers: { 'www-authenticate': challenge },
    };
    if (field('username') !== publicKey || field('nonce') !== nonce || field('uri') !== url) return refused;
    const secret = md5(`${publicKey}:${realm}:${privateKey}`);
    const proof = [secret, nonce, field('nc'), field('cnonce'), 'auth', md5(`${method}:${url}`)].join(':');
    if (field('response') !== md5(proof)) return refused;
    return headers.accept === 'application/vnd.atlas.2024-11-13+json'
      ? undefined
      : { status: 406, body: { detail: `no version ${headers.accept}` } };
  }

  const fake = await startProviderFake(authorize, ({ method, path, body }) => {
    const [, , where = '', kind, ...rest] = path.split('/');
    if (path === '/groups' && method === 'POST') {
      const { name, orgId } = body as Project;
      const lists = { clusters: new Map(), flexClusters: new Map(), databaseUsers: new Map() };
      const project = { id: randomBytes(12).toString('hex'), name, orgId, ...lists, accessList: new Map() };
      projects.set(project.id, project);
      return ok({ id: project.id, name, orgId });
    }
    if (where === 'byName') {
      const found = [...projects.values()].find(({ name }) => name === kind);
      return found ? ok({ id: found.id, name: found.name }) : refuse(404, `No group named ${kind}.`);
    }
    const project = projects.get(where);
    if (!project) return refuse(404, `No group ${where}.`);
    switch (kind) {
      case undefined: {
        if (method !== 'DELETE') return refuse(405, method);
        if (project.clusters.size + project.flexClusters.size > 0)
          return refuse(409, 'There are clusters in the group.');
        projects.delete(where);
        return ok({});
      }
      case 'clusters':
      case 'flexClusters':
        return answerCluster(project, kind, method, rest[0], body);
      case 'databaseUsers':
        return answerUser(project, method, rest, body);
      case 'accessList':
        return answerAccess(project, method, rest.join('/'), body);
      default:
        return refuse(404, path);
    }
  });
  return { ...fake, projects };
}

const ok = (body: unknown): FakeAnswer => ({ status: 200, body });
const refuse = (status: number, detail: string): FakeAnswer => ({ status, body: { detail } });

function answerCluster(
  project: Project,
  kind: 'clusters' | 'flexClusters',
  method: string,
  name: string | undefined,
  body: Cluster,
): FakeAnswer {
  const clusters = project[kind];
  if (name === undefined) {
    if (method === 'POST') {
      clusters.set(body.name, { ...body, stateName: 'CREATING', busyFor: 2 });
      return ok(clusters.get(body.name));
    }
    for (const cluster of clusters.values()) age(clusters, cluster);
    return ok({ results: [...clusters.values()] });
  }
  const cluster = clusters.get(name);
  if (!cluster) {
    const other = kind === 'clusters' ? project.flexClusters : project.clusters;
    return other.has(name) ? refuse(400, `${name} is no member of ${kind}.`) : refuse(404, `No ${name}.`);
  }
  if (method === 'PATCH') Object.assign(cluster, body);
  if (method === 'DELETE') Object.assign(cluster, { stateName: 'DELETING', busyFor: 2 });
  if (method === 'GET') age(clusters, cluster);
  return ok(cluster);
}

function age(clusters: Map<string, Cluster>, cluster: Cluster): void {
  if (cluster.busyFor > 0) {
    cluster.busyFor--;
    return;
  }
  if (cluster.stateName === 'DELETING') clusters.delete(cluster.name);
  cluster.stateName = 'IDLE';
  cluster.connectionStrings = {
    standardSrv: `mongodb+srv://${cluster.name.toLowerCase()}.ab1cd.mongodb.net`,
  };
}

function answerUser({ databaseUsers }: Project, method: string, rest: string[], body: User): FakeAnswer {
  if (rest.length === 0) {
    if (method === 'GET') return ok({ results: [...databaseUsers.values()] });
    const key = `${body.databaseName}/${body.username}`;
    if (databaseUsers.has(key)) return refuse(409, `There is a user ${body.username} already.`);
    databaseUsers.set(key, body);
    return ok(body);
  }
  const key = rest.join('/');
  const user = databaseUsers.get(key);
  if (!user) return refuse(404, `No user ${key}.`);
  if (method === 'DELETE') databaseUsers.delete(key);
  else Object.assign(user, body);
  return ok(user);
}

function answerAccess(
  { accessList }: Project,
  method: string,
  block: string,
  body: { cidrBlock: string }[],
): FakeAnswer {
  if (method === 'DELETE') return accessList.delete(block) ? ok({}) : refuse(404, `No entry ${block}.`);
  if (method === 'POST') for (const entry of body) accessList.set(entry.cidrBlock, entry);
  return ok({ results: [...accessList.values()] });
}

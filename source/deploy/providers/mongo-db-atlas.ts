import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../model/errors.ts';
import type { MongoDbAtlasProperties } from '../../synth/synthesize-stack.ts';
import {
  clusterBody,
  type DedicatedCluster,
  differencesOf,
  type FlexCluster,
  withScaledSizes,
} from './atlas-cluster.ts';
import { type AtlasAccount, ensureAccess, ensureUsers, removeUsers } from './atlas-users.ts';
import { fetchWithDigest } from './digest-auth.ts';
import type { ProviderClient, ProviderScope } from './provider.ts';
import { type ProviderHttp, providerHttp } from './provider-http.ts';

const publicAddress = 'https://cloud.mongodb.com/api/atlas/v2';

/** The version of the API, which each request names. */
const mediaType = 'application/vnd.atlas.2024-11-13+json';

type State = { stateName: string; connectionStrings?: { standardSrv?: string } };

type Project = { id: string };

/**
 * The Administration API of MongoDB Atlas. The clusters of a stack are in a project of their own, and functions prove
 * who they are by their roles, so that no password is anywhere.
 * @see https://www.mongodb.com/docs/api/doc/atlas-admin-api-v2/
 */
export function mongoDbAtlas(account: AtlasAccount, address: string | undefined): ProviderClient {
  const title = 'MongoDB Atlas';
  const httpFor = ({ signal, pollInterval }: ProviderScope) =>
    providerHttp({
      title,
      baseUrl: address ?? publicAddress,
      messageOf: (body) => (body as { detail?: string } | undefined)?.detail,
      fetch: (url, init) => {
        const headers = new Headers(init.headers);
        headers.set('accept', mediaType);
        if (init.body !== undefined) headers.set('content-type', mediaType);
        return fetchWithDigest(
          url,
          { ...init, headers },
          { username: account.publicKey, password: account.privateKey },
        );
      },
      signal,
      pollInterval,
    });

  return {
    title,
    async has({ name }, scope) {
      const http = httpFor(scope);
      const project = await findProject(http, scope);
      return project !== undefined && (await findCluster(http, project, name)) !== undefined;
    },

    async ensure({ name, properties }, roleArns, scope) {
      const http = httpFor(scope);
      const settings = properties as MongoDbAtlasProperties;
      const body = clusterBody(name, settings, scope.region);
      const project =
        (await findProject(http, scope)) ?? (await makeProject(http, scope, account.organizationId));
      const path = `/groups/${project.id}/${isDedicated(body) ? 'clusters' : 'flexClusters'}`;
      const found = await findCluster(http, project, name);
      if (!found) {
        scope.notice(`MongoDB Atlas makes the cluster ${name}, which takes some minutes.`);
        await http.send({ method: 'POST', path, body });
        scope.created();
      } else if (isDedicated(found) !== isDedicated(body)) {
        throw otherKind(name, settings.clusterTier, isDedicated(found));
      }
      const update = found && isDedicated(found) && isDedicated(body) ? withScaledSizes(body, found) : body;
      const differences = found ? differencesOf(update, found) : [];
      return {
        values: { connectionString: await whenMade(http, `${path}/${name}`, scope) },
        differences,
        async apply() {
          await ensureAccess(http, project.id, account);
          await ensureUsers(http, project.id, { name, roleArns, admin: settings.adminUserCredentials });
          if (differences.length > 0) {
            await http.send({ method: 'PATCH', path: `${path}/${name}`, body: update });
          }
        },
      };
    },

    async remove({ name }, scope) {
      const http = httpFor(scope);
      const project = await findProject(http, scope);
      if (!project) return;
      await removeUsers(http, project.id, name);
      const found = await findCluster(http, project, name);
      if (!found || found.stateName === 'DELETING') return;
      const kind = isDedicated(found) ? 'clusters' : 'flexClusters';
      await http.send({ method: 'DELETE', path: `/groups/${project.id}/${kind}/${name}` });
    },

    async removeRest(scope) {
      const http = httpFor(scope);
      const project = await findProject(http, scope);
      if (!project) return;
      // Atlas keeps a project while clusters in it are being deleted.
      for (;;) {
        const clusters = await clustersOf(http, project);
        if (clusters.length === 0) break;
        // One that stays, which nobody knew of or somebody else has made, would be waited for without end.
        if (clusters.some(({ stateName }) => stateName !== 'DELETING')) return;
        await wait(scope.pollInterval, undefined, { signal: scope.signal });
      }
      await http.send({ method: 'DELETE', path: `/groups/${project.id}` });
    },
  };
}

const projectName = ({ stackName, region }: ProviderScope): string => `${stackName}-${region}`;

const findProject = (http: ProviderHttp, scope: ProviderScope): Promise<Project | undefined> =>
  http.send<Project>({
    method: 'GET',
    path: `/groups/byName/${encodeURIComponent(projectName(scope))}`,
    orNothing: true,
  });

async function makeProject(http: ProviderHttp, scope: ProviderScope, orgId: string): Promise<Project> {
  scope.notice(`MongoDB Atlas makes the project ${projectName(scope)}.`);
  return http.send<Project>({ method: 'POST', path: '/groups', body: { name: projectName(scope), orgId } });
}

type FoundCluster = State & (DedicatedCluster | FlexCluster);

const isDedicated = (cluster: DedicatedCluster | FlexCluster): cluster is DedicatedCluster =>
  'replicationSpecs' in cluster;

/** Of both kinds; each kind's API refuses to look at a cluster of the other one, and lists leave it out. */
async function clustersOf(http: ProviderHttp, { id }: Project): Promise<FoundCluster[]> {
  const lists = await Promise.all(
    ['clusters', 'flexClusters'].map((kind) =>
      http.send<{ results?: FoundCluster[] }>({ method: 'GET', path: `/groups/${id}/${kind}` }),
    ),
  );
  return lists.flatMap(({ results }) => results ?? []);
}

const findCluster = async (http: ProviderHttp, project: Project, name: string) =>
  (await clustersOf(http, project)).find((one) => one.name === name);

/** The connection string, which is there once the cluster is. */
async function whenMade(http: ProviderHttp, path: string, scope: ProviderScope): Promise<string> {
  for (;;) {
    const { stateName, connectionStrings } = await http.send<State>({ method: 'GET', path });
    if (stateName === 'DELETING') {
      throw new UserError('The cluster is being deleted at MongoDB Atlas.', {
        code: 'provider-refused',
        exitCode: 1,
        hint: 'Deploy again when it is gone.',
      });
    }
    if (stateName !== 'CREATING' && connectionStrings?.standardSrv) return connectionStrings.standardSrv;
    await wait(scope.pollInterval, undefined, { signal: scope.signal });
  }
}

const otherKind = (name: string, tier: string, dedicated: boolean): UserError =>
  new UserError(
    `"clusterTier" of ${name} cannot become ${tier}: it is a ${dedicated ? 'dedicated' : 'Flex'} cluster at MongoDB Atlas.`,
    {
      code: 'immutable-property',
      hint: dedicated
        ? 'Set it back, or give the resource another name; the old one is then removed with its data.'
        : 'Upgrade the cluster at MongoDB Atlas first, and deploy again.',
    },
  );

import { randomInt } from 'node:crypto';
import type { Api, Authorizer, Deployment, Integration, Route, Stage } from '@aws-sdk/client-apigatewayv2';
import type { Backend } from '../../backend.ts';
import { notFound } from './errors.ts';

/** Times are kept as numbers and become dates when they are shown. */
type Stored<T> = Omit<T, 'CreatedDate' | 'LastUpdatedDate'> & { createdAt?: number; updatedAt?: number };

/** What is kept of an API, by kind. A stage's id is its name. */
export type Kinds = {
  api: Stored<Api>;
  stage: Stored<Stage>;
  route: Route;
  integration: Integration;
  deployment: Stored<Deployment> & { snapshot: { routes: Route[]; integrations: Integration[] } };
  authorizer: Authorizer;
};

export type Kind = keyof Kinds;

export type ApiStore = {
  find<K extends Kind>(kind: K, apiId: string, id: string): Kinds[K] | undefined;
  /** @throws ServiceError NotFoundException */
  get<K extends Kind>(kind: K, apiId: string, id: string): Kinds[K];
  list<K extends Kind>(kind: K, apiId: string): Kinds[K][];
  put<K extends Kind>(kind: K, apiId: string, id: string, value: Kinds[K]): void;
  remove(kind: Kind, apiId: string, id: string): void;
  apis(): Kinds['api'][];
  /** With everything in it. */
  removeApi(apiId: string): void;
  /** Grows with every change to an API, so that what is made from it can be kept. */
  revision(apiId: string): number;
};

const names: Record<Kind, string> = {
  api: 'API',
  stage: 'Stage',
  route: 'Route',
  integration: 'Integration',
  deployment: 'Deployment',
  authorizer: 'Authorizer',
};

export function createApiStore(backend: Backend): ApiStore {
  const { database } = backend;
  database.exec(`
    CREATE TABLE IF NOT EXISTS apigateway_items (
      api_id TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, value TEXT NOT NULL,
      PRIMARY KEY (api_id, kind, id)
    ) WITHOUT ROWID;
  `);
  const select = database.prepare(
    'SELECT value FROM apigateway_items WHERE api_id = ? AND kind = ? AND id = ?',
  );
  const selectAll = database.prepare('SELECT value FROM apigateway_items WHERE api_id = ? AND kind = ?');
  const selectApis = database.prepare("SELECT value FROM apigateway_items WHERE kind = 'api'");
  const upsert = database.prepare('INSERT OR REPLACE INTO apigateway_items VALUES (?, ?, ?, ?)');
  const remove = database.prepare('DELETE FROM apigateway_items WHERE api_id = ? AND kind = ? AND id = ?');
  const removeAll = database.prepare('DELETE FROM apigateway_items WHERE api_id = ?');
  const revisions = new Map<string, number>();
  const changed = (apiId: string): void => void revisions.set(apiId, (revisions.get(apiId) ?? 0) + 1);

  const find = <K extends Kind>(kind: K, apiId: string, id: string): Kinds[K] | undefined => {
    const row = select.get(apiId, kind, id);
    return row && JSON.parse(String(row.value));
  };

  return {
    find,
    get(kind, apiId, id) {
      const found = find(kind, apiId, id);
      if (found === undefined)
        throw notFound(names[kind], kind === 'api' ? `${backend.accountId}:${id}` : id);
      return found;
    },
    list: (kind, apiId) => selectAll.all(apiId, kind).map((row) => JSON.parse(String(row.value))),
    put(kind, apiId, id, value) {
      upsert.run(apiId, kind, id, JSON.stringify(value));
      changed(apiId);
    },
    remove(kind, apiId, id) {
      remove.run(apiId, kind, id);
      changed(apiId);
    },
    apis: () => selectApis.all().map((row) => JSON.parse(String(row.value))),
    removeApi(apiId) {
      removeAll.run(apiId);
      changed(apiId);
    },
    revision: (apiId) => revisions.get(apiId) ?? 0,
  };
}

const letters = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Ten lower-case letters and digits for an API; its parts have seven. */
export function newId(length: 7 | 10): string {
  let id = '';
  while (id.length < length) id += letters[randomInt(letters.length)];
  return id;
}

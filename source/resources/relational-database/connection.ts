import { getAtt, isKnownLater, join, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';
import { clusterId } from './cluster.ts';
import { databaseName, engineOf } from './engines.ts';
import { instanceId, replicaId, replicasOf } from './instances.ts';
import type { Database } from './properties.ts';

type Address = { host: Value; port: Value };

/** What `$ResourceParam` gives of a database, and what functions are told of it (spec 2.3, 5 and 13.7). */
export function databaseParams(resource: Database, names: Names): Record<string, Value> {
  const { name, properties } = resource;
  const { kind } = engineOf(properties.engine.type);
  const isInstance = kind === 'instance';
  const id = isInstance ? instanceId(names, name) : clusterId(names, name);
  const address = { host: getAtt(id, 'Endpoint.Address'), port: getAtt(id, 'Endpoint.Port') };
  const dbName = databaseName(properties.engine);
  return {
    host: address.host,
    hosts: address.host,
    port: address.port,
    ...(dbName === undefined ? {} : { dbName }),
    connectionString: connectionString(resource, address),
    jdbcConnectionString: jdbcConnectionString(resource, address),
    ...(isInstance ? replicaParams(resource, names) : {}),
    ...(kind === 'cluster' || kind === 'serverless-v2' ? readerParams(resource, id) : {}),
  };
}

function readerParams(resource: Database, id: string): Record<string, Value> {
  const reader = { host: getAtt(id, 'ReadEndpoint.Address'), port: getAtt(id, 'Endpoint.Port') };
  return {
    readerHost: reader.host,
    readerPort: reader.port,
    readerConnectionString: connectionString(resource, reader),
    readerJdbcConnectionString: jdbcConnectionString(resource, reader),
  };
}

/** Of all replicas, with commas between them; ports by the number of the replica, too. */
function replicaParams(resource: Database, names: Names): Record<string, Value> {
  const addresses = replicasOf(resource).map((_, index) => {
    const id = replicaId(names, resource.name, index);
    return { host: getAtt(id, 'Endpoint.Address'), port: getAtt(id, 'Endpoint.Port') };
  });
  if (addresses.length === 0) return {};
  const list = (values: Value[]) => join(',', values);
  return {
    readReplicaHosts: list(addresses.map(({ host }) => host)),
    readReplicaPorts: list(addresses.map(({ port }) => port)),
    ...Object.fromEntries(addresses.map(({ port }, index) => [`readReplica${index}Port`, port])),
    readReplicaConnectionStrings: list(addresses.map((one) => connectionString(resource, one))),
    readReplicaJdbcConnectionStrings: list(addresses.map((one) => jdbcConnectionString(resource, one))),
  };
}

/** In an address a character such as # would end it; what CloudFormation fills in cannot be encoded here. */
const encoded = (value: Value): Value => (isKnownLater(value) ? value : encodeURIComponent(String(value)));

/** SQL Server's addresses are lists of properties: braces keep a semicolon from ending one. */
const inBraces = (value: Value): Value =>
  isKnownLater(value) || !/[;{}]/.test(String(value)) ? value : `{${String(value).replaceAll('}', '}}')}}`;

function credentialsOf({ properties: { credentials } }: Database): { user: Value; password: Value } {
  const user: Value = credentials.masterUserName ?? 'db_master_user';
  const password: Value = credentials.masterUserPassword;
  return { user, password };
}

function connectionString(resource: Database, { host, port }: Address): Value {
  const { engine } = resource.properties;
  const { user, password } = credentialsOf(resource);
  const dbName = databaseName(engine);
  return text([
    `${engineOf(engine.type).protocol}://`,
    encoded(user),
    ':',
    encoded(password),
    '@',
    host,
    ':',
    port,
    dbName === undefined ? '' : `/${dbName}`,
  ]);
}

function jdbcConnectionString(resource: Database, { host, port }: Address): Value {
  const { engine } = resource.properties;
  const { user, password } = credentialsOf(resource);
  const dbName = databaseName(engine) ?? '';
  const { jdbc } = engineOf(engine.type);
  switch (jdbc) {
    case 'oracle':
      return text(['jdbc:oracle:thin:', user, '/', password, '@', host, ':', port, `:${dbName}`]);
    case 'sqlserver':
      return text(['jdbc:sqlserver://', host, ':', port, ';user=', user, ';password=', inBraces(password)]);
    default:
      return text([
        `jdbc:${jdbc}://`,
        host,
        ':',
        port,
        `/${dbName}?user=`,
        encoded(user),
        '&password=',
        encoded(password),
      ]);
  }
}

/** One text of parts; neighbours that are text already are put together. */
function text(parts: readonly Value[]): Value {
  const joined: Value[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else if (part !== '') joined.push(part);
  }
  return join('', joined);
}

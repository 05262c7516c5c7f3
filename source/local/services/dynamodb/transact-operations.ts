import { hash } from 'node:crypto';
import type {
  CancellationReason,
  ItemResponse,
  TransactGetItemsCommandInput,
  TransactGetItemsCommandOutput,
  TransactWriteItem,
  TransactWriteItemsCommandInput,
  TransactWriteItemsCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { base64 } from './attribute-value.ts';
import { capacityList, itemIdentity } from './batch-operations.ts';
import type { Catalog } from './catalog.ts';
import { Constraints } from './constraints.ts';
import { addUsage, readUnits, type Usage } from './consumed-capacity.ts';
import { validationError } from './errors.ts';
import { project } from './expressions/projection.ts';
import { parseExpressions } from './expressions/request-expressions.ts';
import { checkKey } from './item-key.ts';
import type { ItemStore } from './item-store.ts';
import {
  checkRequest,
  deleteRequest,
  putRequest,
  updateRequest,
  type WriteRequest,
  write,
} from './item-write.ts';
import type { Table } from './table.ts';

const mostActions = 100;
const largestTransaction = 4 * 1024 * 1024;
/** Reads and writes of a transaction cost twice what they cost alone. */
const factor = 2;
const tokenLife = 10 * 60_000;

const none: CancellationReason = { Code: 'None' };

/** Transactions: all or nothing. */
export function transactOperations(backend: Backend, catalog: Catalog, store: ItemStore) {
  const tokens = new RequestTokens(backend);

  const transactWriteItems: Operation<TransactWriteItemsCommandInput, TransactWriteItemsCommandOutput> = (
    input,
  ) => {
    const actions = input.TransactItems;
    new Constraints()
      .required('transactItems', actions)
      .length('transactItems', actions, 1, mostActions)
      .length('clientRequestToken', input.ClientRequestToken, 1, 36)
      .enforce();
    const requests = (actions ?? []).map((action) => {
      const request = requestOf(action);
      return { request, table: catalog.usable(request.tableName) };
    });
    const usages = store.transaction(() => {
      if (tokens.isRepeated(input)) return new Map(requests.map(({ table }) => [table, noUsage]));
      return execute(store, requests);
    });
    return { ConsumedCapacity: capacityList(input.ReturnConsumedCapacity, usages) };
  };

  const transactGetItems: Operation<TransactGetItemsCommandInput, TransactGetItemsCommandOutput> = (
    input,
  ) => {
    const actions = input.TransactItems;
    new Constraints()
      .required('transactItems', actions)
      .length('transactItems', actions, 1, mostActions)
      .enforce();
    const seen = new Set<string>();
    const usages = new Map<Table, Usage>();
    const responses = (actions ?? []).map(({ Get }): ItemResponse => {
      if (!Get) throw new TypeError('a read without Get');
      const { projection } = parseExpressions(Get, ['ProjectionExpression']);
      const table = catalog.usable(Get.TableName);
      const key = checkKey(table, Get.Key);
      refuseRepeated(seen, itemIdentity(table, key));
      const stored = store.get(table, key.position);
      const usage = { table: readUnits(stored?.size ?? 0, true), indexes: new Map<string, number>() };
      usages.set(table, addUsage(usages.get(table), usage, factor));
      if (!stored) return {};
      return { Item: projection ? project(stored.item, projection) : stored.item };
    });
    return { Responses: responses, ConsumedCapacity: capacityList(input.ReturnConsumedCapacity, usages) };
  };

  return { TransactWriteItems: transactWriteItems, TransactGetItems: transactGetItems };
}

const noUsage: Usage = { table: 0, indexes: new Map() };

function requestOf({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): WriteRequest {
  if ([Put, Update, Delete, ConditionCheck].filter((action) => action !== undefined).length !== 1) {
    throw validationError('TransactItems can only contain one of Check, Put, Update or Delete');
  }
  if (Put) return putRequest(Put);
  if (Update) {
    new Constraints().required('updateExpression', Update.UpdateExpression).enforce();
    return updateRequest(Update);
  }
  if (Delete) return deleteRequest(Delete);
  if (ConditionCheck) return checkRequest(ConditionCheck);
  throw new TypeError('an action of no kind');
}

/** Tries every action, so that the reasons for a cancellation are complete. */
function execute(store: ItemStore, requests: { request: WriteRequest; table: Table }[]): Map<Table, Usage> {
  const usages = new Map<Table, Usage>();
  const seen = new Set<string>();
  let bytes = 0;
  const reasons = requests.map(({ request, table }): CancellationReason => {
    try {
      const key = request.key(table);
      refuseRepeated(seen, itemIdentity(table, key));
      const { after, cost } = write(store, table, key, request);
      bytes += after?.size ?? 0;
      usages.set(table, addUsage(usages.get(table), cost, factor));
      return none;
    } catch (error) {
      return cancellationReason(error);
    }
  });
  if (reasons.some((reason) => reason !== none)) {
    const codes = reasons.map(({ Code }) => Code).join(', ');
    throw new ServiceError(
      'TransactionCanceledException',
      `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
      400,
      { CancellationReasons: reasons },
    );
  }
  if (bytes > largestTransaction) {
    throw validationError('The aggregate size of the items in the transaction exceeds 4 MB');
  }
  return usages;
}

class RepeatedItem extends ServiceError {
  constructor() {
    super('ValidationException', 'Transaction request cannot include multiple operations on one item');
  }
}

function refuseRepeated(seen: Set<string>, identity: string): void {
  if (seen.has(identity)) throw new RepeatedItem();
  seen.add(identity);
}

function cancellationReason(error: unknown): CancellationReason {
  if (!(error instanceof ServiceError) || error instanceof RepeatedItem) throw error;
  if (error.code === 'ConditionalCheckFailedException') {
    return { Code: 'ConditionalCheckFailed', Message: error.message, ...error.members };
  }
  if (error.code === 'ValidationException') return { Code: 'ValidationError', Message: error.message };
  throw error;
}

/** Client tokens of the last ten minutes, so that a request sent again is not done again. */
class RequestTokens {
  readonly #backend: Backend;

  constructor(backend: Backend) {
    this.#backend = backend;
    backend.database.exec(`
      CREATE TABLE IF NOT EXISTS dynamodb_request_tokens (
        token TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        expires_at INTEGER NOT NULL
      ) WITHOUT ROWID`);
  }

  /** Remembers the token of a new request. Throws when it came before with other parameters. */
  isRepeated({ ClientRequestToken: token, TransactItems }: TransactWriteItemsCommandInput): boolean {
    if (token === undefined) return false;
    const { database } = this.#backend;
    const now = this.#backend.now();
    database.prepare('DELETE FROM dynamodb_request_tokens WHERE expires_at <= ?').run(now);
    const digest = hash('sha256', canonicalJson(TransactItems));
    const known = database.prepare('SELECT digest FROM dynamodb_request_tokens WHERE token = ?').get(token);
    if (!known) {
      database
        .prepare('INSERT INTO dynamodb_request_tokens (token, digest, expires_at) VALUES (?, ?, ?)')
        .run(token, digest, now + tokenLife);
      return false;
    }
    if (known.digest === digest) return true;
    throw new ServiceError(
      'IdempotentParameterMismatchException',
      'The provided client token was used in the last 10 minutes with different request parameters',
    );
  }
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Uint8Array) return base64(part);
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

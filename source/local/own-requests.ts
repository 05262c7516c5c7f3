import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Backend, Service, ServiceId } from './backend.ts';
import type { ProjectKey } from './keys.ts';

/** What `/_stp/` answers with, for the command line. */
export type OwnRequests = {
  directory: string;
  /** Added to `/_stp/health`, which anybody on this machine may read. */
  health: Record<string, unknown>;
  key: ProjectKey;
  services: ReadonlyMap<ServiceId, Service>;
  backend(): Pick<Backend, 'call'> | undefined;
};

/** Answers requests that are the program's own and no service's. False where it is none. */
export function answerOwn(request: IncomingMessage, response: ServerResponse, own: OwnRequests): boolean {
  if (request.method !== 'GET' || !request.url?.startsWith('/_stp/')) return false;
  if (request.url === '/_stp/health') {
    sendJson(response, 200, { pid: process.pid, directory: own.directory, ...own.health });
  } else if (request.url !== '/_stp/status') {
    sendJson(response, 404, {});
  } else if (!isSecret(request.headers['x-stp-secret'], own.key)) {
    sendJson(response, 403, {});
  } else {
    readStacks(own).then(
      (stacks) => sendJson(response, 200, { stacks }),
      () => sendJson(response, 500, {}),
    );
  }
  return true;
}

async function readStacks(own: OwnRequests): Promise<{ name: string; status: string }[]> {
  const backend = own.backend();
  if (backend === undefined || !own.services.get('cloudformation')?.operations.DescribeStacks) return [];
  const stacks: { name: string; status: string }[] = [];
  let token: string | undefined;
  do {
    const page: { Stacks?: { StackName?: string; StackStatus?: string }[]; NextToken?: string } =
      await backend.call('cloudformation', 'DescribeStacks', token === undefined ? {} : { NextToken: token });
    for (const { StackName = '', StackStatus = '' } of page.Stacks ?? []) {
      stacks.push({ name: StackName, status: StackStatus });
    }
    token = page.NextToken;
  } while (token !== undefined);
  return stacks;
}

function isSecret(given: string | string[] | undefined, key: ProjectKey): boolean {
  const expected = Buffer.from(key.secretAccessKey);
  const actual = Buffer.from(typeof given === 'string' ? given : '');
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../model/errors.ts';

export type ProviderRequest = { method: 'GET' | 'POST' | 'PATCH' | 'DELETE'; path: string; body?: unknown };

export type ProviderHttp = {
  /** The parsed body; undefined for 404 where that is no error. */
  send<T>(request: ProviderRequest & { orNothing: true }): Promise<T | undefined>;
  send<T>(request: ProviderRequest): Promise<T>;
};

type Options = {
  title: string;
  baseUrl: string;
  /** How its message is found in an answer that refuses. */
  messageOf(body: unknown): string | undefined;
  /** Sends with what proves who is calling. */
  fetch(url: URL, init: RequestInit & { method: string }): Promise<Response>;
  signal: AbortSignal;
  pollInterval: number;
};

const attempts = 4;

/** Busy or not there: nothing was done, also for what is no GET. */
const busy = [429, 502, 503, 504];

/** JSON over HTTPS to a provider; tries again where the provider says that it is busy or cannot be reached. */
export function providerHttp(options: Options): ProviderHttp {
  const { title, signal } = options;

  async function answer({ method, path, body }: ProviderRequest): Promise<Response> {
    const url = new URL(`${options.baseUrl.replace(/\/$/, '')}${path}`);
    const timeout = AbortSignal.timeout(60_000);
    const init = {
      method,
      // What changes something is waited for: else nobody would know whether it was done.
      signal: method === 'GET' ? AbortSignal.any([signal, timeout]) : timeout,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    };
    for (let attempt = 1; ; attempt++) {
      signal.throwIfAborted();
      let reason: unknown;
      try {
        const response = await options.fetch(url, init);
        if (attempt === attempts || !busy.includes(response.status)) return response;
        await response.body?.cancel();
      } catch (error) {
        reason = error;
        // What was asked for may have been done, and would be done twice.
        if (attempt === attempts || (method !== 'GET' && !isRefusedConnection(error)))
          throw unreachable(title, url, reason);
      }
      await wait(options.pollInterval * attempt, undefined, { signal });
    }
  }

  async function send<T>(request: ProviderRequest & { orNothing?: true }): Promise<T | undefined> {
    const response = await answer(request);
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : parse(text)) as T;
    if (response.status === 404 && request.orNothing) return undefined;
    const message = options.messageOf(parse(text)) ?? (text.slice(0, 300) || response.statusText);
    if (response.status === 401 || response.status === 403) {
      throw new UserError(`${title} refuses the account of "providerConfig": ${message}`, {
        code: 'provider-credentials',
        exitCode: 1,
        hint: 'Check the keys, and what they may do.',
      });
    }
    throw new UserError(`${title} refuses (${response.status}): ${message}`, {
      code: 'provider-refused',
      exitCode: 1,
    });
  }

  return { send } as ProviderHttp;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRefusedConnection = (error: unknown): boolean =>
  ((error as { cause?: { code?: string } }).cause?.code ?? '') === 'ECONNREFUSED';

function unreachable(title: string, { origin }: URL, reason: unknown): UserError {
  const cause = (reason as { cause?: Error }).cause ?? (reason as Error);
  return new UserError(`${title} cannot be reached at ${origin}: ${cause.message}`, {
    code: 'provider-unreachable',
    exitCode: 1,
    hint: 'Try again when it can be; what is there already is found again.',
  });
}

import type { ProviderClient, ProviderScope } from './provider.ts';
import { providerHttp } from './provider-http.ts';
import { ensureTopic, findTopic, removeTopic } from './upstash-kafka.ts';
import { ensureDatabase, findDatabase, removeDatabase } from './upstash-redis.ts';

const publicAddress = 'https://api.upstash.com/v2';

export type UpstashAccount = { accountEmail: string; apiKey: string };

/**
 * Upstash's Developer API. It answers to the e-mail address and the key of an account.
 * @see https://upstash.com/docs/devops/developer-api/introduction
 */
export function upstash(
  { accountEmail, apiKey }: UpstashAccount,
  address: string | undefined,
): ProviderClient {
  const authorization = `Basic ${Buffer.from(`${accountEmail}:${apiKey}`).toString('base64')}`;
  const httpFor = ({ signal, pollInterval }: ProviderScope) =>
    providerHttp({
      title: 'Upstash',
      baseUrl: address ?? publicAddress,
      messageOf: (body) =>
        typeof body === 'string' ? body : (body as { error?: string } | undefined)?.error,
      fetch: (url, init) => fetch(url, { ...init, headers: { ...init.headers, authorization } }),
      signal,
      pollInterval,
    });
  return {
    title: 'Upstash',
    async has({ name, type }, scope) {
      const http = httpFor(scope);
      const found = type === 'upstash-redis' ? findDatabase(http, name, scope) : findTopic(http, name, scope);
      return (await found) !== undefined;
    },
    ensure: (resource, _roleArns, scope) =>
      resource.type === 'upstash-redis'
        ? ensureDatabase(httpFor(scope), resource, scope)
        : ensureTopic(httpFor(scope), resource, scope),
    async remove({ name, type }, scope) {
      const http = httpFor(scope);
      if (type === 'upstash-redis') await removeDatabase(http, name, scope);
      else await removeTopic(http, name, scope);
    },
  };
}

import { get } from 'node:http';

export type Health = { pid: number; directory: string; version: string };

/** A server of ours answers at once; one that does not in this time hangs. */
const patienceMilliseconds = 3_000;

/**
 * Asks a server who it is. Undefined where nothing listens, or something that is no embedded AWS.
 * @throws Error where something listens but does not answer.
 */
export async function askHealth(endpoint: string): Promise<Health | undefined> {
  const health = (await fetchJson(`${endpoint}/_stp/health`, {})) as Partial<Health> | undefined;
  if (typeof health?.pid !== 'number' || typeof health.directory !== 'string') return undefined;
  return { pid: health.pid, directory: health.directory, version: String(health.version) };
}

/** A JSON answer, or undefined for a refused connection and for any other answer than 200 with JSON. */
export function fetchJson(url: string, headers: Record<string, string>): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = get(url, { headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', () => resolve(undefined));
      response.on('end', () => {
        try {
          resolve(response.statusCode === 200 ? JSON.parse(text) : undefined);
        } catch {
          resolve(undefined);
        }
      });
    });
    request.setTimeout(patienceMilliseconds, () => {
      reject(new Error(`${url} does not answer`));
      request.destroy();
    });
    request.on('error', () => resolve(undefined));
  });
}

import { createHash, randomBytes } from 'node:crypto';

const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/**
 * HTTP digest authentication, with MD5 and `qop="auth"` as MongoDB Atlas asks for it: the first request is answered
 * with a challenge, the second one proves the password.
 * @see https://www.rfc-editor.org/rfc/rfc7616
 */
export async function fetchWithDigest(
  url: URL,
  init: RequestInit & { method: string },
  { username, password }: { username: string; password: string },
): Promise<Response> {
  const first = await fetch(url, init);
  const challenge = first.headers.get('www-authenticate');
  if (first.status !== 401 || !challenge?.toLowerCase().startsWith('digest ')) return first;
  await first.body?.cancel();
  const { realm = '', nonce = '', qop, opaque, algorithm = 'MD5' } = fieldsOf(challenge);
  const uri = `${url.pathname}${url.search}`;
  const nc = '00000001';
  const cnonce = randomBytes(16).toString('hex');
  const secret = md5(`${username}:${realm}:${password}`);
  const request = md5(`${init.method}:${uri}`);
  const response = qop
    ? md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${request}`)
    : md5(`${secret}:${nonce}:${request}`);
  const fields = [
    `username="${username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${uri}"`,
    `algorithm=${algorithm}`,
    `response="${response}"`,
    ...(qop ? ['qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`] : []),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
  ];
  const headers = new Headers(init.headers);
  headers.set('authorization', `Digest ${fields.join(', ')}`);
  return fetch(url, { ...init, headers });
}

function fieldsOf(challenge: string): Record<string, string | undefined> {
  const fields: Record<string, string> = {};
  for (const [, name = '', quoted, plain] of challenge
    .slice('digest '.length)
    .matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g)) {
    fields[name.toLowerCase()] = quoted ?? plain ?? '';
  }
  return fields;
}

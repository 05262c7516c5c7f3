import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Target } from '../../source/aws/target.ts';

/**
 * A proxy in front of CloudFormation of the embedded AWS, to be cut or to answer in its place: `answer` gets each
 * request's body and says whether it has dealt with it. What goes through is signed anew for its new host.
 */
export async function startProxy(
  target: Target,
  answer: (response: ServerResponse, body: string) => boolean,
): Promise<{ endpoint: string; close(): void }> {
  const { host, hostname, port } = new URL(target.endpoint ?? '');
  const forward = async (incoming: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    if (answer(response, body.toString('utf8'))) return;
    const headers = { ...signed(target, host, body), 'content-type': 'application/x-www-form-urlencoded' };
    request({ hostname, port, method: 'POST', path: '/', headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(response);
    }).end(body);
  };
  const server = createServer((incoming, response) => void forward(incoming, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Signature version 4 over host and time. */
function signed(target: Target, host: string, body: Buffer): Record<string, string> {
  const { accessKeyId = '', secretAccessKey = '' } = target.credentials ?? {};
  const sha = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
  const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), target.region, 'cloudformation', 'aws4_request'];
  const canonical = `POST\n/\n\nhost:${host}\nx-amz-date:${time}\n\nhost;x-amz-date\n${sha(body)}`;
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope.join('/'), sha(canonical)].join('\n'));
  return {
    host,
    'x-amz-date': time,
    authorization: `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=host;x-amz-date, Signature=${signature.toString('hex')}`,
  };
}

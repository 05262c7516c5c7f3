import { request as httpRequest } from 'node:http';
import { IAMClient } from '@aws-sdk/client-iam';
import { S3Client } from '@aws-sdk/client-s3';

/** Where a request goes; a `TestAws` is one. */
export type Place = {
  server: { endpoint: string; region: string; accessKeyId: string; secretAccessKey: string };
};

type Credentials = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

export type Sent = { method: string; path: string; headers: Record<string, string>; body?: string | Buffer };
export type RawAnswer = { status: number; headers: Record<string, unknown>; text: string };

export type RawRequest = {
  service: string;
  method?: string;
  /** Percent-encoded. */
  path?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: string | Buffer;
  credentials?: Credentials;
  signedAt?: Date;
  /** `query`: a presigned URL, valid for 60 seconds. */
  place?: 'header' | 'query';
  /** False: no `x-amz-content-sha256` is sent, as SDKs in other languages leave it out. */
  sendsPayloadHash?: boolean;
};

type Message = { headers: Record<string, string>; query?: Record<string, string> };
type Signer = {
  sign(request: object, options: object): Promise<Message>;
  presign(request: object, options: object): Promise<Message>;
};

/** Signs a request with the SDK's own signer, for requests that its clients would not send. */
export async function sign(aws: Place, raw: RawRequest): Promise<Sent> {
  const { host, hostname, port } = new URL(aws.server.endpoint);
  const { method = 'POST', path = '/', query = {}, headers = {}, body = '', place = 'header' } = raw;
  const config = {
    region: aws.server.region,
    credentials: raw.credentials ?? aws.server,
    applyChecksum: raw.sendsPayloadHash ?? true,
  };
  const client = raw.service === 's3' ? new S3Client(config) : new IAMClient(config);
  const scheme = {
    name: 'sigv4',
    signingName: raw.service,
    signingRegion: aws.server.region,
    properties: {},
  };
  const signer = (await (client.config.signer as (scheme: object) => Promise<unknown>)(scheme)) as Signer;
  const message = {
    protocol: 'http:',
    hostname,
    port: Number(port),
    method,
    path,
    query,
    headers: { host, ...headers },
    body,
  };
  const options = { signingDate: raw.signedAt ?? new Date(), signingService: raw.service };
  const signed =
    place === 'header'
      ? await signer.sign(message, options)
      : await signer.presign(message, { ...options, expiresIn: 60 });
  client.destroy();
  const pairs = Object.entries(signed.query ?? query).map(
    ([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`,
  );
  return {
    method,
    path: pairs.length === 0 ? path : `${path}?${pairs.join('&')}`,
    headers: signed.headers,
    body,
  };
}

export const signedFetch = async (aws: Place, raw: RawRequest): Promise<RawAnswer> =>
  rawFetch(aws.server.endpoint, await sign(aws, raw));

/** Sends exactly this. */
export function rawFetch(endpoint: string, sent: Sent): Promise<RawAnswer> {
  const { port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    const { method, path, headers } = sent;
    const request = httpRequest(
      { host: '127.0.0.1', port, method, path, headers, agent: false },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      },
    );
    request.on('error', reject);
    request.end(sent.body);
  });
}

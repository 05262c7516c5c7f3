import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { PassThrough, Readable, Transform } from 'node:stream';
import { ServiceError } from '../backend.ts';
import { AwsChunkedDecoder } from './aws-chunked.ts';
import type { WireRequest } from './http-message.ts';
import type { Incoming } from './protocol.ts';
import { type Signature, signingKey } from './signature.ts';

/** Bodies that are read whole may have this many bytes; a function's code in base64 is the largest of them. */
const maximumBody = 128 * 1024 * 1024;

/**
 * The payload hash that a client signed: what it says in `x-amz-content-sha256`, or else the hash of the body,
 * which then has to be read first.
 */
export async function openBody(
  message: IncomingMessage,
  request: WireRequest,
  signature: Signature,
): Promise<{ payloadHash: string; source: Readable }> {
  const declared =
    request.headers['x-amz-content-sha256'] ??
    request.query.find(([key]) => key === 'X-Amz-Content-Sha256')?.[1];
  if (declared !== undefined) return { payloadHash: declared, source: message };
  if (signature.service === 's3') return { payloadHash: 'UNSIGNED-PAYLOAD', source: message };
  const body = await collect(through(message, new PassThrough()));
  return { payloadHash: createHash('sha256').update(body).digest('hex'), source: Readable.from([body]) };
}

/** The body behind its framing and its checks, to be read once. */
export function incomingOf(
  source: Readable,
  request: WireRequest,
  signature: Signature,
  secretAccessKey: string,
  payloadHash: string,
): Incoming {
  const stream = (): Readable => {
    if (payloadHash.startsWith('STREAMING-')) {
      const scope = `${signature.date}/${signature.region}/${signature.service}/aws4_request`;
      const signing = payloadHash.startsWith('STREAMING-AWS4-HMAC-SHA256-PAYLOAD')
        ? {
            key: signingKey(secretAccessKey, signature),
            seed: signature.signature,
            time: signature.time,
            scope,
          }
        : undefined;
      return through(source, new AwsChunkedDecoder(signing, request.headers['x-amz-trailer']));
    }
    return through(source, /^[0-9a-f]{64}$/.test(payloadHash) ? hashCheck(payloadHash) : new PassThrough());
  };
  return { request, stream, collect: () => collect(stream()) };
}

/**
 * Unlike `pipeline`, leaves the request alone when the step or its reader fails: destroying it would close the
 * connection before the error is answered.
 */
function through(source: Readable, step: Transform): Transform {
  source.pipe(step);
  // Its reader sees the error, also one that comes to read it later; without a listener it would end the process.
  step.on('error', () => {});
  source.once('error', (error) => step.destroy(error));
  source.once('close', () => {
    if (!source.readableEnded)
      step.destroy(new ServiceError('IncompleteBody', 'The request body is not complete.'));
  });
  step.once('close', () => {
    source.unpipe(step);
    source.resume();
  });
  return step;
}

function hashCheck(expected: string): Transform {
  const hash = createHash('sha256');
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      done(null, chunk);
    },
    flush(done) {
      if (hash.digest('hex') === expected) return done();
      done(
        new ServiceError(
          'XAmzContentSHA256Mismatch',
          "The provided 'x-amz-content-sha256' header does not match what was computed.",
        ),
      );
    },
  });
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += (chunk as Buffer).length;
    if (size > maximumBody)
      throw new ServiceError('RequestEntityTooLargeException', 'The request body is too large.', 413);
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

import { createHash, createHmac, type Hash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { ServiceError } from '../backend.ts';
import { checksumOf, isChecksumHeader, type RunningChecksum } from './checksum.ts';

/** What signed chunks are checked with; absent for `STREAMING-UNSIGNED-PAYLOAD-TRAILER`. */
export type ChunkSigning = {
  key: Buffer;
  /** The signature of the request, which the first chunk's builds on. */
  seed: string;
  time: string;
  scope: string;
};

type State = 'size' | 'data' | 'data-end' | 'trailer' | 'done';

/** Longer lines than this are no chunk headers or trailers. */
const maximumLine = 8_192;

/**
 * Takes the `aws-chunked` framing off a body: `size[;chunk-signature=…]CRLF data CRLF … 0 CRLF trailers CRLF`.
 * Checks chunk signatures and the checksum in the trailer.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
export class AwsChunkedDecoder extends Transform {
  private state: State = 'size';
  private line: Buffer = Buffer.alloc(0);
  private left = 0;
  private last = false;
  private readonly signing: ChunkSigning | undefined;
  private previous: string;
  private chunkSignature: string | undefined;
  private chunkHash: Hash = createHash('sha256');
  private readonly checksum: RunningChecksum | undefined;
  private readonly trailers = new Map<string, string>();

  /** @param trailerName Value of `x-amz-trailer`, such as `x-amz-checksum-crc32`. */
  constructor(signing: ChunkSigning | undefined, trailerName: string | undefined) {
    super();
    this.signing = signing;
    this.previous = signing?.seed ?? '';
    this.checksum =
      trailerName !== undefined && isChecksumHeader(trailerName) ? checksumOf(trailerName) : undefined;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    try {
      this.consume(chunk);
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      // The last line of the trailers may lack its end where there are none.
      if (this.state === 'trailer') this.finish();
      if (this.state !== 'done') throw incomplete();
      done();
    } catch (error) {
      done(error as Error);
    }
  }

  private consume(input: Buffer): void {
    let rest = input;
    while (rest.length > 0) {
      if (this.state === 'done') return;
      if (this.state === 'data') {
        const data = rest.subarray(0, this.left);
        this.left -= data.length;
        rest = rest.subarray(data.length);
        if (this.signing !== undefined) this.chunkHash.update(data);
        this.checksum?.update(data);
        this.push(data);
        if (this.left === 0) this.state = 'data-end';
        continue;
      }
      const end = rest.indexOf(0x0a);
      this.line = Buffer.concat([this.line, end === -1 ? rest : rest.subarray(0, end)]);
      if (this.line.length > maximumLine) throw incomplete();
      if (end === -1) return;
      rest = rest.subarray(end + 1);
      const line = this.line.toString('latin1').replace(/\r$/, '');
      this.line = Buffer.alloc(0);
      this.readLine(line);
    }
  }

  private readLine(line: string): void {
    if (this.state === 'size') {
      const [, size, signature] = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]+))?$/i.exec(line) ?? [];
      if (size === undefined) throw incomplete();
      this.left = Number.parseInt(size, 16);
      this.chunkSignature = signature;
      this.last = this.left === 0;
      if (this.last) this.checkChunk();
      this.state = this.last ? 'trailer' : 'data';
    } else if (this.state === 'data-end') {
      if (line !== '') throw incomplete();
      this.checkChunk();
      this.state = 'size';
    } else if (line === '') {
      this.finish();
    } else {
      const mark = line.indexOf(':');
      if (mark === -1) throw incomplete();
      this.trailers.set(line.slice(0, mark).trim().toLowerCase(), line.slice(mark + 1).trim());
    }
  }

  private checkChunk(): void {
    if (this.signing === undefined) return;
    const hash = this.chunkHash.digest('hex');
    this.chunkHash = createHash('sha256');
    const empty = createHash('sha256').digest('hex');
    this.compareSignature('AWS4-HMAC-SHA256-PAYLOAD', [empty, hash], this.chunkSignature);
  }

  private finish(): void {
    this.state = 'done';
    const signature = this.trailers.get('x-amz-trailer-signature');
    if (this.signing !== undefined && signature !== undefined) {
      const text = [...this.trailers]
        .filter(([name]) => name !== 'x-amz-trailer-signature')
        .map(([name, value]) => `${name}:${value}\n`)
        .join('');
      this.compareSignature(
        'AWS4-HMAC-SHA256-TRAILER',
        [createHash('sha256').update(text).digest('hex')],
        signature,
      );
    }
    if (this.checksum === undefined) return;
    const given = this.trailers.get(this.checksum.header);
    if (given === undefined)
      throw new ServiceError(
        'MalformedTrailerError',
        'The request contained trailing data that was not well-formed.',
      );
    if (given !== this.checksum.digest()) throw badChecksum(this.checksum.algorithm);
  }

  private compareSignature(kind: string, hashes: string[], given: string | undefined): void {
    if (this.signing === undefined) return;
    const { key, time, scope } = this.signing;
    const text = [kind, time, scope, this.previous, ...hashes].join('\n');
    const expected = createHmac('sha256', key).update(text).digest('hex');
    if (given !== expected) {
      throw new ServiceError(
        'SignatureDoesNotMatch',
        'The signature of a chunk does not match the signature you provided.',
        403,
      );
    }
    this.previous = expected;
  }
}

const incomplete = (): ServiceError =>
  new ServiceError('IncompleteBody', 'The request body terminated unexpectedly');

/** S3's words for a checksum that is not that of the body. */
export const badChecksum = (algorithm: string): ServiceError =>
  new ServiceError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);

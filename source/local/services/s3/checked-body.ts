import { ServiceError } from '../../backend.ts';
import { badChecksum } from '../../wire/aws-chunked.ts';
import { type ChecksumAlgorithm, checksumAlgorithms } from '../../wire/checksum.ts';
import type { Bodies, WrittenBody } from './bodies.ts';

/** Members of an upload that say what its body has to be. */
export type BodyInput = {
  Body?: unknown;
  ContentMD5?: string | undefined;
  ContentLength?: number | undefined;
  ChecksumAlgorithm?: string | undefined;
} & { [name in `Checksum${ChecksumAlgorithm}`]?: string | undefined };

/**
 * Writes a body and compares it with what the client said of it.
 * @throws ServiceError BadDigest, InvalidDigest; nothing is left behind then.
 */
export async function writeChecked(bodies: Bodies, input: BodyInput): Promise<WrittenBody> {
  const given = checksumAlgorithms.filter((name) => input[`Checksum${name}` as const] !== undefined);
  const asked = checksumAlgorithms.filter((algorithm) => algorithm === input.ChecksumAlgorithm);
  const written = await bodies.write(input.Body, [...new Set([...given, ...asked])]);
  const problem = findProblem(input, given, written);
  if (problem === undefined) return written;
  await bodies.remove(written.file);
  throw problem;
}

function findProblem(
  input: BodyInput,
  given: readonly ChecksumAlgorithm[],
  written: WrittenBody,
): ServiceError | undefined {
  for (const algorithm of given) {
    const name = `Checksum${algorithm}` as const;
    if (input[name] !== written.checksums[name]) return badChecksum(algorithm);
  }
  if (input.ContentMD5 === undefined) return undefined;
  const md5 = Buffer.from(input.ContentMD5, 'base64');
  if (md5.length !== 16)
    return new ServiceError('InvalidDigest', 'The Content-MD5 you specified was invalid');
  if (md5.toString('hex') === written.md5) return undefined;
  return new ServiceError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
}

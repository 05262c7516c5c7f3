import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Checksums of S3's objects, in the order in which S3 prefers them. */
export const checksumAlgorithms = ['CRC64NVME', 'CRC32', 'CRC32C', 'SHA1', 'SHA256'] as const;
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number];

export type RunningChecksum = {
  algorithm: ChecksumAlgorithm;
  /** `x-amz-checksum-crc32`. */
  header: string;
  update(data: Uint8Array): void;
  /** Base64, as on the wire. */
  digest(): string;
};

const prefix = 'x-amz-checksum-';

export const isChecksumHeader = (header: string): boolean =>
  checksumAlgorithms.some((algorithm) => header.toLowerCase() === prefix + algorithm.toLowerCase());

/** A checksum by its algorithm's name or by its header's. */
export function checksumOf(name: string): RunningChecksum {
  const wanted = name.toLowerCase().replace(prefix, '').toUpperCase();
  const algorithm = checksumAlgorithms.find((known) => known === wanted);
  if (algorithm === undefined) throw new Error(`there is no checksum ${name}`);
  const header = prefix + algorithm.toLowerCase();
  if (algorithm === 'SHA1' || algorithm === 'SHA256') {
    const hash = createHash(algorithm.toLowerCase());
    return {
      algorithm,
      header,
      update: (data) => void hash.update(data),
      digest: () => hash.digest('base64'),
    };
  }
  if (algorithm === 'CRC64NVME') {
    let value = 0n;
    const update = (data: Uint8Array) => {
      value = crc64(data, value);
    };
    const digest = () => {
      const bytes = Buffer.alloc(8);
      bytes.writeBigUInt64BE(value);
      return bytes.toString('base64');
    };
    return { algorithm, header, update, digest };
  }
  const step = algorithm === 'CRC32' ? (data: Uint8Array, seed: number) => crc32(data, seed) : crc32c;
  let value = 0;
  return {
    algorithm,
    header,
    update(data) {
      value = step(data, value);
    },
    digest() {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes.toString('base64');
    },
  };
}

/** Castagnoli's polynomial, reflected. */
const crc32cTable = new Uint32Array(256).map((_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(data: Uint8Array, seed: number): number {
  let value = ~seed >>> 0;
  for (const byte of data) value = (value >>> 8) ^ (crc32cTable[(value ^ byte) & 0xff] ?? 0);
  return ~value >>> 0;
}

/** The polynomial of NVM Express, reflected, as two halves: 64-bit numbers of JavaScript are too slow here. */
const crc64Table = Array.from({ length: 256 }, (_, index) => {
  let value = BigInt(index);
  for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n;
  return [Number(value >> 32n), Number(value & 0xffffffffn)] as const;
});

function crc64(data: Uint8Array, seed: bigint): bigint {
  let high = Number((seed >> 32n) ^ 0xffffffffn);
  let low = Number((seed & 0xffffffffn) ^ 0xffffffffn);
  for (const byte of data) {
    const [tableHigh, tableLow] = crc64Table[(low ^ byte) & 0xff] ?? [0, 0];
    low = ((low >>> 8) | (high << 24)) ^ tableLow;
    high = (high >>> 8) ^ tableHigh;
  }
  return (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0);
}

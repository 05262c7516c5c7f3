import { hash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { numberParts } from './number.ts';

/** Where an item lies: bytes whose order is the order of its table or index. */
export type Position = { partition: Uint8Array; sort: Uint8Array };

/** The sort key of a table or index that has none. */
export const noSortKey = new Uint8Array(0);

const bucketBytes = 4;
const buckets = 2 ** 32;

/**
 * Bytes of a key attribute (string, number or binary) that compare as DynamoDB orders the values of that type:
 * strings by UTF-8, numbers by value, binaries as unsigned bytes.
 */
export function encodeKey(value: AttributeValue): Uint8Array {
  if (value.N !== undefined) return encodeNumber(value.N);
  if (value.S !== undefined) return new Uint8Array(Buffer.from(value.S));
  return value.B ?? noSortKey;
}

/**
 * Bytes of a partition key, a hash before them: a scan then goes through the partitions in an order that says
 * nothing, as in DynamoDB, and a segment of a parallel scan is a range.
 */
export function encodePartition(value: AttributeValue): Uint8Array {
  const key = encodeKey(value);
  const partition = new Uint8Array(bucketBytes + key.length);
  partition.set(hash('md5', key, 'buffer').subarray(0, bucketBytes));
  partition.set(key, bucketBytes);
  return partition;
}

/** First partition of a segment and, but for the last segment, the first one after it. */
export function segmentBounds(segment: number, segments: number): { from: Uint8Array; to?: Uint8Array } {
  const from = bucketStart(Math.floor((segment * buckets) / segments));
  return segment + 1 === segments
    ? { from }
    : { from, to: bucketStart(Math.floor(((segment + 1) * buckets) / segments)) };
}

/** One text of bytes for a position, so that entries of an index with equal keys have an order of their own. */
export function encodePosition({ partition, sort }: Position): Uint8Array {
  const bytes = new Uint8Array(2 + partition.length + sort.length);
  new DataView(bytes.buffer).setUint16(0, partition.length);
  bytes.set(partition, 2);
  bytes.set(sort, 2 + partition.length);
  return bytes;
}

/** The least bytes that are greater than everything beginning with the prefix; undefined when there are none. */
export function afterPrefix(prefix: Uint8Array): Uint8Array | undefined {
  let end = prefix.length;
  while (end > 0 && prefix[end - 1] === 0xff) end -= 1;
  if (end === 0) return undefined;
  const next = prefix.slice(0, end);
  next[end - 1] = (next[end - 1] ?? 0) + 1;
  return next;
}

function bucketStart(bucket: number): Uint8Array {
  const bytes = new Uint8Array(bucketBytes);
  new DataView(bytes.buffer).setUint32(0, bucket);
  return bytes;
}

// sign · exponent · pairs of digits. Negative numbers have every byte turned round and end in 0xff, so that of
// two with a common beginning the longer one, which is the smaller, comes first.
function encodeNumber(text: string): Uint8Array {
  const { sign, magnitude, digits } = numberParts(text);
  if (sign === 0) return Uint8Array.of(1);
  const bytes = [magnitude + 130];
  for (let index = 0; index < digits.length; index += 2) {
    bytes.push(Number(digits.slice(index, index + 2).padEnd(2, '0')) + 1);
  }
  if (sign > 0) return Uint8Array.of(2, ...bytes);
  return Uint8Array.of(0, ...bytes.map((byte) => 255 - byte), 255);
}

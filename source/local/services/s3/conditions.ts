import { ServiceError } from '../../backend.ts';
import { preconditionFailed } from './s3-errors.ts';
import type { ObjectRow } from './s3-store.ts';

type ReadConditions = {
  IfMatch?: string | undefined;
  IfNoneMatch?: string | undefined;
  IfModifiedSince?: Date | undefined;
  IfUnmodifiedSince?: Date | undefined;
};

/**
 * Conditional headers of a read (RFC 9110, 13.2.2). HTTP dates have whole seconds.
 * @throws ServiceError PreconditionFailed, or NotModified with status 304
 */
export function checkReadConditions(conditions: ReadConditions, row: ObjectRow): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince } = conditions;
  const modifiedAt = Math.floor(row.modifiedAt / 1000) * 1000;
  if (IfMatch !== undefined) {
    if (!matches(IfMatch, row.etag)) throw preconditionFailed('If-Match');
  } else if (IfUnmodifiedSince !== undefined && modifiedAt > IfUnmodifiedSince.getTime()) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  if (IfNoneMatch !== undefined) {
    if (matches(IfNoneMatch, row.etag)) throw notModified();
  } else if (IfModifiedSince !== undefined && modifiedAt <= IfModifiedSince.getTime()) {
    throw notModified();
  }
}

/** Conditional writes: only where nothing is there, or only over what is known. */
export function checkWriteConditions(
  conditions: Pick<ReadConditions, 'IfMatch' | 'IfNoneMatch'>,
  existing: ObjectRow | undefined,
): void {
  const row = existing?.deleteMarker ? undefined : existing;
  if (
    conditions.IfNoneMatch !== undefined &&
    row !== undefined &&
    matches(conditions.IfNoneMatch, row.etag)
  ) {
    throw preconditionFailed('If-None-Match');
  }
  if (conditions.IfMatch === undefined) return;
  if (row === undefined) throw new ServiceError('NoSuchKey', 'The specified key does not exist.', 404);
  if (!matches(conditions.IfMatch, row.etag)) throw preconditionFailed('If-Match');
}

function matches(condition: string, etag: string): boolean {
  if (condition.trim() === '*') return true;
  const bare = etag.replaceAll('"', '');
  return condition.split(',').some((part) => part.trim().replace(/^W\//, '').replaceAll('"', '') === bare);
}

const notModified = (): ServiceError => new ServiceError('NotModified', 'Not Modified', 304);

/**
 * The bytes that a `Range` header asks for; undefined for the whole body, which is also the answer to ranges
 * that cannot be read (RFC 9110, 14.2) and to several at once.
 * @throws ServiceError InvalidRange
 */
export function readRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | undefined {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === undefined || to === undefined || (from === '' && to === '')) return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < start) return undefined;
  if (start >= size || (from === '' && Number(to) === 0)) {
    throw new ServiceError('InvalidRange', 'The requested range is not satisfiable', 416, {
      RangeRequested: header ?? '',
      ActualObjectSize: String(size),
    });
  }
  return { start, end };
}

import { invalidParameter } from './errors.ts';
import type { Position } from './event-store.ts';

const idDigits = 43;
const timeDigits = 13;

/** 56 digits that sort as events do, like those of AWS. */
export const eventId = ({ timestamp, id }: Position): string =>
  String(timestamp).padStart(timeDigits, '0') + String(id).padStart(idDigits, '0');

const positionOf = (digits: string): Position => ({
  timestamp: Number(digits.slice(0, -idDigits)),
  id: Number(digits.slice(-idDigits)),
});

/** GetLogEvents reads on from a place in one of two directions. */
export type StreamToken = { direction: 'forward' | 'backward'; position: Position };

export const forwardToken = (position: Position): string => `f/${eventId(position)}/s`;
export const backwardToken = (position: Position): string => `b/${eventId(position)}/s`;

/** @throws ServiceError InvalidParameterException */
export function readStreamToken(token: string): StreamToken {
  const [, direction, digits] = /^([fb])\/(\d{56,})\/s$/.exec(token) ?? [];
  if (digits === undefined) throw invalidParameter('The specified nextToken is invalid.');
  return { direction: direction === 'f' ? 'forward' : 'backward', position: positionOf(digits) };
}

/** Opaque to the caller: where the next page begins. */
export const pageToken = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/**
 * What `pageToken` was made of, as far as `check` takes it.
 * @throws ServiceError InvalidParameterException
 */
export function readPageToken<T>(token: string, check: (value: unknown) => value is T): T {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (check(value)) return value;
  } catch {
    // Said below.
  }
  throw invalidParameter('The specified nextToken is invalid.');
}

export const isPosition = (value: unknown): value is Position =>
  typeof value === 'object' &&
  value !== null &&
  'timestamp' in value &&
  Number.isSafeInteger(value.timestamp) &&
  'id' in value &&
  Number.isSafeInteger(value.id);

export const isText = (value: unknown): value is string => typeof value === 'string';

import { badRequest } from './errors.ts';

/** What is kept with times as numbers, as the API shows it. */
export function withDates<T extends { createdAt?: number; updatedAt?: number }>(
  item: T,
): Omit<T, 'createdAt' | 'updatedAt'> & { CreatedDate?: Date; LastUpdatedDate?: Date } {
  const { createdAt, updatedAt, ...shown } = item;
  return {
    ...shown,
    ...(createdAt === undefined ? {} : { CreatedDate: new Date(createdAt) }),
    ...(updatedAt === undefined ? {} : { LastUpdatedDate: new Date(updatedAt) }),
  };
}

/** Without members that are undefined, so that a spread does not overwrite what is there. */
export function defined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as T;
}

/** One page; the token is the place of its first item. */
export function pageOf<T>(
  items: readonly T[],
  input: { MaxResults?: string | undefined; NextToken?: string | undefined },
): { items: T[]; next: { NextToken?: string } } {
  const start = Number(input.NextToken ?? 0);
  const size = Number(input.MaxResults ?? 500);
  if (!Number.isInteger(start) || !Number.isInteger(size) || start < 0 || size < 1)
    throw badRequest('Invalid value for maxResults or nextToken');
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}

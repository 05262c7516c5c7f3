import type { GroupRow } from './log-store.ts';

export const day = 86_400_000;

/** Before this time a group's events are gone, whether or not they have been removed. */
export const expiresBefore = ({ retentionInDays }: GroupRow, now: number): number =>
  retentionInDays === null ? 0 : now - retentionInDays * day;

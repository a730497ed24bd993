import type { Row } from '@nephos/model/database.ts';

/** One entry of the change feed. */
export type Change = Row<'Change'>;

/** Names of the channels on which servers tell each other about the feed. */
export const channels = {
  /** Something was committed that the sequencer has not numbered. */
  pending: 'nephos_pending',
  /** Changes were numbered; the payload is the highest number. */
  numbered: 'nephos_numbered',
} as const;

const cursorPattern = /^c([0-9a-z]{1,13})$/;

/** A place in the feed, as clients hold it: opaque to them. */
export function formatCursor(seq: bigint): string {
  return `c${seq.toString(36)}`;
}

/** @returns `undefined` for text that is no cursor */
export function parseCursor(cursor: string): bigint | undefined {
  const digits = cursorPattern.exec(cursor)?.[1];
  if (digits === undefined) return undefined;
  let seq = 0n;
  for (const digit of digits) seq = seq * 36n + BigInt(parseInt(digit, 36));
  return seq;
}

import { createHash } from 'node:crypto';
import { idOfUuid, uuidOf, type Id, type IdKind } from '@nephos/model/kernel/ids.ts';

/** What an event tells of, where that has an id of its own: the same source tells of a thing but once. */
export interface UsageSource {
  /** Of a job, say. */
  id: Id<IdKind>;
  /** Which part of it: the name of a step. */
  part: string;
}

/** The first bytes of an id are its time. Ids of events that keep it lie together in an index, and sort by time. */
const timeDigits = 12;
const versionDigit = '8';

/**
 * The id of the event of a kind that a source tells of a thing in a zone: a UUID of version 8, of the source's time and of a
 * hash of all of them.
 */
export function usageEventId(
  source: UsageSource,
  event: { kind: string; resourceId: string; zoneId: string },
): Id<'UsageEvent'> {
  const facts = [source.id, source.part, event.kind, event.resourceId, event.zoneId];
  const hash = createHash('sha256').update(JSON.stringify(facts)).digest();
  // The variant of RFC 9562, in the two highest bits.
  hash[2] = ((hash[2] ?? 0) & 0x3f) | 0x80;
  const time = uuidOf(source.id).replaceAll('-', '').slice(0, timeDigits);
  const rest = hash.toString('hex');
  const hex = `${time}${versionDigit}${rest.slice(1, 4)}${rest.slice(4, 20)}`;
  return idOfUuid('UsageEvent', hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'));
}

import type { Row } from '@nephos/model/database.ts';
import { usageOfEvent, type UsageType } from './usage-types.ts';

type Event = Row<'UsageEvent'>;

/** A use that begins within a batch of events, and ends there too, or goes on. */
export interface Beginning {
  usageType: UsageType;
  event: Event;
  endedAt: Date | null;
}

/** A use that began in an earlier batch and ends in this one. */
export interface Ending {
  usageType: UsageType;
  resourceId: string;
  endedAt: Date;
}

/**
 * Pairs beginnings and ends of uses in a batch of events, which come in the order of their numbers. A use that begins
 * again without having ended ends there: no moment is counted twice.
 */
export function pairEvents(events: readonly Event[]): { beginnings: Beginning[]; endings: Ending[] } {
  const beginnings: Beginning[] = [];
  const endings: Ending[] = [];
  const open = new Map<string, Beginning>();
  const seen = new Set<string>();
  for (const event of events) {
    const { usageType, isBeginning } = usageOfEvent[event.kind];
    const key = `${usageType}/${event.resourceId}`;
    const going = open.get(key);
    if (going !== undefined) going.endedAt = event.at;
    else if (!seen.has(key)) endings.push({ usageType, resourceId: event.resourceId, endedAt: event.at });
    seen.add(key);
    open.delete(key);
    if (!isBeginning) continue;
    const beginning = { usageType, event, endedAt: null };
    beginnings.push(beginning);
    open.set(key, beginning);
  }
  return { beginnings, endings };
}

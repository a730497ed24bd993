import type { NewRow, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';
import { sql } from 'kysely';
import { usageEventId, type UsageSource } from './event-id.ts';

export type UsageFacts = Omit<NewRow<'UsageEventPending'>, 'position' | 'id' | 'attributes' | 'domainId'> & {
  attributes: UsageAttributes;
  /** What tells of it, where it is not the same for all that are appended together. */
  source?: UsageSource;
};

/** A statement takes 65,535 values. */
const mostAtOnce = 1000;

/**
 * Appends to the usage events, in the transaction of what costs. Where a source is named, its events are stored once,
 * however often they are appended.
 */
export async function appendUsage(
  tx: Transaction,
  events: readonly UsageFacts[],
  source?: UsageSource,
): Promise<void> {
  for (let first = 0; first < events.length; first += mostAtOnce) {
    await tx
      .insertInto('UsageEventPending')
      .values(events.slice(first, first + mostAtOnce).map((event) => rowOf(event, source)))
      .execute();
  }
}

function rowOf(
  { source, attributes, ...event }: UsageFacts,
  common: UsageSource | undefined,
): NewRow<'UsageEventPending'> {
  const told = source ?? common;
  return {
    ...event,
    id: told === undefined ? newId('UsageEvent') : usageEventId(told, event),
    attributes: JSON.stringify(attributes),
    // Most transactions append one or two: this costs less than to join.
    domainId: sql<Id<'Domain'>>`(select "domainId" from "Account" where "id" = ${event.accountId})` as never,
  };
}

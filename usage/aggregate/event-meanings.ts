import type { UsageEventKind } from '@nephos/model/generated/enums.ts';
import { sql, type RawBuilder } from 'kysely';
import { usageCatalogue, type UsageTypeName } from '../usage-types.ts';

/**
 * What an event does to a use: it `BEGINS`; it goes on `ANEW`, in another shape or with another owner; it `ENDS`; it is
 * `REMOVED`, ended for good; or so much of it is `COUNTED`, by `attributes.quantity`.
 */
export type UsageEffect = 'BEGINS' | 'ANEW' | 'ENDS' | 'REMOVED' | 'COUNTED';

/** An event's effect, and on which use of its resource. */
export interface EventMeaning {
  use: UsageTypeName;
  effect: UsageEffect;
}

/** What each kind of usage event means. */
export const eventMeanings: Record<UsageEventKind, EventMeaning> = {
  VM_CREATE: { use: 'ALLOCATED_VM', effect: 'BEGINS' },
  VM_SCALE: { use: 'ALLOCATED_VM', effect: 'ANEW' },
  VM_ASSIGN: { use: 'ALLOCATED_VM', effect: 'ANEW' },
  VM_EXPUNGE: { use: 'ALLOCATED_VM', effect: 'REMOVED' },
  VM_START: { use: 'RUNNING_VM', effect: 'BEGINS' },
  VM_SCALE_LIVE: { use: 'RUNNING_VM', effect: 'ANEW' },
  VM_STOP: { use: 'RUNNING_VM', effect: 'ENDS' },
  VM_SNAPSHOT_CREATE: { use: 'VM_SNAPSHOT', effect: 'BEGINS' },
  VM_SNAPSHOT_DELETE: { use: 'VM_SNAPSHOT', effect: 'REMOVED' },
  VM_SNAPSHOT_ON_PRIMARY: { use: 'VM_SNAPSHOT_ON_PRIMARY', effect: 'BEGINS' },
  VM_SNAPSHOT_OFF_PRIMARY: { use: 'VM_SNAPSHOT_ON_PRIMARY', effect: 'ENDS' },
  VOLUME_CREATE: { use: 'VOLUME', effect: 'BEGINS' },
  VOLUME_ASSIGN: { use: 'VOLUME', effect: 'ANEW' },
  VOLUME_DELETE: { use: 'VOLUME', effect: 'REMOVED' },
  TEMPLATE_CREATE: { use: 'TEMPLATE', effect: 'BEGINS' },
  TEMPLATE_DELETE: { use: 'TEMPLATE', effect: 'REMOVED' },
  ISO_CREATE: { use: 'ISO', effect: 'BEGINS' },
  ISO_DELETE: { use: 'ISO', effect: 'REMOVED' },
  IP_ADDRESS_TAKE: { use: 'IP_ADDRESS', effect: 'BEGINS' },
  IP_ADDRESS_ASSIGN: { use: 'IP_ADDRESS', effect: 'ANEW' },
  IP_ADDRESS_RELEASE: { use: 'IP_ADDRESS', effect: 'ENDS' },
  NETWORK_BYTES_SENT: { use: 'NETWORK_BYTES_SENT', effect: 'COUNTED' },
  NETWORK_BYTES_RECEIVED: { use: 'NETWORK_BYTES_RECEIVED', effect: 'COUNTED' },
  VM_DISK_IO_READ: { use: 'VM_DISK_IO_READ', effect: 'COUNTED' },
  VM_DISK_IO_WRITE: { use: 'VM_DISK_IO_WRITE', effect: 'COUNTED' },
  VM_DISK_BYTES_READ: { use: 'VM_DISK_BYTES_READ', effect: 'COUNTED' },
  VM_DISK_BYTES_WRITE: { use: 'VM_DISK_BYTES_WRITE', effect: 'COUNTED' },
};

/** Effects as statements have them: small numbers, because there are millions. */
export const effects = { BEGINS: 1, ANEW: 2, ENDS: 3, REMOVED: 4, COUNTED: 5 } as const satisfies Record<
  UsageEffect,
  number
>;

const meaningsOf = (isWanted: (effect: UsageEffect) => boolean) =>
  (Object.entries(eventMeanings) as [UsageEventKind, EventMeaning][]).filter(([, { effect }]) =>
    isWanted(effect),
  );

/** A relation `meaning`: `kind`, `usageType` and `effect` of the events with these meanings. */
function relation(meanings: [UsageEventKind, EventMeaning][]): RawBuilder<unknown> {
  const rows = meanings.map(
    ([kind, { use, effect }]) =>
      sql`(${sql.lit(kind)}::"UsageEventKind", ${sql.lit(usageCatalogue[use].number)}::smallint, ${sql.lit(effects[effect])}::smallint)`,
  );
  return sql`(values ${sql.join(rows)}) as meaning("kind", "usageType", "effect")`;
}

/** Meanings of all events. */
export const allMeanings = relation(meaningsOf(() => true));

/** Meanings of the events that switch uses on and off. */
export const switchingMeanings = relation(meaningsOf((effect) => effect !== 'COUNTED'));

/** Meanings of the events that count. */
export const countingMeanings = relation(meaningsOf((effect) => effect === 'COUNTED'));

/** Meanings of the events after which nothing of a use should come any more. */
export const removingMeanings = relation(meaningsOf((effect) => effect === 'REMOVED'));

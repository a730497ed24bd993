import type { NewRow, Transaction } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import type { UsageAttributes } from '@nephos/model/shapes/usage.ts';

export type UsageFacts = Omit<NewRow<'UsageEventPending'>, 'id' | 'attributes' | 'domainId'> & {
  attributes: UsageAttributes;
};

/** Appends to the usage events, in the transaction of what costs. */
export async function appendUsage(tx: Transaction, events: readonly UsageFacts[]): Promise<void> {
  if (events.length === 0) return;
  await tx
    .insertInto('UsageEventPending')
    .values(
      events.map((event) => ({
        ...event,
        id: newId('UsageEvent'),
        attributes: JSON.stringify(event.attributes),
        domainId: tx
          .selectFrom('Account')
          .select('domainId')
          .where('id', '=', event.accountId as never) as never,
      })),
    )
    .execute();
}

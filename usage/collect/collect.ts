import type { Database } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { pairEvents } from './pair-events.ts';

const reader = 'records';
const batchSize = 5000;

/**
 * Turns usage events that were not read yet into records, a batch in one transaction with the cursor: a crash in the
 * middle leaves nothing, a second run finds nothing to do.
 * @returns how many events were read
 */
export async function collect(db: Database): Promise<number> {
  return db.transaction().execute(async (tx) => {
    await tx
      .insertInto('UsageCursor')
      .values({ reader, seq: 0n })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    const { seq } = await tx
      .selectFrom('UsageCursor')
      .select('seq')
      .where('reader', '=', reader)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const events = await tx
      .selectFrom('UsageEvent')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(batchSize)
      .execute();
    const last = events.at(-1);
    if (last === undefined) return 0;
    const { beginnings, endings } = pairEvents(events);
    for (const { usageType, resourceId, endedAt } of endings) {
      await tx
        .updateTable('UsageRecord')
        .set({ endedAt })
        .where('resourceId', '=', resourceId)
        .where('usageType', '=', usageType)
        .where('endedAt', 'is', null)
        .execute();
    }
    if (beginnings.length > 0) {
      await tx
        .insertInto('UsageRecord')
        .values(
          beginnings.map(({ usageType, event, endedAt }) => ({
            id: newId('UsageRecord'),
            usageType,
            accountId: event.accountId,
            domainId: event.domainId,
            zoneId: event.zoneId,
            resourceId: event.resourceId,
            resourceName: event.resourceName,
            attributes: JSON.stringify(event.attributes),
            startedAt: event.at,
            endedAt,
          })),
        )
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
    await tx.updateTable('UsageCursor').set({ seq: last.seq }).where('reader', '=', reader).execute();
    return events.length;
  });
}

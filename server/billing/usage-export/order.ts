import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { extentOf } from '../../identity/access/extent.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** Where the usage daemon listens. */
const channel = 'nephos_usage';

/** What a file is to have. */
export type Order = Pick<
  Row<'UsageExport'>,
  | 'kind'
  | 'format'
  | 'coversFrom'
  | 'coversUntil'
  | 'ofAccountId'
  | 'ofZoneId'
  | 'ofUsageType'
  | 'ofResourceId'
  | 'scheduleId'
>;

/** Whose file it is, and under which settings. */
export interface OrderFacts {
  actor: Actor;
  settings: Settings;
  at: Date;
}

/** Orders a file of what the actor sees now, and wakes the usage daemon. */
export async function insertOrder(
  tx: Transaction,
  order: Order,
  { actor, settings, at }: OrderFacts,
): Promise<Id<'UsageExport'>> {
  const id = newId('UsageExport');
  const { seesAll, branchId, accountIds } = extentOf(actor);
  await tx
    .insertInto('UsageExport')
    .values({
      ...order,
      id,
      seesAll,
      branchId,
      accountIds: [...accountIds],
      userId: actor.userId,
      timeZone: settings.get('usage.aggregation.timezone'),
      issuerName: settings.get('usage.provider.name'),
      mostBytes: BigInt(settings.get('usage.export.max.bytes')),
      createdAt: at,
      expiresAt: new Date(at.getTime() + settings.get('usage.export.expire.days') * 86_400_000),
    })
    .execute();
  await wakeUsageDaemon(tx);
  return id;
}

/** Once the transaction is committed, the daemon looks what there is to do. */
export async function wakeUsageDaemon(tx: Transaction): Promise<void> {
  await sql`select pg_notify(${channel}, '')`.execute(tx);
}

/** Where the last closed period ends: what comes after may still change. */
export async function findClosedEnd(tx: Transaction): Promise<Date | undefined> {
  const last = await tx
    .selectFrom('UsagePeriod')
    .select('endsAt')
    .orderBy('endsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.endsAt;
}

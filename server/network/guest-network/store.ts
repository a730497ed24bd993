import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Check } from '../../platform/validation.ts';
import { checkRange, type ParsedRange, type TakenRange } from '../address-plan.ts';
import { parseIpv4 } from '../ipv4.ts';

export interface GuestRangePlan {
  cidr: string;
  gateway: string;
  startIp: string;
  endIp: string;
}

export function checkGuestRange(check: Check, path: string, plan: GuestRangePlan): ParsedRange | undefined {
  return checkRange(
    check,
    { cidr: plan.cidr, gateway: plan.gateway, start: plan.startIp, end: plan.endIp },
    { cidr: `${path}.cidr`, gateway: `${path}.gateway`, start: `${path}.startIp`, end: `${path}.endIp` },
  );
}

/** The guest ranges of a zone, as ranges that others must keep clear of. */
export async function guestRanges(db: Database | Transaction, zoneId: Id<'Zone'>): Promise<TakenRange[]> {
  const ranges = await db
    .selectFrom('GuestIpRange')
    .innerJoin('Pod', 'Pod.id', 'GuestIpRange.podId')
    .select(['startIp', 'endIp', 'Pod.name'])
    .where('Pod.zoneId', '=', zoneId)
    .execute();
  return ranges.map(({ startIp, endIp, name }) => ({
    start: parseIpv4(startIp) ?? 0,
    end: parseIpv4(endIp) ?? 0,
    name: `the guest range ${startIp} to ${endIp} of pod ${name}`,
  }));
}

/** How many addresses of each of some ranges are taken. */
export async function takenAddresses(
  db: Database,
  rangeIds: readonly string[],
): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('GuestIpAddress')
    .select(({ fn }) => ['rangeId', fn.countAll<bigint>().as('taken')])
    .where('rangeId', 'in', rangeIds as Id<'GuestIpRange'>[])
    .where('nicId', 'is not', null)
    .groupBy('rangeId')
    .execute();
  return new Map(rows.map(({ rangeId, taken }) => [rangeId, Number(taken)]));
}

export function insertGuestNetwork(
  tx: Transaction,
  id: Id<'GuestNetwork'>,
  values: { zoneId: Id<'Zone'>; physicalNetworkId: Id<'PhysicalNetwork'>; name: string },
): Promise<Row<'GuestNetwork'>> {
  return tx
    .insertInto('GuestNetwork')
    .values({ id, ...values })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Writes a range and one row for each of its addresses. */
export async function insertGuestRange(
  tx: Transaction,
  place: { networkId: Id<'GuestNetwork'>; podId: Id<'Pod'> },
  plan: GuestRangePlan,
): Promise<Row<'GuestIpRange'>> {
  const range = await tx
    .insertInto('GuestIpRange')
    .values({ id: newId('GuestIpRange'), ...place, ...plan })
    .returningAll()
    .executeTakeFirstOrThrow();
  await sql`
    insert into "GuestIpAddress" ("rangeId", "address")
    select ${range.id}, ${plan.startIp}::inet + step
    from generate_series(0::bigint, ${plan.endIp}::inet - ${plan.startIp}::inet) as step`.execute(tx);
  return range;
}

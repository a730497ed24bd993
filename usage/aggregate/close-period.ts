import type { Row, Transaction } from '@nephos/model/database.ts';
import { derivedIdStem } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { ratePeriod } from '../rate-period/rate-period.ts';
import { keptFrom } from '../retention/horizon.ts';
import { correctEarlierPeriods } from './correct-earlier-periods.ts';
import { findWrongs } from './findings.ts';
import { carryOver } from './open-uses.ts';
import type { Span } from './span.ts';
import { lookUpEvents, sumUp } from './sum-up.ts';
import { writeRecords } from './write-records.ts';

/** Which stretch of time to close. */
export interface PeriodBounds {
  startsAt: Date;
  /** Not part of it. */
  endsAt: Date;
  /** IANA name; where the ends are days or hours. */
  timeZone: string;
}

/** A period does not begin where the last one ended. */
export class PeriodGapError extends Error {
  constructor(startsAt: Date, lastEndedAt: Date) {
    super(
      `a period from ${startsAt.toISOString()} cannot follow one that ended at ${lastEndedAt.toISOString()}`,
    );
  }
}

/** What the statements below want; of this transaction alone. */
const session = {
  work_mem: '256MB',
  temp_buffers: '64MB',
  // The bounds of a period say which partitions are read.
  plan_cache_mode: 'force_custom_plan',
  // Rows that go from one process to another are narrow here.
  parallel_tuple_cost: '0.005',
  parallel_setup_cost: '100',
};

/** To be called before a transaction has any temporary tables: what they may take cannot be changed afterwards. */
export async function setUpSession(tx: Transaction): Promise<void> {
  for (const [name, value] of Object.entries(session))
    await sql`select set_config(${name}, ${value}, true)`.execute(tx);
}

/**
 * Closes a period, in one transaction: writes its records and the corrections of earlier ones, and what goes on after it.
 * See docs/decisions/022-metering.md. A period that is closed already stays as it is.
 *
 * @throws PeriodGapError
 */
export async function closePeriod(tx: Transaction, bounds: PeriodBounds): Promise<Row<'UsagePeriod'>> {
  const { startsAt, endsAt, timeZone } = bounds;
  // One after the other, and readers do not wait.
  await sql`lock table "UsagePeriod" in share row exclusive mode`.execute(tx);
  const closed = await tx
    .selectFrom('UsagePeriod')
    .selectAll()
    .where('startsAt', '=', startsAt)
    .where('endsAt', '=', endsAt)
    .executeTakeFirst();
  if (closed !== undefined) return closed;
  const last = await tx
    .selectFrom('UsagePeriod')
    .select(['endsAt', 'seq'])
    .orderBy('startsAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last !== undefined && last.endsAt.getTime() !== startsAt.getTime())
    throw new PeriodGapError(startsAt, last.endsAt);
  await setUpSession(tx);
  await sql`select nephos_ensure_partitions('UsageRecord', 'month', ${startsAt}, ${endsAt})`.execute(tx);

  const known = last?.seq ?? 0n;
  const { rows } = await sql<{ seq: bigint | null }>`select max("seq") as "seq" from "UsageEvent"`.execute(
    tx,
  );
  const newest = rows[0]?.seq ?? 0n;
  const seq = newest > known ? newest : known;
  const span: Span = { startsAt, endsAt, seq, known, keptFrom: await keptFrom(tx) };
  const late = await correctEarlierPeriods(tx, span);
  await sumUp(tx, span);
  await lookUpEvents(tx, span);
  const recordCount = await writeRecords(tx, span);
  await carryOver(tx, 'OpenUse', sql`(select * from usage_sum where "isLast")`, sql`usage_told`);
  const findings = await findWrongs(tx, span);
  await ratePeriod(tx, bounds);
  const { eventCount } = await sql<{
    eventCount: bigint;
  }>`select sum("events")::bigint as "eventCount" from usage_sum`
    .execute(tx)
    .then(({ rows: [row] }) => row ?? { eventCount: 0n });
  return tx
    .insertInto('UsagePeriod')
    .values({
      id: sql`nephos_derived_id(${derivedIdStem('UsagePeriod', startsAt)}::text, ${startsAt.toISOString()}::text)`,
      startsAt,
      endsAt,
      timeZone,
      seq: span.seq,
      closedAt: sql`now()`,
      eventCount: Number(eventCount),
      lateEventCount: late.events,
      recordCount: recordCount + late.records,
      correctionCount: late.records,
      findings: JSON.stringify(findings),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

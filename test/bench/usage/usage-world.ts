import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';

/** A cloud whose machines come and go all day: how much of everything, and which day. */
export interface UsageWorld {
  machines: number;
  /** Usage events of the day; what was there before came on the day before. */
  events: number;
  day: Date;
}

const dayMs = 86_400_000;
export const dayAfter = (day: Date) => new Date(day.getTime() + dayMs);
export const dayBefore = (day: Date) => new Date(day.getTime() - dayMs);

/** Of a hundred machines, those that get another size in the course of the day. */
const scaledPercent = 10;

/**
 * Writes the usage events of two days: on the first, machines with two disks each begin and run; on the second they are
 * stopped and started by turns, one after the other, and some are scaled, until there are as many events as wanted.
 */
export async function fillUsageWorld(db: Database, { machines, events, day }: UsageWorld): Promise<void> {
  const before = dayBefore(day);
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', ${before}, ${dayAfter(day)})`.execute(db);
  await sql`
    insert into "UsageEvent" ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    select nextval('nephos_usage_seq'), nephos_bench_id('uevt', machine * 4 + part), kind::"UsageEventKind",
      ${before}::timestamptz + machine * interval '1 millisecond',
      nephos_bench_id('acct', machine % 1000), nephos_bench_id('dom', machine % 100), nephos_bench_id('zone', machine % 3),
      case when part < 2 then nephos_bench_id('vm', machine) else nephos_bench_id('vol', machine * 2 + part) end,
      case when part < 2 then 'machine-' || machine else 'disk-' || machine end,
      case when part < 2 then nephos_bench_machine(machine, 0) else nephos_bench_volume(machine, part) end
    from generate_series(1, ${machines}::int) machine,
      (values (0, 'VM_CREATE'), (1, 'VM_START'), (2, 'VOLUME_CREATE'), (3, 'VOLUME_CREATE')) as parts(part, kind)`.execute(
    db,
  );
  await sql`
    insert into "UsageEvent" ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    select nextval('nephos_usage_seq'), nephos_bench_id('uevt', 1000000 + number), kind::"UsageEventKind",
      ${day}::timestamptz + number * (interval '1 day' / ${events + 1}::int),
      nephos_bench_id('acct', machine % 1000), nephos_bench_id('dom', machine % 100), nephos_bench_id('zone', machine % 3),
      nephos_bench_id('vm', machine), 'machine-' || machine, nephos_bench_machine(machine, case when machine % 100 < ${scaledPercent} then turn else 0 end)
    from (
      select number, 1 + number % ${machines}::int as machine, number / ${machines}::int as turn
      from generate_series(0, ${events - 1}::int) number
    ) turns,
    lateral (select case when machine % 100 < ${scaledPercent} and turn % 8 = 7 then 'VM_SCALE'
      when turn % 2 = 0 then 'VM_STOP' else 'VM_START' end) as chosen(kind)
    order by number`.execute(db);
  await sql`vacuum analyze "UsageEvent"`.execute(db);
}

/** Functions that make ids and attributes of numbers, the same at every run. */
export async function addBenchFunctions(db: Database): Promise<void> {
  await sql`
    create function nephos_bench_id(prefix text, number bigint) returns text language sql immutable as $$
      select prefix || '_01k7' || lpad(number::text, 8, '0') || substr(md5(prefix || number), 1, 14) $$`.execute(
    db,
  );
  await sql`
    create function nephos_bench_machine(machine int, turn int) returns jsonb language sql immutable as $$
      select jsonb_build_object('offeringId', nephos_bench_id('soff', machine % 20), 'templateId', nephos_bench_id('tmpl', machine % 7), 'cpuCount', 1 + machine % 8 + turn / 8 % 2, 'cpuMhz', 2000,
        'memoryBytes', ((1 + machine % 16) * 1073741824::bigint)::text) $$`.execute(db);
  await sql`
    create function nephos_bench_volume(machine int, part int) returns jsonb language sql immutable as $$
      select jsonb_build_object('offeringId', nephos_bench_id('doff', part), 'sizeBytes', ((10 + machine % 100) * 1073741824::bigint)::text) $$`.execute(
    db,
  );
}

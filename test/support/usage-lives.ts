import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';

export interface UsageLives {
  /** When the lives begin. */
  from: Date;
  days: number;
  machines: number;
}

/**
 * Numbered usage events of many machines: each is made, runs and stops every few hours, grows, and goes in the end; each has a
 * disk, and its traffic is counted. All follows from the numbers given.
 */
export async function insertUsageLives(db: Database, { from, days, machines }: UsageLives): Promise<void> {
  const until = new Date(from.getTime() + days * 86_400_000);
  await sql`select nephos_ensure_partitions('UsageEvent', 'month', ${from}, ${until})`.execute(db);
  await sql`
    insert into "UsageEvent"
      ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    select nextval('nephos_usage_seq'), concat_ws('-', "resourceId", "kind", extract(epoch from "at")), "kind"::"UsageEventKind", "at",
      'account-' || m % 7, 'domain', 'zone', "resourceId", "resourceId", "attributes"
    from (
      select * from (
        select m, 'vm-' || m as "resourceId", kind, ${from}::timestamptz + make_interval(secs => m * 37 + extra) as "at",
          jsonb_build_object('cpuCount', size, 'memoryBytes', '1073741824') as "attributes"
        from generate_series(1, ${machines}::int) m
        cross join lateral (
          select 'VM_CREATE' as kind, 0 as extra, 1 as size
          union all select 'VM_SCALE', 50000 + m, 2
          union all select 'VM_EXPUNGE', (${days}::int - 1) * 86400 + 4000 * (m % 11), 2 where m % 3 = 0
          union all select case n % 2 when 0 then 'VM_START' else 'VM_STOP' end, 60 + n * (3600 + m * 11), 1
            from generate_series(0, ${days}::int * 20) n
        ) life
        union all
        select m, 'vol-' || m, kind, ${from}::timestamptz + make_interval(secs => m * 37 + extra),
          jsonb_build_object('sizeBytes', '10737418240')
        from generate_series(1, ${machines}::int) m
        cross join (values ('VOLUME_CREATE', 1), ('VOLUME_ASSIGN', 100000)) life(kind, extra)
        union all
        select m, 'vm-' || m, 'NETWORK_BYTES_SENT', ${from}::timestamptz + make_interval(secs => n * 3600 - 1),
          jsonb_build_object('quantity', (m * 1000003 + n)::text)
        from generate_series(1, ${machines}::int) m, generate_series(1, ${days}::int * 24) n
      ) lives
      where "at" < ${until}
      order by "at", "resourceId", kind
    ) ordered`.execute(db);
}

/** Everything that summing up wrote, as text, but for when it was done. */
export async function summedUp(db: Database): Promise<Record<string, string[]>> {
  const read = async (table: string, without: string[] = []) => {
    const { rows } = await sql<{ row: string }>`
      select (to_jsonb(t) - ${without}::text[])::text as "row" from ${sql.table(table)} t order by 1`.execute(
      db,
    );
    return rows.map(({ row }) => row);
  };
  return {
    periods: await read('UsagePeriod', ['closedAt']),
    records: await read('UsageRecord'),
    open: await read('OpenUse'),
    rated: await read('RatedLine'),
  };
}

import type { Transaction } from '@nephos/model/database.ts';
import type { UsageExportRange } from '@nephos/model/generated/enums.ts';
import { sql } from 'kysely';

const units = { PREVIOUS_DAY: 'day', PREVIOUS_MONTH: 'month' } as const satisfies Record<
  UsageExportRange,
  string
>;

/** The day, or the month, before the one in which a moment lies, by the wall clock of a time zone. */
export async function rangeBefore(
  tx: Transaction,
  range: UsageExportRange,
  { at, timeZone }: { at: Date; timeZone: string },
): Promise<{ from: Date; until: Date }> {
  const unit = units[range];
  const begins = sql`date_trunc(${unit}, ${at}::timestamptz at time zone ${timeZone})`;
  const { rows } = await sql<{ from: Date; until: Date }>`
    select (${begins} - ${`1 ${unit}`}::interval) at time zone ${timeZone} as "from",
      ${begins} at time zone ${timeZone} as "until"`.execute(tx);
  const [row] = rows;
  if (row === undefined) throw new Error('a select without from answers one row');
  return row;
}

import type { Database } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Values } from './measures.ts';
import { dayMs, hourMs, minuteMs, quarterMs, type SeriesPlan } from './resolution.ts';
import type { StoredSamples } from './series.ts';

interface StoredRow {
  since: Date;
  stepMs: number;
  values: Values[];
}

/** The database writes no more digits than tell a number from its neighbours: 4 GiB would come as 4,294,967,300. */
const exact = (values: Values): Values => values.map((value) => (value === null ? null : Math.fround(value)));

const before = (at: Date, ms: number) => new Date(at.getTime() - ms);

/** What is stored of one thing in a range, in one statement. Of what was packed nothing else is left. */
export async function readSamples(
  db: Database,
  resourceId: string,
  { from, to, source, stepMs }: SeriesPlan,
): Promise<StoredSamples[]> {
  const start = before(from, stepMs);
  const isThing = sql`"resourceId" = ${resourceId}`;
  const days = sql`select "day" as "since", ${quarterMs}::int as "stepMs", "quarters" as "values" from "SampleDay"
    where ${isThing} and "day" > ${before(start, dayMs)} and "day" < ${to}`;
  // A day that was averaged as a whole still has its hours, for as long as minutes are kept.
  const isNoDay =
    source === 'MINUTE'
      ? sql`true`
      : sql`not exists (select from "SampleDay" d where d."resourceId" = h."resourceId"
          and d."day" = date_trunc('day', h."hour", 'UTC'))`;
  const packed =
    source === 'MINUTE'
      ? sql`${minuteMs}::int as "stepMs", "minutes" as "values"`
      : sql`${quarterMs}::int as "stepMs", "quarters" as "values"`;
  const hours = sql`select "hour" as "since", ${packed} from "SampleHour" h
    where ${isThing} and "hour" > ${before(start, hourMs)} and "hour" < ${to} and ${isNoDay}`;
  const fresh = sql`select "at" as "since", 0 as "stepMs", array["values"] as "values" from "FreshSample"
    where ${isThing} and "at" >= ${start} and "at" < ${to}`;
  const parts = source === 'MINUTE' ? [hours, fresh] : [days, hours, fresh];
  const { rows } = await sql<StoredRow>`${sql.join(parts, sql` union all `)}`.execute(db);
  return rows.map((row) => ({ ...row, values: row.values.map(exact) }));
}

/** A thing's newest sample. */
export interface NewestSample {
  resourceId: string;
  at: Date;
  values: Values;
}

/** The newest samples of some things; of those that have had none since a moment, none. */
export async function newestSamples(
  db: Database,
  resourceIds: readonly string[],
  since: Date,
): Promise<NewestSample[]> {
  const { rows } = await sql<NewestSample>`
    select s.* from unnest(${resourceIds}::text[]) as r("id"), lateral (
      select "resourceId", "at", "values" from "FreshSample"
      where "resourceId" = r."id" and "at" >= ${since} order by "at" desc limit 1
    ) s`.execute(db);
  return rows.map((row) => ({ ...row, values: exact(row.values) }));
}

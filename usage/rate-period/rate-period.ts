import type { Row, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { TariffChoice } from '../rate/choose-tariffs.ts';
import type { ValidTariff } from '../rate/tariff.ts';
import { coverParts } from './covers.ts';
import { writeLines, type ChosenTariff } from './lines.ts';
import { factsOf, readShapes } from './shapes.ts';
import { readValidTariffs } from './valid-tariffs.ts';

/** What is needed of a period to rate its records. */
export type RatedPeriod = Pick<Row<'UsagePeriod'>, 'startsAt' | 'timeZone'>;

/**
 * Rates the records of a period, in the transaction that wrote them: see docs/decisions/024-rating.md. Tariffs are
 * chosen once for each shape of use, by the version that was valid when the period began, or the one that a record
 * corrects; amounts are computed in the database.
 * @returns how many lines were written
 */
export async function ratePeriod(tx: Transaction, period: RatedPeriod): Promise<number> {
  const choices = new Map<number, TariffChoice>();
  const tariffs = new Map<string, ValidTariff>();
  const moments = await momentsOf(tx, period);
  for (const usedAt of moments) {
    const valid = await readValidTariffs(tx, usedAt);
    choices.set(usedAt.getTime(), new TariffChoice(valid));
    for (const tariff of valid) tariffs.set(tariff.versionId, tariff);
  }
  if (tariffs.size === 0) return 0;
  const all = [...tariffs.values()];
  const facts = factsOf(all);
  const chosen = (await readShapes(tx, period, facts, all)).flatMap((shape) =>
    (choices.get(shape.usedAt.getTime())?.for(shape.use) ?? []).map((tariff): ChosenTariff => ({
      shape,
      tariff,
    })),
  );
  if (chosen.length === 0) return 0;
  await sql`select nephos_ensure_partitions('RatedLine', 'month', ${period.startsAt}::timestamptz,
    ${period.startsAt}::timestamptz + interval '1 ms')`.execute(tx);
  return writeLines(tx, period, { facts, chosen, cover: await coverParts(tx, moments) });
}

/** Beginnings of the period and of those that its records correct. */
async function momentsOf(tx: Transaction, { startsAt }: RatedPeriod): Promise<Date[]> {
  const written = sql`"UsageRecord" where "periodStartsAt" = ${startsAt}`;
  const { rows } = await sql<{ usedAt: Date }>`
    (select "periodStartsAt" as "usedAt" from ${written} and "correctsPeriod" is null limit 1)
    union select "correctsPeriod" from ${written} and "correctsPeriod" is not null order by 1`.execute(tx);
  return rows.map(({ usedAt }) => usedAt);
}

import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { columnsOf } from '../columns-of.ts';
import { costPlaces, costText } from '../cost.ts';
import { countSelected, type Dataset } from '../dataset.ts';
import { selected } from '../selection.ts';
import { usageName } from '../usage-name.ts';

type LineRow = Row<'RatedLine'>;

const { text, integer, wide, time } = columnsOf<LineRow>();

/** Rated lines: one row each, with the exact amount and the same rounded to 18 places. */
export const ratedLineDataset: Dataset<LineRow> = {
  columns: [
    text('id', ({ id }) => id),
    text('recordId', ({ recordId }) => recordId),
    time('periodStartsAt', ({ periodStartsAt }) => periodStartsAt),
    time('usedAt', ({ usedAt }) => usedAt),
    text('month', ({ month }) => month),
    text('accountId', ({ accountId }) => accountId),
    text('domainId', ({ domainId }) => domainId),
    text('zoneId', ({ zoneId }) => zoneId),
    integer('usageType', ({ usageType }) => BigInt(usageType)),
    text('usageName', ({ usageType }) => usageName(usageType)),
    text('resourceId', ({ resourceId }) => resourceId),
    text('resourceName', ({ resourceName }) => resourceName),
    text('tariffId', ({ tariffId }) => tariffId),
    text('tariffVersionId', ({ tariffVersionId }) => tariffVersionId),
    text('currency', ({ currency }) => currency),
    wide('baseAmount', ({ baseAmount }) => baseAmount),
    wide('unitSize', ({ unitSize }) => unitSize),
    wide('exactAmount', ({ amount }) => amount),
    {
      name: 'amount',
      type: { kind: 'decimal', precision: 38, scale: costPlaces },
      isNullable: false,
      read: ({ amount, unitSize }) => costText(amount, unitSize),
    },
  ],
  countRows: countSelected('RatedLine'),
  facts: {},
  readPage: async (db, selection, after, limit) => {
    const { rows } = await sql<LineRow>`
      select l.* from "RatedLine" l
      where ${selected(selection, 'l', after)}
      order by l."id" limit ${limit}`.execute(db);
    return rows;
  },
};

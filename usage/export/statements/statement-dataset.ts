import type { Database, Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Column } from '../column.ts';
import { columnsOf } from '../columns-of.ts';
import { quotientText } from '../cost.ts';
import type { Dataset } from '../dataset.ts';
import { isSeen, type Selection } from '../selection.ts';
import { usageName } from '../usage-name.ts';

/** A line, with the statement that it stands on. */
interface StatementRow
  extends
    Pick<Row<'Statement'>, 'number' | 'accountId' | 'domainId' | 'month' | 'currency' | 'issuedAt' | 'total'>,
    Pick<
      Row<'StatementLine'>,
      | 'label'
      | 'usageType'
      | 'zoneId'
      | 'zoneName'
      | 'resourceCount'
      | 'unit'
      | 'baseAmount'
      | 'unitSize'
      | 'percent'
      | 'base'
      | 'amount'
    > {
  /** Statement and position. */
  id: string;
  statementId: string;
  statementKind: Row<'Statement'>['kind'];
  correctsNumber: string | null;
  position: number;
  lineKind: Row<'StatementLine'>['kind'];
}

const { text, textOrNull, integer, integerOrNull, time } = columnsOf<StatementRow>();

/** Money and percentages, as they stand on the statement. */
const decimal = (
  name: string,
  scale: number,
  read: (row: StatementRow) => string | null,
): Column<StatementRow> => ({
  name,
  type: { kind: 'decimal', precision: 38, scale },
  isNullable: true,
  read,
});

const places = 18;
const whole = (value: number | null) => (value === null ? undefined : BigInt(value));

/** Which lines there are: of statements that were issued before the order, of months that begin within its time. */
function selected(selection: Selection) {
  const { createdAt, coversFrom, coversUntil, ofAccountId, ofZoneId, ofUsageType } = selection;
  const conditions = [
    sql`s."startsAt" >= ${coversFrom}`,
    sql`s."startsAt" < ${coversUntil}`,
    sql`s."issuedAt" < ${createdAt}`,
    isSeen(selection, sql`s."accountId"`),
    ...(ofAccountId === null ? [] : [sql`s."accountId" = ${ofAccountId}`]),
    ...(ofZoneId === null ? [] : [sql`l."zoneId" = ${ofZoneId}`]),
    ...(ofUsageType === null ? [] : [sql`l."usageType" = ${ofUsageType}`]),
  ];
  return sql`"Statement" s join "StatementLine" l on l."statementId" = s."id"
    where ${sql.join(conditions, sql` and `)}`;
}

const positionDigits = 6;

async function countRows(db: Database, selection: Selection): Promise<bigint> {
  const { rows } = await sql<{ count: bigint }>`
    select count(*) as "count" from ${selected(selection)}`.execute(db);
  return rows[0]?.count ?? 0n;
}

/** Lines of statements and credit notes, each as it was issued, in the order of both. */
export const statementDataset: Dataset<StatementRow> = {
  columns: [
    text('statementId', ({ statementId }) => statementId),
    text('number', ({ number }) => number),
    text('kind', ({ statementKind }) => statementKind),
    textOrNull('corrects', ({ correctsNumber }) => correctsNumber ?? undefined),
    text('month', ({ month }) => month),
    time('issuedAt', ({ issuedAt }) => issuedAt),
    text('accountId', ({ accountId }) => accountId),
    text('domainId', ({ domainId }) => domainId),
    text('currency', ({ currency }) => currency),
    integer('position', ({ position }) => BigInt(position)),
    text('lineKind', ({ lineKind }) => lineKind),
    text('label', ({ label }) => label),
    integerOrNull('usageType', ({ usageType }) => whole(usageType)),
    textOrNull('usageName', ({ usageType }) => (usageType === null ? undefined : usageName(usageType))),
    textOrNull('zoneId', ({ zoneId }) => zoneId ?? undefined),
    textOrNull('zoneName', ({ zoneName }) => zoneName ?? undefined),
    integerOrNull('resourceCount', ({ resourceCount }) => whole(resourceCount)),
    textOrNull('unit', ({ unit }) => unit ?? undefined),
    decimal('quantity', places, ({ baseAmount, unitSize }) =>
      baseAmount === null || unitSize === null ? null : quotientText(BigInt(baseAmount), BigInt(unitSize)),
    ),
    decimal('percent', 4, ({ percent }) => percent),
    decimal('base', places, ({ base }) => base),
    decimal('amount', places, ({ amount }) => amount),
    decimal('statementTotal', places, ({ total }) => total),
  ],
  countRows,
  facts: {},
  readPage: async (db, selection, after, limit) => {
    const [statement = '', position = '-1'] = after.split('/');
    const { rows } = await sql<StatementRow>`
      select l.*, s."number", s."accountId", s."domainId", s."month", s."currency", s."issuedAt", s."total",
        s."kind" as "statementKind", l."kind" as "lineKind",
        (select c."number" from "Statement" c where c."id" = s."correctsId") as "correctsNumber",
        l."statementId" || '/' || lpad(l."position"::text, ${positionDigits}, '0') as "id"
      from ${selected(selection)} and (s."id", l."position") > (${statement}, ${Number(position)}::int)
      order by s."id", l."position" limit ${limit}`.execute(db);
    return rows;
  },
};

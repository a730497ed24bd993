import type { Database } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import { costPlaces } from '../cost.ts';
import { isSeen, type Selection } from '../selection.ts';
import type { FocusCharge } from './focus-charge.ts';

/** What a statement or a credit note has beside what was used: with it, charges are in sum what is to be paid. */
export interface InvoiceCharge extends FocusCharge {
  /** `ROUNDING`: what its lines are more than the exact costs of which they are made, each rounded to {@link costPlaces}. */
  kind: 'DISCOUNT' | 'TAX' | 'ROUNDING';
  label: string;
  /** Of a discount or a tax: decimal text. */
  percent: string | null;
  /** Decimal text. */
  amount: string;
}

/** Ids of charges begin with that of their statement. */
export const invoiceIdStart = 'stmt_';
/** Lines of statements stand from 1 on. */
const roundingPosition = 0;

/**
 * Statements that were issued before the order, of months that begin within its time. Their charges are of no zone, no
 * usage type and no thing: who asks for one of those gets none.
 */
function invoices(selection: Selection): RawBuilder<unknown> {
  const { createdAt, coversFrom, coversUntil, ofAccountId, ofZoneId, ofUsageType, ofResourceId } = selection;
  const isNarrow = ofZoneId !== null || ofUsageType !== null || ofResourceId !== null;
  return sql`select s.* from "Statement" s
    where s."startsAt" >= ${coversFrom} and s."startsAt" < ${coversUntil} and s."issuedAt" < ${createdAt}
      and ${isSeen(selection, sql`s."accountId"`)} and ${!isNarrow}
      ${ofAccountId === null ? sql`` : sql`and s."accountId" = ${ofAccountId}`}`;
}

/** A rated line's cost in 10^-18 of the currency, rounded as it is in files. */
const shownCost = sql`sign("amount") * div(2 * abs("amount") * 1000000 + "unitSize", 2 * "unitSize")`;
const shownUnit = sql.lit(`0.${'1'.padStart(costPlaces, '0')}`);

/** Every statement has one for its rounding, so that how many there are is known without reading what was used. */
function charges(selection: Selection): RawBuilder<unknown> {
  return sql`
    with invoice as (${invoices(selection)}),
    charge as (
      select invoice."id" as "statementId", l."position", l."kind"::text as "kind", l."label", l."percent"
      from invoice join "StatementLine" l on l."statementId" = invoice."id" and l."kind" in ('DISCOUNT', 'TAX')
      union all select "id", ${roundingPosition}, 'ROUNDING', '', null from invoice
    )`;
}

/** How many such charges a file has. */
export async function countInvoiceCharges(db: Database, selection: Selection): Promise<bigint> {
  const { rows } = await sql<{ count: bigint }>`
    ${charges(selection)} select count(*) as "count" from charge`.execute(db);
  return rows[0]?.count ?? 0n;
}

/** Charges by statement and place, after an id. */
export async function readInvoiceCharges(
  db: Database,
  selection: Selection,
  after: string,
  limit: number,
): Promise<InvoiceCharge[]> {
  const [statement = '', position = '-1'] = after.split('/');
  const { rows } = await sql<InvoiceCharge>`
    ${charges(selection)},
    page as (
      select * from charge where ("statementId", "position") > (${statement}, ${Number(position)}::int)
      order by "statementId", "position" limit ${limit}
    )
    select page."statementId" || '/' || page."position" as "id", page."kind", page."label", page."percent"::text as "percent",
      i."accountId", coalesce(i."parties"->'customer'->>'account', a."name") as "accountName", j."id" is not null as "isProject", i."domainId", d."name" as "domainName",
      i."currency", i."startsAt" as "monthStartsAt", i."endsAt" as "monthEndsAt", i."number" as "invoiceNumber",
      i."parties"->'issuer'->>'name' as "invoiceIssuer", i."kind" = 'CREDIT_NOTE' as "isCorrection",
      case when page."kind" = 'ROUNDING' then trim_scale(i."usage" - used."cost")
        else (select l."amount" from "StatementLine" l
          where l."statementId" = page."statementId" and l."position" = page."position") end::text as "amount"
    from page
    join "Statement" i on i."id" = page."statementId"
    left join lateral (
      select max("ratedUntil") as "ratedUntil" from "Statement" s
      where s."accountId" = i."accountId" and s."month" = i."month" and s."currency" = i."currency"
        and s."ratedUntil" < i."ratedUntil"
    ) before on true
    left join lateral (
      select coalesce(sum(${shownCost}), 0) * ${shownUnit}::numeric as "cost" from "RatedLine"
      where page."kind" = 'ROUNDING' and "accountId" = i."accountId" and "month" = i."month" and "currency" = i."currency"
        and "periodStartsAt" >= coalesce(before."ratedUntil", i."startsAt" - interval '2 days')
        and "periodStartsAt" < i."ratedUntil"
    ) used on true
    left join "Account" a on a."id" = i."accountId"
    left join "Project" j on j."accountId" = i."accountId"
    left join "Domain" d on d."id" = i."domainId"
    order by page."statementId", page."position"`.execute(db);
  return rows;
}

import type { NewRow, Row, Transaction } from '@nephos/model/database.ts';
import type { StatementKind } from '@nephos/model/generated/enums.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { wallTimeAt } from '@nephos/model/kernel/wall-clock.ts';
import type { StatementAdjustments } from '@nephos/model/shapes/statement.ts';
import { sql } from 'kysely';
import type { Mutation } from '../../platform/mutations.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { readAdjustments } from '../adjustment/store.ts';
import { postEntry } from '../ledger/post-entry.ts';
import { composeMonth, type StatementLineFacts } from './compose.ts';
import { differences, negated } from './differences.ts';
import { earliestOf, readMonthBounds, readMonthSums, type StatementKey } from './month-sums.ts';
import { takeNumber } from './number.ts';
import { readCustomer, readIssuer, type Customer } from './parties.ts';
import { readLines } from './store.ts';

type StatementRow = Row<'Statement'>;
/** What a correction has of the statement that it corrects, and a first statement has of its month. */
type Frame = Pick<StatementRow, 'startsAt' | 'endsAt' | 'timeZone'> & { adjustments: StatementAdjustments };

/**
 * Issues the statement of an account's month, or, where there is one, a credit note about what became known since. In
 * one transaction: number, lines, and what goes to the ledger. Whoever asks for the same again changes nothing.
 * @param ratedUntil of the month's lines those that periods brought which begin before
 */
export async function issueStatement(
  mutation: Mutation,
  settings: Settings,
  { ratedUntil, ...key }: StatementKey & { ratedUntil: Date },
): Promise<void> {
  const { tx, at } = mutation;
  const { accountId, month, currency } = key;
  mutation.concerns('Account', accountId, accountId, { month, currency });
  await sql`select pg_advisory_xact_lock(hashtext(${`nephos statement ${accountId} ${month} ${currency}`}))`.execute(
    tx,
  );
  const issued = await readIssued(tx, key);
  if (issued.some((each) => each.ratedUntil >= ratedUntil)) return;
  const [first] = issued;
  const customer = await readCustomer(tx, accountId);
  const frame: Frame = first ?? (await frameOf(tx, settings, month, customer));
  const sums = await readMonthSums(tx, key, { from: earliestOf(frame), until: ratedUntil });
  if (sums.length === 0) return;
  const { lineage, adjustments } = frame.adjustments;
  const now = composeMonth(sums, { currency, owner: { accountId, lineage }, adjustments });
  const content =
    first === undefined
      ? now
      : differences(
          now,
          await readLines(
            tx,
            issued.map(({ id }) => id),
          ),
          currency,
        );
  if (content === undefined) return;

  const kind: StatementKind = first === undefined ? 'STATEMENT' : 'CREDIT_NOTE';
  const { timeZone, startsAt, endsAt } = frame;
  const year = Number(wallTimeAt(at, timeZone).date.slice(0, 4));
  const { number, ...place } = await takeNumber(tx, kind, year);
  const { lines, ...totals } = content;
  const id = newId('Statement');
  const statement = {
    ...{ ...key, ...place, ...totals, id, number, startsAt, endsAt, timeZone, ratedUntil },
    kind,
    ...{ domainId: customer.domainId, correctsId: first?.id ?? null, issuedAt: at },
    parties: JSON.stringify({ issuer: readIssuer(settings), customer: customer.names }),
    adjustments: JSON.stringify(frame.adjustments),
  };
  await insertStatement(tx, statement, lines);
  const { total } = totals;
  // Nothing to pay is no entry.
  if (/[1-9]/.test(total)) {
    await postEntry(tx, {
      ...{ accountId, currency, kind, month, at },
      ...{ amount: negated(total), referenceId: id, note: number, actor: null },
    });
  }
  mutation.concerns('Statement', id, accountId, { number, month, currency, total });
}

async function readIssued(
  tx: Transaction,
  { accountId, month, currency }: StatementKey,
): Promise<StatementRow[]> {
  return (
    tx
      .selectFrom('Statement')
      .selectAll()
      .where('accountId', '=', accountId)
      .where('month', '=', month)
      .where('currency', '=', currency)
      // The statement first.
      .orderBy('kind')
      .orderBy('serial')
      .execute()
  );
}

async function frameOf(
  tx: Transaction,
  settings: Settings,
  month: string,
  { lineage }: Customer,
): Promise<Frame> {
  const timeZone = settings.get('usage.aggregation.timezone');
  const adjustments = await readAdjustments(tx, month);
  return {
    ...(await readMonthBounds(tx, month, timeZone)),
    timeZone,
    adjustments: {
      lineage: [...lineage],
      adjustments: adjustments.map((each) => ({ ...each, usageTypes: [...each.usageTypes] })),
    },
  };
}

async function insertStatement(
  tx: Transaction,
  statement: NewRow<'Statement'>,
  lines: readonly StatementLineFacts[],
): Promise<void> {
  await tx.insertInto('Statement').values(statement).execute();
  await tx
    .insertInto('StatementLine')
    .values(
      lines.map(({ price, ...line }, index) => ({
        ...(line as Omit<NewRow<'StatementLine'>, 'statementId' | 'position' | 'price'>),
        statementId: statement.id,
        position: index + 1,
        price: price === null ? null : JSON.stringify(price),
      })),
    )
    .execute();
}

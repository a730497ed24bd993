import type { Row, Transaction } from '@nephos/model/database.ts';
import { currencyPlaces, roundMoney } from '@nephos/usage/rate/money.ts';
import type { Actor } from '../../platform/actor.ts';
import { exactAmount } from '../ledger/amount.ts';
import { postEntry } from '../ledger/post-entry.ts';
import { nextDay } from './term-dates.ts';

type Term = Row<'PrepaidTerm'>;

/** What of a term is paid back when it ends earlier: by time, to the millisecond, and rounded once. */
export function refundOf({ price, currency, startsAt, endsAt }: Term, earlierEnd: Date): string {
  const [whole, left] = [endsAt.getTime() - startsAt.getTime(), endsAt.getTime() - earlierEnd.getTime()];
  const { numerator, denominator } = exactAmount(price);
  return roundMoney(
    { numerator: numerator * BigInt(left), denominator: denominator * BigInt(whole) },
    currencyPlaces(currency),
  );
}

/** When a term that is ended at a moment is over: with that day; at once if it has not begun. */
export async function earlierEndOf(tx: Transaction, term: Term, at: Date, timeZone: string): Promise<Date> {
  if (at < term.startsAt) return term.startsAt;
  const day = await nextDay(tx, at, timeZone);
  return day < term.endsAt ? day : term.endsAt;
}

/** Ends a term, which must be locked, and pays back what is left of it. @returns what was paid back */
export async function endTerm(
  tx: Transaction,
  term: Term,
  { actor, at, timeZone }: { actor: Actor | null; at: Date; timeZone: string },
): Promise<string> {
  const endsAt = await earlierEndOf(tx, term, at, timeZone);
  const refund = refundOf(term, endsAt);
  await tx
    .updateTable('PrepaidTerm')
    .set({ endsAt, refund, endedAt: at, renewsAutomatically: false, renewalProblem: null })
    .where('id', '=', term.id)
    .execute();
  if (/[1-9]/.test(refund)) {
    await postEntry(tx, {
      ...{ accountId: term.accountId, currency: term.currency, amount: refund, kind: 'REFUND' },
      ...{ referenceId: term.id, month: null, note: term.virtualMachineName, actor, at },
    });
  }
  return refund;
}

import type { Row, Transaction } from '@nephos/model/database.ts';
import { parsePercent, wholePercent } from '@nephos/usage/rate/adjust/adjustment.ts';
import { addMoney, currencyPlaces, noMoney, roundMoney } from '@nephos/usage/rate/money.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { exactAmount } from '../ledger/amount.ts';
import { postEntry } from '../ledger/post-entry.ts';
import { discountFor } from './prepaid-discounts.ts';
import { monthsOver, nextDay } from './term-dates.ts';

type Term = Row<'PrepaidTerm'>;

/**
 * What of a term is paid back when it ends earlier: its price, less what the time that is used up costs by the
 * millisecond. That has the discount of the months that are over, or nobody would ever pay without the highest: rounded
 * once.
 * @param earned what is let off for these months, in units of 10^-4 percent
 */
export function refundOf(
  { price, currency, discountPercent, startsAt, endsAt }: Term,
  earlierEnd: Date,
  earned: bigint,
): string {
  const [whole, used] = [endsAt.getTime() - startsAt.getTime(), earlierEnd.getTime() - startsAt.getTime()];
  const paid = exactAmount(price);
  const given = parsePercent(discountPercent) ?? 0n;
  const spent = {
    numerator: -paid.numerator * BigInt(used) * (wholePercent - (earned < given ? earned : given)),
    denominator: paid.denominator * BigInt(whole) * (wholePercent - given),
  };
  const left = addMoney(paid, spent);
  return roundMoney(left.numerator < 0n ? noMoney : left, currencyPlaces(currency));
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
  { actor, at, settings }: { actor: Actor | null; at: Date; settings: Settings },
): Promise<string> {
  const timeZone = settings.get('usage.aggregation.timezone');
  const endsAt = await earlierEndOf(tx, term, at, timeZone);
  const { startsAt, months } = term;
  const over = await monthsOver(tx, { startsAt, months, at: endsAt, timeZone });
  const refund = refundOf(term, endsAt, discountFor(settings.get('billing.prepaid.discounts'), over));
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

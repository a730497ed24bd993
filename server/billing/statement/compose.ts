import type { StatementLineKind, TariffUnit } from '@nephos/model/generated/enums.ts';
import type { StatementPrice } from '@nephos/model/shapes/statement.ts';
import { adjustMonth, type AdjustmentLine, type UsageSum } from '@nephos/usage/rate/adjust/adjust-month.ts';
import type { AdjustedOwner, Adjustment } from '@nephos/usage/rate/adjust/adjustment.ts';
import { addMoney, currencyPlaces, noMoney, roundMoney } from '@nephos/usage/rate/money.ts';
import { exactAmount } from '../ledger/amount.ts';

/** What an account used of one type in one zone, at one price. */
export interface MonthSum extends UsageSum {
  /** The tariff's name. */
  label: string;
  /** `null`: no price is known yet, for it goes on. */
  tariffVersionId: string | null;
  zoneId: string;
  zoneName: string;
  resourceCount: number | null;
  unit: TariffUnit | null;
  /** Decimal text: base amounts, and how many of them make a unit. */
  baseAmount: string | null;
  unitSize: string | null;
  price: StatementPrice | null;
}

/** A line of a statement. What its kind does not have is `null`. */
export interface StatementLineFacts {
  kind: StatementLineKind;
  label: string;
  usageType: number | null;
  tariffVersionId: string | null;
  zoneId: string | null;
  zoneName: string | null;
  resourceCount: number | null;
  unit: TariffUnit | null;
  baseAmount: string | null;
  unitSize: string | null;
  price: StatementPrice | null;
  adjustmentId: string | null;
  percent: string | null;
  base: string | null;
  /** Decimal text, with the places of the currency. */
  amount: string;
}

/** Sums of a statement's lines: decimal text. */
export interface StatementTotals {
  usage: string;
  /** Negative. */
  discount: string;
  tax: string;
  total: string;
}

/** What a statement says of a month. */
export interface Composed extends StatementTotals {
  lines: StatementLineFacts[];
}

const blank = {
  ...{ usageType: null, tariffVersionId: null, zoneId: null, zoneName: null, resourceCount: null },
  ...{ unit: null, baseAmount: null, unitSize: null, price: null },
  ...{ adjustmentId: null, percent: null, base: null },
};

/** The sum of amounts as decimal text with the places of their currency. */
export function sumOfAmounts(amounts: readonly string[], currency: string): string {
  const sum = amounts.map(exactAmount).reduce(addMoney, noMoney);
  return roundMoney(sum, currencyPlaces(currency));
}

/** Lines of each kind, and of all. */
export function totalsOf(
  lines: readonly Pick<StatementLineFacts, 'kind' | 'amount'>[],
  currency: string,
): StatementTotals {
  const ofKind = (kind: StatementLineKind) =>
    sumOfAmounts(
      lines.filter((line) => line.kind === kind).map(({ amount }) => amount),
      currency,
    );
  return {
    usage: ofKind('USAGE'),
    discount: ofKind('DISCOUNT'),
    tax: ofKind('TAX'),
    total: sumOfAmounts(
      lines.map(({ amount }) => amount),
      currency,
    ),
  };
}

/** The lines of a month: what was used, then discounts, then taxes. Each is rounded once, see {@link adjustMonth}. */
export function composeMonth(
  sums: readonly MonthSum[],
  facts: { currency: string; owner: AdjustedOwner; adjustments: readonly Adjustment[] },
): Composed {
  const month = adjustMonth(sums, facts);
  const lines = [
    ...month.usage.map(({ sum: { amount: _, ...sum }, amount }): StatementLineFacts => ({
      ...blank,
      ...sum,
      kind: 'USAGE',
      amount,
    })),
    ...month.discounts.map((line) => adjustmentLine('DISCOUNT', line)),
    ...month.taxes.map((line) => adjustmentLine('TAX', line)),
  ];
  return { lines, ...totalsOf(lines, facts.currency) };
}

function adjustmentLine(
  kind: StatementLineKind,
  { adjustment, base, amount }: AdjustmentLine,
): StatementLineFacts {
  const { id, label, percent } = adjustment;
  return { ...blank, kind, label, adjustmentId: id, percent, base, amount };
}

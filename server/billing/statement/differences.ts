import { sumOfAmounts, totalsOf, type Composed, type StatementLineFacts } from './compose.ts';

const keyOf = ({ kind, usageType, tariffVersionId, zoneId, adjustmentId }: StatementLineFacts) =>
  JSON.stringify([kind, usageType, tariffVersionId, zoneId, adjustmentId]);

/**
 * What a month costs otherwise than was billed: a line for each that differs, in the order of the month's lines. With
 * these, all that was billed has the sums that a statement would have that is made now.
 * @param now the month as it is known now
 * @param billed lines of its statement, and of its credit notes so far
 * @returns `undefined` when there is nothing to correct
 */
export function differences(
  now: Composed,
  billed: readonly StatementLineFacts[],
  currency: string,
): Composed | undefined {
  const before = Map.groupBy(billed, keyOf);
  const gone = [...before].filter(([key]) => !now.lines.some((line) => keyOf(line) === key));
  const lines = [
    ...now.lines.map((line) => minus(line, before.get(keyOf(line)) ?? [], currency)),
    ...gone.flatMap(([, lines]) => {
      const [first] = lines;
      return first === undefined ? [] : minus(nothingOf(first, currency), lines, currency);
    }),
  ].filter(({ amount }) => /[1-9]/.test(amount));
  return lines.length === 0 ? undefined : { lines, ...totalsOf(lines, currency) };
}

function minus(
  line: StatementLineFacts,
  billed: readonly StatementLineFacts[],
  currency: string,
): StatementLineFacts {
  const { baseAmount, base } = line;
  const less = (now: string, before: readonly (string | null)[]) =>
    sumOfAmounts([now, ...before.map((each) => negated(each ?? '0'))], currency);
  return {
    ...line,
    // Which things they were, is not known any more.
    resourceCount: null,
    baseAmount:
      baseAmount === null
        ? null
        : billed.reduce((rest, each) => rest - BigInt(each.baseAmount ?? 0), BigInt(baseAmount)).toString(),
    base:
      base === null
        ? null
        : less(
            base,
            billed.map((each) => each.base),
          ),
    amount: less(
      line.amount,
      billed.map((each) => each.amount),
    ),
  };
}

const nothingOf = (line: StatementLineFacts, currency: string): StatementLineFacts => ({
  ...line,
  baseAmount: line.baseAmount === null ? null : '0',
  base: line.base === null ? null : sumOfAmounts([], currency),
  amount: sumOfAmounts([], currency),
});

/** Decimal text with the other sign. */
export function negated(amount: string): string {
  if (!/[1-9]/.test(amount)) return amount;
  return amount.startsWith('-') ? amount.slice(1) : `-${amount}`;
}

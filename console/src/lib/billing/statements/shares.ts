import type { StatementLine } from './statement-queries.ts';

/** What a usage type costs in a statement. */
export interface TypeShare {
  usageType: number;
  amount: number;
  /** 0 to 1, of what was used. */
  portion: number;
  /** Name of the colour that it is drawn in. */
  colour: string;
}

const colours = ['--chart-1', '--chart-2', '--chart-3', '--chart-4', '--chart-5', '--chart-6', '--chart-7'];

/** What was used by type, the most expensive first. For drawing: sums are the statement's. */
export function sharesOf(
  lines: readonly Pick<StatementLine, 'kind' | 'usageType' | 'amount'>[],
): TypeShare[] {
  const amounts = new Map<number, number>();
  for (const { kind, usageType, amount } of lines)
    if (kind === 'USAGE' && usageType !== null)
      amounts.set(usageType, (amounts.get(usageType) ?? 0) + Number(amount));
  const positive = [...amounts].filter(([, amount]) => amount > 0).sort(([, a], [, b]) => b - a);
  const total = positive.reduce((sum, [, amount]) => sum + amount, 0);
  return positive.map(([usageType, amount], index) => ({
    usageType,
    amount,
    portion: amount / total,
    colour: colours[index] ?? '--chart-rest',
  }));
}

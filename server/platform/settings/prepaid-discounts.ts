import { parsePercent, wholePercent } from '@nephos/usage/rate/adjust/adjustment.ts';

/** What is let off where so many months or more are paid for in advance. */
export interface PrepaidDiscount {
  fromMonths: number;
  /** In units of 10^-4 percent. */
  percent: bigint;
}

/** The longest that is paid for in advance, in months. */
export const longestTerm = 36;

/** `12=10, 24=15.5`: months and percent, by months. @returns `undefined` for other text */
export function parsePrepaidDiscounts(text: string): PrepaidDiscount[] | undefined {
  const discounts: PrepaidDiscount[] = [];
  for (const part of text.split(',').map((each) => each.trim())) {
    if (part === '') continue;
    const [months = '', percentText = '', ...more] = part.split('=').map((each) => each.trim());
    const [fromMonths, percent] = [Number(months), parsePercent(percentText)];
    const isFine =
      more.length === 0 && /^\d{1,2}$/.test(months) && fromMonths >= 1 && fromMonths <= longestTerm;
    if (!isFine || percent === undefined || percent > wholePercent) return undefined;
    if (discounts.some((each) => each.fromMonths === fromMonths)) return undefined;
    discounts.push({ fromMonths, percent });
  }
  return discounts.sort((a, b) => a.fromMonths - b.fromMonths);
}

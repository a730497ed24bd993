import { currencyPlaces, isCurrency } from '@nephos/usage/rate/money.ts';
import type { Row } from '@nephos/model/database.ts';
import type { Check } from '../../platform/validation.ts';

/** What may be said of a budget, and changed later. */
export type BudgetFacts = Pick<
  Row<'Budget'>,
  'name' | 'tagKey' | 'tagValue' | 'currency' | 'amount' | 'actualPercents' | 'forecastPercents'
>;

/** Thresholds of a budget that names none. */
export const typicalPercents = { actual: [50, 80, 100], forecast: [100] } as const;

const longestTag = 255;
const mostThresholds = 10;
const highestPercent = 1000;
const amountPattern = /^\d{1,15}(?:\.(\d+))?$/;

/** Notes what is wrong with a budget as input. */
export function checkBudget(check: Check, facts: BudgetFacts): void {
  const { name, tagKey, tagValue, currency, amount } = facts;
  check.name('input.name', name);
  if (tagKey !== null) check.range('input.tagKey', tagKey.length, 1, longestTag);
  check.that(
    tagValue === null || tagKey !== null,
    'input.tagValue',
    tagValue,
    'must be given with tagKey, and only then',
  );
  if (tagValue !== null) check.range('input.tagValue', tagValue.length, 0, longestTag);
  const isKnown = isCurrency(currency);
  check.that(isKnown, 'input.currency', currency, 'must be a currency of ISO 4217, like CNY or EUR');
  const places = isKnown ? currencyPlaces(currency) : 2;
  const match = amountPattern.exec(amount);
  check.that(
    match !== null && (match[1] ?? '').length <= places && /[1-9]/.test(amount),
    'input.amount',
    amount,
    `must be above 0, with at most 15 digits before and ${places} after the point`,
  );
  checkPercents(check, 'input.actualPercents', facts.actualPercents);
  checkPercents(check, 'input.forecastPercents', facts.forecastPercents);
}

function checkPercents(check: Check, path: string, percents: readonly number[]): void {
  check.that(
    percents.length <= mostThresholds &&
      percents.every((percent) => percent >= 1 && percent <= highestPercent) &&
      new Set(percents).size === percents.length,
    path,
    percents,
    `must be at most ${mostThresholds} percents from 1 to ${highestPercent}, each once`,
  );
}

/** A budget's amount with the places of its currency. */
export function amountText({ amount, currency }: Pick<BudgetFacts, 'amount' | 'currency'>): string {
  const places = currencyPlaces(currency);
  const [whole = '0', after = ''] = amount.split('.');
  return places === 0 ? whole : `${whole}.${after.padEnd(places, '0')}`;
}

/** Thresholds in the order in which they are reached. */
export function rising(percents: readonly number[]): number[] {
  return [...percents].sort((a, b) => a - b);
}

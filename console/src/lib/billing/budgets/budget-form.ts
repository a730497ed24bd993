import type { Budget } from './budget-queries.ts';

/** A budget as a form has it. */
export interface TypedBudget {
  name: string;
  amount: string;
  currency: string;
  /** Whose costs count: those of the account, or of all accounts of a domain and those below. */
  counts: 'account' | 'domain';
  domainId: string;
  tagKey: string;
  tagValue: string;
  actualPercents: string;
  forecastPercents: string;
}

export function typedBudget(budget?: Budget): TypedBudget {
  return {
    name: budget?.name ?? '',
    amount: budget?.amount ?? '',
    currency: budget?.currency ?? 'CNY',
    counts: budget?.domain == null ? 'account' : 'domain',
    domainId: budget?.domain?.id ?? '',
    tagKey: budget?.tagKey ?? '',
    tagValue: budget?.tagValue ?? '',
    actualPercents: (budget?.actualPercents ?? [50, 80, 100]).join(', '),
    forecastPercents: (budget?.forecastPercents ?? [100]).join(', '),
  };
}

const highestPercent = 1000;

/** Percents as they were typed: `50, 80, 100 %`; `undefined` for text that is none. Empty: never. */
export function percentsOf(text: string): number[] | undefined {
  const words = text.split(/[\s,，、;%]+/).filter((word) => word !== '');
  const percents = words.map(Number);
  const isFine = percents.every(
    (percent) => Number.isInteger(percent) && percent >= 1 && percent <= highestPercent,
  );
  return isFine ? [...new Set(percents)].sort((a, b) => a - b) : undefined;
}

/** Percents as people read them; text that is none as it was typed. */
export const percentsText = (text: string): string => percentsOf(text)?.join(', ') ?? text.trim();

/** Whether text is an amount above zero. Places that the currency does not have are refused by the server. */
export function isAmount(text: string): boolean {
  return /^\d{1,15}(\.\d+)?$/.test(text.trim()) && /[1-9]/.test(text);
}

export type BudgetProblem = 'amount' | 'actualPercents' | 'forecastPercents';

/** The fields whose text cannot be sent. What is not typed yet is missing, not wrong. */
export function wrongFields(typed: TypedBudget): BudgetProblem[] {
  return [
    ...(typed.amount.trim() !== '' && !isAmount(typed.amount) ? (['amount'] as const) : []),
    ...(['actualPercents', 'forecastPercents'] as const).filter(
      (field) => percentsOf(typed[field]) === undefined,
    ),
  ];
}

/** Whether a budget can be sent as it is. */
export function isComplete(typed: TypedBudget): boolean {
  return (
    typed.name.trim() !== '' &&
    isAmount(typed.amount) &&
    wrongFields(typed).length === 0 &&
    (typed.counts === 'account' || typed.domainId !== '')
  );
}

/** What may be changed later. */
export function changeInput(typed: TypedBudget) {
  return {
    name: typed.name.trim(),
    amount: typed.amount.trim(),
    actualPercents: percentsOf(typed.actualPercents) ?? [],
    forecastPercents: percentsOf(typed.forecastPercents) ?? [],
  };
}

export function budgetInput(typed: TypedBudget) {
  const tagKey = typed.tagKey.trim();
  const hasValue = tagKey !== '' && typed.tagValue.trim() !== '';
  return {
    ...changeInput(typed),
    currency: typed.currency,
    domainId: typed.counts === 'domain' ? typed.domainId : null,
    tagKey: tagKey === '' ? null : tagKey,
    tagValue: hasValue ? typed.tagValue.trim() : null,
  };
}

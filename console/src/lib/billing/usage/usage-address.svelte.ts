import { goto } from '$app/navigation';
import { page } from '$app/state';
import { isDay, rangeNames, type DayRange, type RangeName } from './day-range.ts';
import type { UsageGrouping } from './usage-sum-queries.ts';

/** What bars are divided by, in the order in which it is offered. */
export const divisions = ['RESOURCE', 'ACCOUNT', 'ZONE', 'TAG'] as const satisfies readonly UsageGrouping[];

export type Division = (typeof divisions)[number];

type Parameter = 'range' | 'from' | 'until' | 'type' | 'by' | 'tag' | 'account' | 'zone' | 'measure' | 'tab';

/** What one looks at of usage: in the address of the page, so that a reload, Back and a link lead there. */
export class UsageAddress {
  readonly #parameters = $derived(page.url.searchParams);

  get range(): RangeName {
    return rangeNames.find((each) => each === this.#parameters.get('range')) ?? '30-days';
  }

  /** The days that were named. */
  get customDays(): DayRange | undefined {
    const [first, last] = [this.#parameters.get('from'), this.#parameters.get('until')];
    return isDay(first) && isDay(last) && first <= last ? { first, last } : undefined;
  }

  get by(): Division {
    return divisions.find((each) => each === this.#parameters.get('by')) ?? 'RESOURCE';
  }

  value(name: Exclude<Parameter, 'range' | 'by'>): string | null {
    return this.#parameters.get(name);
  }

  /** The address with some parameters changed; `null` removes one. */
  with(changes: Partial<Record<Parameter, string | null>>): string {
    const url = new URL(page.url.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
    }
    return url.pathname + url.search;
  }

  set(changes: Partial<Record<Parameter, string | null>>): void {
    void goto(this.with(changes), { replace: true, reset: false });
  }
}

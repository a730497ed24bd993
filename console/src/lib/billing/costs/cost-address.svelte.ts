import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { CostDivision } from './cost-queries.ts';

/** Divisions in the order in which they are offered. */
export const divisions: readonly CostDivision[] = ['TYPE', 'ZONE', 'ACCOUNT', 'RESOURCE', 'TAG'];

type Parameter = 'by' | 'month' | 'account' | 'type' | 'zone' | 'tag' | 'currency';

/** What one looks at of costs: in the address of the page, so that a reload, Back and a link lead there. */
export class CostAddress {
  readonly #parameters = $derived(page.url.searchParams);

  get by(): CostDivision {
    return divisions.find((each) => each === this.#parameters.get('by')) ?? 'TYPE';
  }

  value(name: Exclude<Parameter, 'by'>): string | null {
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

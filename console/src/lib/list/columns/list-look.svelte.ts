import { preferences } from '../../preferences/preferences.svelte.ts';
import { isChoices, type ColumnChoice } from './column-layout.ts';

export const pageSizes = [50, 100, 200, 500] as const;

/** How close rows stand, and how high each is then, in pixels. */
export const rowHeights = { compact: 28, dense: 32, comfortable: 40 } as const;
export type Density = keyof typeof rowHeights;
export const densities = Object.keys(rowHeights) as Density[];

interface Look {
  pageSize?: unknown;
  density?: unknown;
}

function lookOf(value: unknown): Look | undefined {
  return typeof value === 'object' && value !== null ? value : undefined;
}

/** How somebody wants all lists. */
class ListLook {
  get #look(): Look {
    return preferences.get('lists', lookOf) ?? {};
  }

  /** Rows of a page; `undefined` where nobody chose. */
  get pageSize(): number | undefined {
    return pageSizes.find((size) => size === this.#look.pageSize);
  }

  get density(): Density {
    return densities.find((density) => density === this.#look.density) ?? 'dense';
  }

  set(change: { pageSize: number } | { density: Density }): void {
    preferences.set('lists', { ...this.#look, ...change });
  }
}

export const listLook = new ListLook();

const keyOf = (list: string) => `list.${list}`;

/** The columns that somebody chose of one list. */
export function columnsOf(list: string): readonly ColumnChoice[] {
  return preferences.get(keyOf(list), (value) => (isChoices(value) ? value : undefined)) ?? [];
}

export function rememberColumns(list: string, columns: readonly ColumnChoice[]): void {
  if (columns.length === 0) preferences.remove(keyOf(list));
  else preferences.set(keyOf(list), columns);
}

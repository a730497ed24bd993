import { newIdempotencyKey } from '../../api/connection.svelte.ts';
import { preferences } from '../../preferences/preferences.svelte.ts';
import { isChoices, type ColumnChoice } from '../columns/column-layout.ts';

/** A filter, an order and columns of a list, under a name. */
export interface SavedView {
  name: string;
  /** What narrows and orders the list, as it stands in the address. */
  address: string;
  columns: ColumnChoice[];
  /** Shown when one comes to the list without a filter. */
  isDefault: boolean;
}

/** A saved view, and the key that it is remembered under. */
export type KeptView = SavedView & { key: string };

export const longestViewName = 60;

const prefixOf = (list: string) => `view.${list}.`;

function viewOf(value: unknown): SavedView | undefined {
  const { name, address, columns, isDefault } = (value ?? {}) as Partial<SavedView>;
  if (typeof name !== 'string' || typeof address !== 'string') return undefined;
  return { name, address, columns: isChoices(columns) ? columns : [], isDefault: isDefault === true };
}

/** The views of a list, by name. */
export function viewsOf(list: string): KeptView[] {
  return preferences
    .list(prefixOf(list), viewOf)
    .map(({ key, value }) => ({ ...value, key }))
    .sort((one, other) => one.name.localeCompare(other.name));
}

/** Keeps a view; one with the same name is replaced. */
export function saveView(list: string, view: SavedView): void {
  const same = viewsOf(list).find(({ name }) => name === view.name);
  keep(list, { ...view, key: same?.key ?? prefixOf(list) + newIdempotencyKey() });
}

/** Changes a view. There is one default at most. */
export function keep(list: string, { key, ...view }: KeptView): void {
  preferences.set(key, view);
  if (!view.isDefault) return;
  for (const { key: other, ...each } of viewsOf(list)) {
    if (other !== key && each.isDefault) preferences.set(other, { ...each, isDefault: false });
  }
}

export function deleteView({ key }: KeptView): void {
  preferences.remove(key);
}

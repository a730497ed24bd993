import { SvelteMap } from 'svelte/reactivity';

interface Selectable {
  id: string;
}

/** Rows that were chosen: they stay so while others come and go, and when another page of the list is shown. */
export class Selection<Row extends Selectable> {
  readonly #rows = new SvelteMap<string, Row>();
  /** Where a range begins. */
  #anchor: string | undefined;

  get size(): number {
    return this.#rows.size;
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** The rows, each as new as it is on the page that is shown. */
  rows(shown: readonly Row[]): Row[] {
    const newest = new Map(shown.map((row) => [row.id, row]));
    return [...this.#rows.values()].map((row) => newest.get(row.id) ?? row);
  }

  /** Chooses a row or takes it back; with a range: all from the one that was chosen last to it. */
  toggle(row: Row, shown: readonly Row[], isRange = false): void {
    const isChosen = !this.#rows.has(row.id);
    for (const each of isRange ? this.#range(row, shown) : [row]) this.#set(each, isChosen || isRange);
    this.#anchor = row.id;
  }

  /** Whether all, some or none of the rows are chosen. */
  shareOf(shown: readonly Row[]): 'all' | 'some' | 'none' {
    const chosen = shown.filter(({ id }) => this.#rows.has(id)).length;
    if (chosen === 0) return 'none';
    return chosen === shown.length ? 'all' : 'some';
  }

  /** Chooses all of a page; when all are, none of them. */
  togglePage(shown: readonly Row[]): void {
    const isChosen = this.shareOf(shown) !== 'all';
    for (const row of shown) this.#set(row, isChosen);
  }

  /** Takes what became of chosen rows: also of those on other pages. */
  hear(changes: readonly { id: string; node: object | null }[]): void {
    for (const { id, node } of changes) {
      const row = this.#rows.get(id);
      if (row !== undefined && node !== null) this.#rows.set(id, { ...row, ...node });
    }
  }

  clear(): void {
    this.#rows.clear();
    this.#anchor = undefined;
  }

  #set(row: Row, isChosen: boolean): void {
    if (isChosen) this.#rows.set(row.id, row);
    else this.#rows.delete(row.id);
  }

  #range(row: Row, shown: readonly Row[]): readonly Row[] {
    const from = shown.findIndex(({ id }) => id === this.#anchor);
    const to = shown.findIndex(({ id }) => id === row.id);
    return from < 0 ? [row] : shown.slice(Math.min(from, to), Math.max(from, to) + 1);
  }
}

import type { Snippet } from 'svelte';

/** One column of a table. */
export interface Column<Field extends string = never, Row = never> {
  /** What it is called where it is remembered: `createdAt`. */
  id: string;
  /** Its heading. */
  title: string;
  /** What the list is ordered by when one presses the heading. */
  sortField?: Field;
  /** The heading is for those who hear it only: of a column of buttons. */
  isTitleHidden?: boolean;
  /** Numbers stand at the right. */
  isNumber?: boolean;
  /** Words of machines: addresses, ids. */
  isCode?: boolean;
  /** Width, or from which width of the window on it is shown. */
  class?: string;
  /** What it says of a row: in exports, and on the page where there is no `cell`. */
  text?: (row: Row) => string | number | null | undefined;
  /** How that looks. */
  cell?: Snippet<[Row]>;
  /** Left out until somebody chooses it. */
  isOptional?: boolean;
}

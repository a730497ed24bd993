/** One column of a table. */
export interface Column<Field extends string = never> {
  /** Its heading. */
  title: string;
  /** What the list is ordered by when one presses the heading. */
  sortField?: Field;
  /** The heading is for those who hear it only: of a column of buttons. */
  isTitleHidden?: boolean;
  /** Numbers stand at the right. */
  isNumber?: boolean;
  /** Width, or from which width of the window on it is shown. */
  class?: string;
}

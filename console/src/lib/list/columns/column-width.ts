import type { Column } from '../columns.ts';

/** The width that somebody gave a column, in pixels. */
export function columnWidth(
  { id }: Pick<Column<string>, 'id'>,
  widths: ReadonlyMap<string, number>,
): number | undefined {
  return id === undefined ? undefined : widths.get(id);
}

/** A cell of a width: tables heed only all three together. */
export function widthStyle(width: number | undefined): string | undefined {
  return width === undefined ? undefined : `width:${width}px;min-width:${width}px;max-width:${width}px`;
}

/** A cell of a width: tables heed only all three together. */
export function widthStyle(width: number | undefined): string | undefined {
  return width === undefined ? undefined : `width:${width}px;min-width:${width}px;max-width:${width}px`;
}

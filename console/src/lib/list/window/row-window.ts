/** Rows from here on are windowed: only those that can be seen are in the page. */
export const windowedFrom = 101;
/** Rows kept above and below what can be seen, so that a quick scroll shows no gap. */
const overscan = 12;

/** Which rows are in the page, and how high what stands in for the others is. */
export interface RowWindow {
  from: number;
  to: number;
  above: number;
  below: number;
}

/**
 * The rows that can be seen.
 * @param count of all rows
 * @param rowHeight in pixels, the same for all
 * @param scrolled how far the table is scrolled, in pixels
 * @param visible height of what can be seen
 */
export function rowWindow(count: number, rowHeight: number, scrolled: number, visible: number): RowWindow {
  if (count < windowedFrom) return { from: 0, to: count, above: 0, below: 0 };
  const first = Math.floor(Math.max(scrolled, 0) / rowHeight) - overscan;
  // In steps of the overscan: a scroll of a few pixels changes nothing.
  const from = Math.min(Math.max(Math.floor(first / overscan) * overscan, 0), count);
  const shown = Math.ceil(visible / rowHeight) + 3 * overscan;
  const to = Math.min(from + shown, count);
  return { from, to, above: from * rowHeight, below: (count - to) * rowHeight };
}

/** Where to scroll to, so that a row can be seen whole; as it is when it can be. */
export function scrollToShow(
  index: number,
  rowHeight: number,
  scrolled: number,
  visible: number,
  heading: number,
): number {
  const top = index * rowHeight;
  const room = visible - heading;
  if (top < scrolled) return top;
  return top + rowHeight > scrolled + room ? top + rowHeight - room : scrolled;
}

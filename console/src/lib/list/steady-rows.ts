interface Row {
  id: string;
}

/**
 * Rows to show, given those shown now and those that there are. While they are held, none comes, goes or moves, so that
 * nobody presses the wrong one; what they say is always new.
 */
export function steadyRows<Each extends Row>(
  shown: readonly Each[],
  next: readonly Each[],
  isHeld: boolean,
): Each[] {
  if (!isHeld || shown.length === 0) return [...next];
  const newest = new Map(next.map((row) => [row.id, row]));
  return shown.map((row) => newest.get(row.id) ?? row);
}

/** Whether both have the same rows in the same order. */
export function isSameOrder(one: readonly Row[], other: readonly Row[]): boolean {
  return one.length === other.length && one.every((row, index) => row.id === other[index]?.id);
}

/** Adds a point in its place; one that is there already, or older than the last, is left out. */
export function withPoint<Point extends { at: string }>(
  points: readonly Point[],
  point: Point,
  most: number,
): Point[] {
  const last = points.at(-1);
  if (last !== undefined && point.at <= last.at) return [...points];
  return [...points, point].slice(-most);
}

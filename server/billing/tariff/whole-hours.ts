const hourMs = 3_600_000;

/** The whole hour, in UTC, at or before a moment. */
export function hourOf(at: Date): Date {
  return new Date(Math.floor(at.getTime() / hourMs) * hourMs);
}

/** The first whole hour after a moment. */
export function nextHour(at: Date): Date {
  return new Date(hourOf(at).getTime() + hourMs);
}

/** Whether a moment is one at which prices may change. */
export function isWholeHour(at: Date): boolean {
  return at.getTime() % hourMs === 0;
}

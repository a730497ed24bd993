/** Minutes after each attempt that failed; after the last the file is given up, half a day later. */
const minutes = [1, 2, 5, 15, 60, 180, 480];

/** When to try again; `undefined` after the last attempt. @param attempt how many there were */
export function nextAttemptAfter(attempt: number, now: Date): Date | undefined {
  const pause = minutes[attempt - 1];
  return pause === undefined ? undefined : new Date(now.getTime() + pause * 60_000);
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@nephos/model/database.ts';
import type { Logger } from 'pino';

const lookMs = 50;
/** A server that numbers events needs a fraction of a second; without any there is nothing to wait for. */
const longestMs = 10_000;

/**
 * Waits until all events of a time that are committed are numbered: they would have to be made up for later. It is no
 * condition: what comes late corrects.
 */
export async function waitForPending(
  { db, log }: { db: Database; log: Logger },
  before: Date,
  patienceMs = longestMs,
): Promise<void> {
  const until = performance.now() + patienceMs;
  while (performance.now() < until) {
    const pending = await db
      .selectFrom('UsageEventPending')
      .select('position')
      .where('at', '<', before)
      .limit(1)
      .executeTakeFirst();
    if (pending === undefined) return;
    await sleep(lookMs);
  }
  log.warn({ before }, 'usage events were not numbered; the next period will make up for them');
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Database, Transaction } from '@nephos/model/database.ts';
import { isDeadlock } from './database-errors.ts';

const mostTries = 5;

/**
 * A transaction that is begun again when PostgreSQL broke it off because it waited in a circle with others: then
 * nothing of it was done. Rows that are chosen as they are taken, such as hosts with room, cannot be put in order
 * beforehand.
 */
export function transactionWithRetry<Result>(
  db: Database,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return retryDeadlocks(() => db.transaction().execute(work));
}

/** Does again what was broken off because of a circle of waits; for work that may be done twice. */
export async function retryDeadlocks<Result>(work: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isDeadlock(error) || tries === mostTries) throw error;
      // Not all in step.
      await sleep(Math.random() * 50 * tries);
    }
  }
}

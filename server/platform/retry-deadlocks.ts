import { setTimeout as sleep } from 'node:timers/promises';
import { isDeadlock } from './database-errors.ts';

const mostTries = 5;

/**
 * Does again what PostgreSQL broke off because it waited in a circle with others: then nothing of it was done. For
 * transactions that take several rows which cannot be put in order beforehand.
 */
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

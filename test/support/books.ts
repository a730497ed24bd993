import type { Database } from '@nephos/model/database.ts';
import { expect } from 'vitest';
import { seenInDatabase, type Books } from './books-of-database.ts';
import { unpairedUsage } from './books-of-usage.ts';

export type { Books } from './books-of-database.ts';

/** Everything that was promised, metered or leased must be accounted for by something that is there. */
export async function expectBalancedBooks(db: Database, world: Books): Promise<void> {
  const { believed, promised, held } = await seenInDatabase(db);
  // A machine that is off need not be defined anywhere: every start defines it anew.
  const off = believed.off.filter((machine) => world.off.includes(machine));
  expect(world, 'what hosts and image stores have, and what the database says they have').toEqual({
    ...believed,
    off,
  });
  expect(promised, 'what hosts, pools and address ranges promised, and what machines hold of it').toEqual(
    held,
  );
  expect(await unpairedUsage(db), 'usage events that contradict each other').toEqual([]);
  expect(await unsettledJobs(db), 'jobs that are not over, or that still hold a lease').toEqual([]);
}

async function unsettledJobs(db: Database) {
  return db
    .selectFrom('Job')
    .select(['id', 'kind', 'status', 'leaseServerId', 'error'])
    .where((job) =>
      job.or([
        job('status', 'not in', ['SUCCEEDED', 'FAILED', 'CANCELLED']),
        job('leaseServerId', 'is not', null),
        job('finishedAt', 'is', null),
      ]),
    )
    .execute();
}

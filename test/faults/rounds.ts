import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { followJob } from '../support/jobs.ts';
import type { World } from '../support/world.ts';
import type { AnySaga, Journey } from './journey.ts';

/** One job of a round, and the moment at which its server is killed. */
interface Part {
  journey: Journey;
  moment: string;
  /** Id of what it works on. */
  target: string;
}

/** Jobs that are parked at the same time: one of each journey that still has a moment left. */
export type Round = Part[];

/** Gives every moment of every journey a thing of its own to work on. */
export async function prepareRounds(
  world: World,
  journeys: readonly Journey[],
  momentsOf: (saga: AnySaga) => string[],
): Promise<Round[]> {
  const rounds: Round[] = [];
  for (const journey of journeys) {
    const label = journey.saga.kind.replace(/\W/g, '-').toLowerCase();
    for (const [index, moment] of momentsOf(journey.saga).entries()) {
      const target = await journey.prepare(world, `${label}-${index}`, moment);
      (rounds[index] ??= []).push({ journey, moment, target });
    }
  }
  return rounds;
}

/**
 * Begins all jobs of a round, kills the server when each has come to its moment, and has the next server bring them to
 * their ends. Then everything must be accounted for.
 */
export async function killInRound(
  world: World,
  rounds: readonly Round[],
  index: number,
  end: 'SUCCEEDED' | 'FAILED',
): Promise<void> {
  const { server } = world;
  const moments = (round: Round = []) => round.map(({ moment }) => moment);
  const round = rounds[index]!;
  if (!isDeepStrictEqual(server.parkAt, moments(round))) {
    await server.kill();
    await server.launch(moments(round));
  }
  const begun = await Promise.all(
    round.map(async (part) => ({ ...part, jobId: await part.journey.begin(world, part.target) })),
  );
  await server.parked();
  await server.kill();
  // Ready for the next round: the jobs of this one are past its moments.
  await server.launch(moments(rounds[index + 1]));
  for (const { journey, moment, target, jobId } of begun) {
    expect(await followJob(server.admin, jobId), `killed at ${moment}`).toMatchObject({ status: end });
    await journey.arrived(world, target);
  }
  await world.expectBalancedBooks();
  expect(server.process.errors, 'what the server logged as an error').toEqual([]);
}

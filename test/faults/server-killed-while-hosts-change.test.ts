import { afterAll, beforeAll, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { hostJourneys } from './host-journeys.ts';
import { momentsForward } from './journey.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';

const moments = hostJourneys.map(({ saga }) => momentsForward(saga));
const count = Math.max(...moments.map(({ length }) => length));
const titles = Array.from({ length: count }, (_, index) =>
  moments.flatMap((all) => all[index] ?? []).join(', '),
);

let world: World;
let rounds: Round[];

beforeAll(async () => {
  // One for each moment, and some that take what the others have to give away.
  world = await startWorld({ hosts: moments.flat().length + 2 });
  rounds = await prepareRounds(world, hostJourneys, momentsForward);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test.for([...titles.entries()])('%i: every job goes on that its server left at %s', async ([index]) => {
  await killInRound(world, rounds, index, 'SUCCEEDED');
});

import { afterAll, beforeAll, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { momentsForward } from './journey.ts';
import { migrationJourneys } from './migration-journeys.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';

const moments = migrationJourneys.map(({ saga }) => momentsForward(saga));
const count = Math.max(...moments.map(({ length }) => length));
const titles = Array.from({ length: count }, (_, index) =>
  moments.flatMap((all) => all[index] ?? []).join(', '),
);

let world: World;
let rounds: Round[];

beforeAll(async () => {
  world = await startWorld({ hosts: 3 });
  rounds = await prepareRounds(world, migrationJourneys, momentsForward);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test.for([...titles.entries()])('%i: every job goes on that its server left at %s', async ([index]) => {
  await killInRound(world, rounds, index, 'SUCCEEDED');
});

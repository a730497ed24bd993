import { afterAll, beforeAll, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { failingDeletion } from './host-journeys.ts';
import { momentsBackward } from './journey.ts';
import { failingMigration } from './migration-journeys.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';

const journeys = [failingDeletion, failingMigration];
const moments = journeys.map(({ saga }) => momentsBackward(saga));
const count = Math.max(...moments.map(({ length }) => length));
const titles = Array.from({ length: count }, (_, index) =>
  moments.flatMap((all) => all[index] ?? []).join(', '),
);

let world: World;
let rounds: Round[];

beforeAll(async () => {
  world = await startWorld({ hosts: 5 });
  rounds = await prepareRounds(world, journeys, momentsBackward);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test.for([...titles.entries()])('%i: every job is taken back that its server left at %s', async ([index]) => {
  await killInRound(world, rounds, index, 'FAILED');
});

import { afterAll, beforeAll, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { failingJourneys } from './failing-journeys.ts';
import { failingForeignJourneys } from './foreign-journeys.ts';
import { failingSnapshotJourneys } from './snapshot-journeys.ts';
import { momentsBackward } from './journey.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';

const journeys = [...failingJourneys, ...failingSnapshotJourneys, ...failingForeignJourneys];
const moments = journeys.map(({ saga }) => momentsBackward(saga));
const count = Math.max(...moments.map(({ length }) => length));
const titles = Array.from({ length: count }, (_, index) =>
  moments.flatMap((all) => all[index] ?? []).join(', '),
);

let world: World;
let rounds: Round[];

beforeAll(async () => {
  world = await startWorld();
  rounds = await prepareRounds(world, journeys, momentsBackward);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test.for([...titles.entries()])('%i: every job is taken back that its server left at %s', async ([index]) => {
  await killInRound(world, rounds, index, 'FAILED');
});

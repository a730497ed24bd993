import { afterAll, beforeAll, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { momentsForward } from './journey.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';
import { tenancyJourneys } from './tenancy-journeys.ts';

// Apart from other journeys: these have machines destroyed and expunged, whose jobs must not be held up.
const moments = tenancyJourneys.map(({ saga }) => momentsForward(saga));
const count = Math.max(...moments.map(({ length }) => length));
const titles = Array.from({ length: count }, (_, index) =>
  moments.flatMap((all) => all[index] ?? []).join(', '),
);

let world: World;
let rounds: Round[];

beforeAll(async () => {
  world = await startWorld();
  rounds = await prepareRounds(world, tenancyJourneys, momentsForward);
});

afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

test.for([...titles.entries()])('%i: every job goes on that its server left at %s', async ([index]) => {
  await killInRound(world, rounds, index, 'SUCCEEDED');
});

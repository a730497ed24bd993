import { afterAll, beforeAll, test } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { foreignJourneys } from './foreign-journeys.ts';
import { imageJourneys, serveDisc } from './image-journeys.ts';
import { momentsForward } from './journey.ts';
import { machineJourneys } from './machine-journeys.ts';
import { snapshotJourneys } from './snapshot-journeys.ts';
import { killInRound, prepareRounds, type Round } from './rounds.ts';
import { FreeAgents, zoneJourney } from './zone-journey.ts';

const around = new AsyncDisposableStack();
const discs = around.use(await serveDisc());
const journeys = [
  ...machineJourneys,
  ...snapshotJourneys,
  ...foreignJourneys,
  ...imageJourneys(discs),
  zoneJourney,
];
const moments = journeys.map(({ saga }) => momentsForward(saga));
const count = Math.max(...moments.map(({ length }) => length));

let world: World;
let rounds: Round[];

beforeAll(async () => {
  world = around.use(await startWorld());
  around.use(await FreeAgents.start(world));
  rounds = await prepareRounds(world, journeys, momentsForward);
});

afterAll(async () => {
  await around.disposeAsync();
});

const titles = Array.from({ length: count }, (_, index) =>
  moments.flatMap((all) => all[index] ?? []).join(', '),
);

test.for([...titles.entries()])('%i: every job goes on that its server left at %s', async ([index]) => {
  await killInRound(world, rounds, index, 'SUCCEEDED');
});

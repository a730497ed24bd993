import { keepCapacities } from '@nephos/server/infrastructure/capacity/history/capacity-keeper.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestZone, type TestZone } from '../support/zone.ts';
import { refusalOf } from '../support/refusals.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const hour = 3600;
const clock = new ShiftedClock();
let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer({ clock });
  zone = await createTestZone(server, { hosts: 2 });
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const keep = () => keepCapacities(server.application.platform);

interface Forecast {
  resource: string;
  outlook: string;
  amount: number;
  perDay: number | null;
  daysUntilThreshold: number | null;
  daysUntilFull: number | null;
}

const forecast =
  'resource outlook amount total thresholdPercent perDay since daysUntilThreshold daysUntilFull';
const historyQuery = `query ($id: ID, $resource: CapacityResource!, $days: Int!) {
  capacityHistory(scopeId: $id, resource: $resource, days: $days) {
    resource points { at amount total } forecast { ${forecast} }
  }
}`;

async function historyOf(id: string | null, resource: string, days = 30) {
  const { capacityHistory } = await server.admin.ask<{
    capacityHistory: { points: { at: string; amount: number; total: number }[]; forecast: Forecast | null };
  }>(historyQuery, { id, resource, days });
  return capacityHistory;
}

/** Promises of memory, as if machines had come. */
const promise = (share: number) =>
  sql`update "HostCapacity" set "memoryBytesReserved" = ("memoryBytesTotal" * ${share}::float8)::bigint`.execute(
    server.db,
  );

test('an hour is written down once, of the cloud and each part of it', async () => {
  await Promise.all([keep(), keep()]);
  await keep();
  const rows = await server.db.selectFrom('CapacitySample').select(['scopeId', 'resource']).execute();
  const kinds = Map.groupBy(rows, ({ scopeId }) => scopeId.split('_')[0]);
  expect([...kinds].map(([kind, each]) => [kind, each.length]).sort()).toEqual([
    ['', 6],
    ['clus', 4],
    ['pod', 5],
    ['zone', 6],
  ]);
  expect(await historyOf(zone.zoneId, 'MEMORY')).toMatchObject({
    points: [{ amount: 0 }],
    forecast: { outlook: 'TOO_SHORT', perDay: null, daysUntilFull: null, thresholdPercent: 85 },
  });
});

test('after two days of growth it says when the zone is full', async () => {
  // A hundredth of the memory every six hours.
  for (let step = 1; step <= 12; step++) {
    clock.pass(6 * hour);
    await promise(step / 100);
    await keep();
  }
  const { points, forecast: memory } = await historyOf(zone.zoneId, 'MEMORY');
  expect(points).toHaveLength(13);
  expect(memory).toMatchObject({ outlook: 'FILLING', daysUntilThreshold: 18, daysUntilFull: 21 });
  const { forecast: cpu } = await historyOf(zone.zoneId, 'CPU');
  expect(cpu).toMatchObject({ outlook: 'FLAT', perDay: 0, daysUntilFull: null });
  const { capacities } = await server.admin.ask<{ capacities: { scopeId: string; forecasts: Forecast[] }[] }>(
    `{ capacities { scopeId forecasts { ${forecast} } } }`,
  );
  expect(capacities[0]?.forecasts.find(({ resource }) => resource === 'MEMORY')).toEqual(memory);
});

test('what is full already says so, and what has passed its threshold', async () => {
  await promise(1);
  expect((await historyOf(zone.zoneId, 'MEMORY')).forecast).toMatchObject({
    outlook: 'FULL',
    daysUntilThreshold: 0,
    daysUntilFull: 0,
  });
  await promise(0.12);
});

test('of older days one sample stays, and after a year none', async () => {
  clock.pass(40 * 24 * hour);
  await keep();
  const { points } = await historyOf(zone.zoneId, 'MEMORY', 366);
  const days = points.map(({ at }) => at.slice(0, 10));
  expect(new Set(days).size).toBe(days.length);
  // What is that old says nothing of now.
  expect((await historyOf(zone.zoneId, 'MEMORY')).forecast).toMatchObject({ outlook: 'TOO_SHORT' });
  clock.pass(366 * 24 * hour);
  await keep();
  expect((await historyOf(zone.zoneId, 'MEMORY', 366)).points).toHaveLength(1);
});

test('refuses what there is no history of', async () => {
  const { hosts } = await server.admin.ask<{ hosts: { nodes: { id: string }[] } }>(
    '{ hosts { nodes { id } } }',
  );
  const ask = (id: string, days: number) =>
    refusalOf(server.admin, historyQuery, { id, resource: 'CPU', days });
  expect(await ask(hosts.nodes[0]!.id, 30)).toMatchObject({ code: 'VALIDATION_FAILED', path: 'scopeId' });
  expect(await ask(zone.zoneId, 367)).toMatchObject({ code: 'VALIDATION_FAILED', path: 'days' });
  expect(await ask('zone_00000000000000000000000001', 30)).toMatchObject({ code: 'NOT_FOUND' });
});

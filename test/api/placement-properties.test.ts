import { connectDatabase, type Database, type DatabaseConnection } from '@nephos/model/database.ts';
import { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import { readAffinity } from '@nephos/server/compute/placement/affinity.ts';
import type { Demand } from '@nephos/server/compute/placement/demand.ts';
import { readVerdicts } from '@nephos/server/compute/placement/host-verdicts.ts';
import { reserveHost } from '@nephos/server/compute/placement/placement.ts';
import { sentenceFor } from '@nephos/server/compute/placement/sentences.ts';
import { countReasons } from '@nephos/server/compute/placement/verdict.ts';
import { PlatformError } from '@nephos/server/platform/errors.ts';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { gib, writeCloud, type Cloud, type WrittenCloud } from '../support/placement-cloud.ts';
import { findBroken } from '../support/placement-invariants.ts';
import { expectedOrder, expectedReasons, type Rules, type Wish } from '../support/placement-oracle.ts';
import { PlacementTraffic, type Act } from '../support/placement-traffic.ts';

let database: TestDatabase;
let connection: DatabaseConnection;
let db: Database;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = connectDatabase({ url: database.url, maxConnections: 8, applicationName: 'properties' });
  ({ db } = connection);
});

afterAll(async () => {
  await connection.close();
  await database[Symbol.asyncDispose]();
});

const tags = fc.subarray(['fast', 'gpu']);
const mostly = fc.nat(24).map((number) => number > 0);
const none = <Value>() => fc.constant<Value[]>([]);
/** Rarely: a cloud in which nothing ever fits shows little. */
const seldom = <Value>(usual: fc.Arbitrary<Value>, other: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 6, arbitrary: usual }, { weight: 1, arbitrary: other });
const reserved = fc.oneof(
  { weight: 24, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.record({ account: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ domain: fc.nat(2) }) },
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => seldom<Value | null>(fc.constant(null), value);

const clouds: fc.Arbitrary<Cloud> = fc
  .record({
    pods: fc.integer({ min: 1, max: 2 }),
    clusters: fc.integer({ min: 1, max: 3 }),
    hosts: fc.integer({ min: 1, max: 6 }),
  })
  .chain((size) =>
    fc.record({
      isZoneOpen: mostly,
      pods: fc.array(fc.record({ reserved, freeAddresses: fc.constantFrom(0, 3, 3, 3) }), exactly(size.pods)),
      clusters: fc.array(
        fc.record({ pod: fc.nat(size.pods - 1), isOpen: mostly, reserved }),
        exactly(size.clusters),
      ),
      hosts: fc.array(
        fc.record({
          cluster: fc.nat(size.clusters - 1),
          isUp: mostly,
          isEnabled: mostly,
          isSimulator: mostly,
          canTakeRunning: mostly,
          hasUefi: mostly,
          tags,
          reserved,
          cpuMhz: fc.integer({ min: 1, max: 6 }).map((units) => units * 1000),
          memoryGib: fc.integer({ min: 1, max: 8 }),
        }),
        exactly(size.hosts),
      ),
      pools: fc.array(
        fc.record({
          isUp: mostly,
          tags,
          totalGib: fc.integer({ min: 1, max: 20 }),
          allocatedGib: fc.nat(12),
          usedGib: fc.nat(10),
          overprovisioning: fc.constantFrom(null, null, 1, 1.5),
          hosts: fc.oneof(fc.constant(range(size.hosts)), fc.subarray(range(size.hosts))),
        }),
        { minLength: 1, maxLength: 3 },
      ),
      groups: fc.array(
        fc.record({
          kind: fc.constantFrom('HOST_AFFINITY', 'HOST_ANTI_AFFINITY'),
          enforcement: fc.constantFrom('HARD', 'SOFT'),
        }),
        exactly(3),
      ),
      machines: fc.array(
        fc.record({
          account: fc.nat(2),
          host: fc.option(fc.nat(size.hosts - 1), { freq: 4 }),
          target: maybe(fc.nat(size.hosts - 1)),
          cpuMhz: fc.constantFrom(500, 1000),
          memoryGib: fc.constantFrom(1, 2),
          groups: fc.subarray(range(3), { maxLength: 1 }),
        }),
        { maxLength: 6 },
      ),
    }),
  )
  // Nothing moves that is nowhere, or to where it is.
  .map((cloud) => ({
    ...cloud,
    machines: cloud.machines.map((machine) => ({
      ...machine,
      target: machine.host === null || machine.host === machine.target ? null : machine.target,
    })),
  }));

function exactly(length: number) {
  return { minLength: length, maxLength: length };
}

function range(length: number) {
  return Array.from({ length }, (_, index) => index);
}

const wishesFor = ({ hosts, clusters, pods, pools }: Cloud): fc.Arbitrary<Wish> =>
  fc.record({
    account: fc.nat(2),
    cpuMhz: fc.constantFrom(0, 500, 1000, 2000),
    memoryGib: fc.constantFrom(0, 1, 2, 4),
    hostTags: seldom(none<string>(), tags),
    strategy: fc.constantFrom(...Object.values(PlacementStrategy)),
    pools: seldom(none<number>(), fc.subarray(range(pools.length))),
    newDisks: fc.array(
      fc.record({ gib: fc.integer({ min: 1, max: 6 }), tags: seldom(none<string>(), tags) }),
      { maxLength: 2 },
    ),
    needsAddress: fc.boolean(),
    pod: maybe(fc.nat(pods.length - 1)),
    preferred: maybe(fc.nat(hosts.length - 1)),
    lastHost: maybe(fc.nat(hosts.length - 1)),
    groups: fc.subarray(range(3), { maxLength: 2 }),
    target: maybe(fc.nat(hosts.length - 1)),
    cluster: maybe(fc.nat(clusters.length - 1)),
    excluded: seldom(none<number>(), fc.subarray(range(hosts.length))),
    isLive: fc.boolean(),
    isUefi: fc.boolean(),
    isNew: fc.boolean(),
  });

const rules: fc.Arbitrary<Rules> = fc.record({
  strategy: fc.constant('LEAST_CONSUMED' as const),
  strictTags: fc.constantFrom([], ['gpu']),
  clusterCpuThreshold: fc.constantFrom(50, 85, 100, 100),
  clusterMemoryThreshold: fc.constantFrom(50, 85, 100, 100),
  storageOverprovisioning: fc.constantFrom(1, 2),
  storageThreshold: fc.constantFrom(85, 100),
});

function demandOf(wish: Wish, ids: WrittenCloud): Demand {
  const host = (index: number | null) => (index === null ? null : ids.hostIds[index]!);
  return {
    zoneId: ids.zoneId,
    accountId: ids.accountIds[wish.account]!,
    cpuMhz: wish.cpuMhz,
    memoryBytes: BigInt(wish.memoryGib) * gib,
    hostTags: wish.hostTags,
    strategy: wish.strategy,
    poolIds: wish.pools.map((pool) => ids.poolIds[pool]!),
    newDisks: wish.newDisks.map((disk) => ({ sizeBytes: BigInt(disk.gib) * gib, storageTags: disk.tags })),
    networkId: wish.needsAddress ? ids.networkId : null,
    podId: wish.pod === null ? null : ids.podIds[wish.pod]!,
    preferredHostId: host(wish.preferred),
    sameHypervisorAs: host(wish.lastHost),
    affinityGroupIds: wish.groups.map((group) => ids.groupIds[group]!),
    targetHostId: host(wish.target),
    ...(wish.cluster !== null && { clusterId: ids.clusterIds[wish.cluster]! }),
    excludedHostIds: wish.excluded.map((index) => ids.hostIds[index]!),
    needsLiveMigration: wish.isLive,
    needsUefi: wish.isUefi,
    needsOpenZone: wish.isNew,
  };
}

const smaller = (one: readonly number[], other: readonly number[]) => {
  const index = one.findIndex((value, place) => value !== other[place]);
  return index >= 0 && one[index]! < other[index]!;
};

test('a host is chosen exactly when one fits, it is the first, and every reason against a host is true', async () => {
  const questions = clouds.chain((cloud) =>
    fc.record({ cloud: fc.constant(cloud), wish: wishesFor(cloud), rules }),
  );
  let placed = 0;
  await fc.assert(
    fc.asyncProperty(questions, async ({ cloud, wish, rules: inForce }) => {
      const ids = await writeCloud(db, cloud);
      const demand = demandOf(wish, ids);
      const question = { demand, affinity: await readAffinity(db, demand), rules: inForce };
      const expected = cloud.hosts.map((_, index) => expectedReasons(cloud, wish, inForce, index));
      const verdicts = await readVerdicts(db, question, { size: 100, after: null });
      expect(verdicts.map(({ reasons }) => [...reasons].sort())).toEqual(expected);
      for (const { facts, reasons } of verdicts)
        for (const reason of reasons)
          expect(sentenceFor(reason, facts, question)).not.toMatch(/undefined|NaN|null/);
      const counted = await countReasons(db, question);
      const fitting = range(cloud.hosts.length).filter((index) => expected[index]!.length === 0);
      expect(counted).toEqual({
        hosts: cloud.hosts.length,
        fitting: fitting.length,
        ruledOut: counts(expected),
      });

      const outcome = await triedReservation(demand, inForce);
      if (outcome instanceof PlatformError) {
        expect(outcome.code).toBe('INSUFFICIENT_CAPACITY');
        expect(fitting).toEqual([]);
        return;
      }
      placed++;
      const chosen = ids.hostIds.indexOf(outcome.hostId);
      expect(fitting).toContain(chosen);
      const order = expectedOrder(cloud, wish, chosen);
      expect(fitting.filter((other) => smaller(expectedOrder(cloud, wish, other), order))).toEqual([]);
      for (const [disk, pool] of outcome.pools.entries()) {
        const { tags: has, hosts } = cloud.pools[ids.poolIds.indexOf(pool.poolId)]!;
        expect(hosts).toContain(chosen);
        expect(has).toEqual(expect.arrayContaining(wish.newDisks[disk]!.tags));
      }
    }),
    { numRuns: 200 },
  );
  // Clouds in which nothing ever fits would show nothing.
  expect(placed).toBeGreaterThan(25);
}, 180_000);

function counts(reasons: readonly string[][]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const reason of reasons.flat()) found[reason] = (found[reason] ?? 0) + 1;
  return found;
}

/** Reserves, and takes it back. */
async function triedReservation(demand: Demand, inForce: Rules) {
  const rollback = new Error('taken back');
  let outcome: Awaited<ReturnType<typeof reserveHost>> | PlatformError | undefined;
  try {
    await db.transaction().execute(async (tx) => {
      outcome = await reserveHost(tx, demand, inForce);
      throw rollback;
    });
  } catch (error) {
    if (error instanceof PlatformError) outcome = error;
    else if (error !== rollback) throw error;
  }
  return outcome!;
}

const placing = fc.record({
  act: fc.constant('place' as const),
  account: fc.nat(2),
  cpuMhz: fc.constantFrom(500, 1000),
  memoryGib: fc.constantFrom(1, 2),
  diskGib: fc.integer({ min: 1, max: 3 }),
  hostTags: seldom(none<string>(), tags),
  groups: fc.subarray(range(2), { maxLength: 1 }),
  strategy: fc.constantFrom(...Object.values(PlacementStrategy)),
});
const pick = fc.nat(1000);
const acts: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: placing },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('stop' as const, 'start' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('migrate' as const), pick }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('settle' as const), pick, succeeds: fc.boolean() }) },
);

/** Nobody has anything yet, and little fits. */
const tightClouds = clouds.map((cloud): Cloud => ({
  ...cloud,
  hosts: cloud.hosts.map((host) => ({ ...host, isUp: true, isEnabled: true, isSimulator: true })),
  clusters: cloud.clusters.map((cluster) => ({ ...cluster, isOpen: true })),
  groups: [
    { kind: 'HOST_ANTI_AFFINITY', enforcement: 'HARD' },
    { kind: 'HOST_AFFINITY', enforcement: 'HARD' },
  ],
  machines: [],
}));

test('whoever comes, goes and moves at once: nothing is sold twice, and groups, tags and reservations hold', async () => {
  const inForce: Rules = {
    strategy: 'LEAST_CONSUMED',
    strictTags: [],
    clusterCpuThreshold: 100,
    clusterMemoryThreshold: 100,
    storageOverprovisioning: 1,
    storageThreshold: 100,
  };
  const done: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(
      tightClouds,
      fc.array(fc.array(acts, exactly(10)), exactly(6)),
      async (cloud, callers) => {
        const ids = await writeCloud(db, cloud);
        const traffic = new PlacementTraffic(db, ids, inForce);
        const facts = { cloud, ids, rules: inForce, askedTags: traffic.askedTags };
        let isOver = false;
        const watch = async () => {
          while (!isOver) expect(await findBroken(db, facts)).toEqual([]);
        };
        const watching = watch();
        const all = callers.map(async (own) => {
          for (const act of own) await traffic.run(act);
        });
        await Promise.all(all).finally(() => (isOver = true));
        await watching;
        expect(await findBroken(db, facts)).toEqual([]);
        for (const [act, count] of Object.entries(traffic.done)) done[act] = (done[act] ?? 0) + count;
      },
    ),
    { numRuns: 40, endOnFailure: true },
  );
  for (const act of ['place', 'stop', 'start', 'migrate', 'settle']) expect(done[act]).toBeGreaterThan(5);
}, 180_000);

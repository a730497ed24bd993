import { connectDatabase, type Database } from '@nephos/model/database.ts';
import { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import { reserveHost } from '@nephos/server/compute/placement/placement.ts';
import type { PlacementRules } from '@nephos/server/compute/placement/rules.ts';
import { withMigratedDatabase } from '../../scripts/launch/scratch-database.ts';
import { cpuOf, processTree } from '../support/processes.ts';
import { quantile, type Bench, type Figures } from './figures.ts';
import { fillPlacementWorld, type PlacementWorld } from './placement-world.ts';

const callers = 8;
const gib = 1024n ** 3n;

/** As a cloud is set up that nobody touched. */
const rules: PlacementRules = {
  strategy: 'LEAST_CONSUMED',
  strictTags: [],
  clusterCpuThreshold: 85,
  clusterMemoryThreshold: 85,
  storageOverprovisioning: 2,
  storageThreshold: 85,
};

interface Measured {
  perSecond: number;
  /** Processor time of one placement, of this process and of PostgreSQL. */
  cpuMs: number;
  p95Ms: number;
  /** Wall-clock time of one caller for one placement: the middle one. */
  medianMs: number;
}

/** Machines placed on a large zone: what a deploy asks for first, in its transaction. */
export const placement: Bench = async ({ isQuick, say }) => {
  const machines = isQuick ? 400 : 2000;
  const sizes = { small: 1000, large: 25_000 };
  const strategies = Object.values(PlacementStrategy);
  const measure = (hosts: number) =>
    withMigratedDatabase(async (url) => {
      const world = await fillPlacementWorld(url, hosts);
      say(`${hosts} hosts are there`);
      const connection = connectDatabase({ url, maxConnections: callers, applicationName: 'bench' });
      try {
        const measured = new Map<PlacementStrategy, Measured>();
        // The first placements compile code, and settle PostgreSQL's plans.
        await placeAll(connection.db, world, rules.strategy, 200);
        for (const strategy of strategies)
          measured.set(strategy, await placeAll(connection.db, world, strategy, machines));
        return measured;
      } finally {
        await connection.close();
      }
    });
  const small = await measure(sizes.small);
  const large = await measure(sizes.large);
  const growth = (strategy: PlacementStrategy) => large.get(strategy)!.cpuMs / small.get(strategy)!.cpuMs;
  const figures: Figures = {
    placementsPerSecond: {
      value: Math.min(...strategies.map((strategy) => large.get(strategy)!.perSecond)),
      unit: '/s, slowest strategy',
      goal: '>= 200',
    },
    growth1kTo25k: {
      value: Math.max(...strategies.map(growth)),
      unit: 'times the CPU, worst strategy',
      goal: '<= 2',
    },
  };
  for (const strategy of strategies) {
    const name = strategy.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
    const { perSecond, cpuMs, medianMs, p95Ms } = large.get(strategy)!;
    figures[`${name}PerSecond`] = { value: perSecond, unit: '/s' };
    figures[`${name}CpuMs`] = { value: cpuMs, unit: 'ms' };
    figures[`${name}MedianMs`] = { value: medianMs, unit: 'ms' };
    figures[`${name}P95Ms`] = { value: p95Ms, unit: 'ms' };
    figures[`${name}Growth`] = { value: growth(strategy), unit: 'times' };
  }
  return {
    ...figures,
    hosts: { value: sizes.large, unit: 'hosts' },
    machines: { value: machines, unit: 'machines each' },
    callers: { value: callers, unit: 'callers' },
  };
};

/** Places machines of all owners by turns. */
async function placeAll(
  db: Database,
  world: PlacementWorld,
  strategy: PlacementStrategy,
  machines: number,
): Promise<Measured> {
  const milliseconds: number[] = [];
  let left = machines;
  const [began, cpuBefore] = [performance.now(), cpuOf(processTree(process.pid))];
  const caller = async () => {
    for (let turn = left--; turn > 0; turn = left--) {
      const start = performance.now();
      await place(db, world, strategy, turn);
      milliseconds.push(performance.now() - start);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const seconds = (performance.now() - began) / 1000;
  return {
    perSecond: machines / seconds,
    cpuMs: (cpuOf(processTree(process.pid)) - cpuBefore) / machines,
    medianMs: quantile(milliseconds, 0.5),
    p95Ms: quantile(milliseconds, 0.95),
  };
}

async function place(
  db: Database,
  { zoneId, networkId, serviceOfferingId, accountIds }: PlacementWorld,
  strategy: PlacementStrategy,
  turn: number,
): Promise<void> {
  const accountId = accountIds[turn % accountIds.length]!;
  const [cpuMhz, memoryBytes] = [1000, gib];
  await db.transaction().execute(async (tx) => {
    const { hostId } = await reserveHost(
      tx,
      {
        zoneId,
        accountId,
        cpuMhz,
        memoryBytes,
        hostTags: [],
        strategy,
        poolIds: [],
        newDisks: [{ sizeBytes: 10n * gib, storageTags: [] }],
        networkId,
        podId: null,
        preferredHostId: null,
      },
      rules,
    );
    // The next placement of this owner counts it.
    const id = newId('VirtualMachine');
    await tx
      .insertInto('VirtualMachine')
      .values({
        id,
        accountId,
        zoneId,
        name: id,
        state: 'STARTING',
        desiredPower: 'ON',
        serviceOfferingId,
        hostId,
        cpuCount: 1,
        cpuMhz,
        memoryBytes,
      })
      .execute();
  });
}

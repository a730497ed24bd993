import type { Database, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Demand } from '@nephos/server/compute/placement/demand.ts';
import { releaseHost, reserveHost } from '@nephos/server/compute/placement/placement.ts';
import { PlatformError } from '@nephos/server/platform/errors.ts';
import { transactionWithRetry } from '@nephos/server/platform/deadlocks.ts';
import { gib, writeMachine, type WrittenCloud } from './placement-cloud.ts';
import type { Rules } from './placement-oracle.ts';

/** What one of many does to machines at once; `pick` chooses one of those that are there by then. */
export type Act =
  | {
      act: 'place';
      account: number;
      cpuMhz: number;
      memoryGib: number;
      diskGib: number;
      hostTags: string[];
      groups: number[];
      strategy: Demand['strategy'];
    }
  | { act: 'stop' | 'start' | 'migrate'; pick: number }
  | { act: 'settle'; pick: number; succeeds: boolean };

/** Tags that each machine asks for. */
export type AskedTags = Map<Id<'VirtualMachine'>, string[]>;

/** Machines that come and go on a cloud, as the services have it: reservation and row in one transaction. */
export class PlacementTraffic {
  readonly #db: Database;
  readonly #ids: WrittenCloud;
  readonly #rules: Rules;
  readonly #machines: Id<'VirtualMachine'>[] = [];
  readonly askedTags: AskedTags = new Map();
  /** How often each act came to pass. */
  readonly done: Record<Act['act'], number> = { place: 0, stop: 0, start: 0, migrate: 0, settle: 0 };

  constructor(db: Database, ids: WrittenCloud, rules: Rules) {
    this.#db = db;
    this.#ids = ids;
    this.#rules = rules;
  }

  /** Does it; what does not fit, or is not in the state for it, is left. */
  async run(act: Act): Promise<void> {
    try {
      const made = await transactionWithRetry(this.#db, (tx) => this.#act(tx, act));
      // Nobody else sees it earlier.
      if (made !== undefined) this.#machines.push(made);
    } catch (error) {
      if (!(error instanceof PlatformError) || error.code !== 'INSUFFICIENT_CAPACITY') throw error;
    }
  }

  /** @returns the machine that was made */
  async #act(tx: Transaction, act: Act): Promise<Id<'VirtualMachine'> | undefined> {
    if (act.act === 'place') return this.#place(tx, act);
    const id = this.#machines[act.pick % Math.max(1, this.#machines.length)];
    if (id === undefined) return undefined;
    const machine = await tx
      .selectFrom('VirtualMachine')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const { hostId, targetHostId } = machine;
    const set = (change: { hostId?: Id<'Host'> | null; targetHostId?: Id<'Host'> | null }) =>
      tx.updateTable('VirtualMachine').set(change).where('id', '=', id).execute();
    const demand = this.#demand(machine, this.askedTags.get(id) ?? []);
    const isStill = hostId !== null && targetHostId === null;
    if (act.act === 'stop' && isStill) {
      await releaseHost(tx, hostId, machine);
      await set({ hostId: null });
    } else if (act.act === 'start' && hostId === null) {
      const placed = await reserveHost(tx, { ...demand, forMachineId: id }, this.#rules);
      await set({ hostId: placed.hostId });
    } else if (act.act === 'migrate' && isStill) {
      const { clusterId } = await tx
        .selectFrom('Host')
        .select('clusterId')
        .where('id', '=', hostId)
        .executeTakeFirstOrThrow();
      const excludedHostIds = [hostId];
      const moves = { ...demand, forMachineId: id, clusterId, excludedHostIds };
      await set({ targetHostId: (await reserveHost(tx, moves, this.#rules)).hostId });
    } else if (act.act === 'settle' && hostId !== null && targetHostId !== null) {
      await releaseHost(tx, act.succeeds ? hostId : targetHostId, machine);
      await set({ hostId: act.succeeds ? targetHostId : hostId, targetHostId: null });
    } else return undefined;
    this.done[act.act]++;
    return undefined;
  }

  async #place(tx: Transaction, act: Act & { act: 'place' }): Promise<Id<'VirtualMachine'>> {
    const { account, groups, cpuMhz, memoryGib, hostTags, strategy } = act;
    const owner = { accountId: this.#ids.accountIds[account]!, cpuMhz, memoryBytes: BigInt(memoryGib) * gib };
    const sizeBytes = BigInt(act.diskGib) * gib;
    const { hostId, pools } = await reserveHost(
      tx,
      {
        ...this.#demand(owner, hostTags),
        strategy,
        newDisks: [{ sizeBytes, storageTags: [] }],
        affinityGroupIds: groups.map((group) => this.#ids.groupIds[group]!),
      },
      this.#rules,
    );
    const id = await writeMachine(tx, this.#ids, { ...act, hostId, targetHostId: null });
    await tx
      .insertInto('Volume')
      .values({
        id: newId('Volume'),
        accountId: owner.accountId,
        zoneId: this.#ids.zoneId,
        poolId: pools[0]!.poolId,
        virtualMachineId: id,
        kind: 'ROOT',
        name: id,
        sizeBytes,
        deviceIndex: 0,
        state: 'READY',
      })
      .execute();
    this.askedTags.set(id, hostTags);
    this.done.place++;
    return id;
  }

  #demand(
    { accountId, cpuMhz, memoryBytes }: Pick<Demand, 'accountId' | 'cpuMhz' | 'memoryBytes'>,
    hostTags: string[],
  ): Demand {
    return {
      zoneId: this.#ids.zoneId,
      ...{ accountId, cpuMhz, memoryBytes, hostTags },
      strategy: null,
      poolIds: [],
      newDisks: [],
      networkId: null,
      podId: null,
      preferredHostId: null,
    };
  }
}

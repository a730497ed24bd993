import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { holdAffinity } from './affinity.ts';
import { orderOf, ownMachines, searchesFor, type Search } from './candidates.ts';
import { candidateHosts, conditionsOf, factsFor, type Question } from './conditions.ts';
import type { Demand } from './demand.ts';
import { choosePools, reservePools, type ReservedPool } from './pools.ts';
import type { PlacementRules } from './rules.ts';
import { countReasons, refusal } from './verdict.ts';

export interface Placement {
  hostId: Id<'Host'>;
  hostName: string;
  podId: Id<'Pod'>;
  clusterId: Id<'Cluster'>;
  agentId: Id<'Agent'>;
  /** Pools for the new disks, in their order. */
  pools: readonly ReservedPool[];
}

type ReservedHost = Omit<Placement, 'pools'>;

/**
 * Chooses a host and reserves what a machine needs of it, in statements that cannot promise anything twice. What comes
 * first: the preferred host, soft affinity, hardware of the owner's own, the strategy.
 * @throws PlatformError INSUFFICIENT_CAPACITY with the number of hosts that each reason ruled out
 */
export async function reserveHost(
  tx: Transaction,
  demand: Demand,
  rules: PlacementRules,
  /** `LATE`: pools are only chosen, and {@link takePools} promises their space at the end of the transaction. */
  space: 'AT_ONCE' | 'LATE' = 'AT_ONCE',
): Promise<Placement> {
  const question = { demand, affinity: await holdAffinity(tx, demand), rules };
  // What was found may be taken by others before it is reserved; then others may fit all the same.
  for (let tries = 0; tries < 20; tries++) {
    const host = await findHost(tx, question);
    if (host === undefined) {
      if ((await countReasons(tx, question)).fitting === 0) break;
      continue;
    }
    const pools = await (space === 'LATE' ? choosePools : reservePools)(tx, host.hostId, question);
    if (pools !== undefined) return { ...host, pools };
    await releaseHost(tx, host.hostId, demand);
  }
  throw await refusal(tx, question);
}

async function findHost(tx: Transaction, question: Question): Promise<ReservedHost | undefined> {
  let isExhausted = false;
  for (const search of searchesFor(question)) {
    if (isExhausted && search.isPassing) continue;
    const { candidates, ...host } = await tryReserve(tx, question, search);
    if (host.hostId !== null) return host as ReservedHost;
    isExhausted = candidates < search.most;
  }
  return undefined;
}

type Tried = { candidates: number } & { [Fact in keyof ReservedHost]: ReservedHost[Fact] | null };

async function tryReserve(tx: Transaction, question: Question, { hosts, isPassing }: Search): Promise<Tried> {
  const { cpuMhz, memoryBytes } = question.demand;
  const { rows } = await sql<Tried>`
    with ${ownMachines(question)} candidate as materialized (${hosts}) ${factsFor(question)},
    chosen as (
      select h."id", h."name", h."podId", h."clusterId", h."agentId" from ${candidateHosts}
      where c."isOpen" and ${sql.join(Object.values(conditionsOf(question)), sql` and `)}
      order by ${orderOf(question)}
      limit 1 for no key update of c ${sql.raw(isPassing ? 'skip locked' : '')}
    ),
    reserved as (
      update "HostCapacity" c set
        "cpuMhzReserved" = c."cpuMhzReserved" + ${cpuMhz},
        "memoryBytesReserved" = c."memoryBytesReserved" + ${memoryBytes}
      from chosen where c."hostId" = chosen."id"
        and c."cpuMhzReserved" + ${cpuMhz} <= c."cpuMhzTotal"
        and c."memoryBytesReserved" + ${memoryBytes} <= c."memoryBytesTotal"
      returning chosen."id" as "hostId", chosen."name" as "hostName", chosen."podId", chosen."clusterId", chosen."agentId"
    )
    select count.*, reserved.* from (select count(*)::int as "candidates" from candidate) as count
    left join reserved on true`.execute(tx);
  const [tried] = rows;
  if (tried === undefined) throw new Error('a reservation gives one row, whether it reserved or not');
  return tried;
}

/** Gives back what {@link reserveHost} took of a host. */
export async function releaseHost(
  tx: Transaction,
  hostId: Id<'Host'>,
  reserved: { cpuMhz: number; memoryBytes: bigint },
): Promise<void> {
  await tx
    .updateTable('HostCapacity')
    .set((row) => ({
      cpuMhzReserved: row('cpuMhzReserved', '-', reserved.cpuMhz),
      memoryBytesReserved: row('memoryBytesReserved', '-', reserved.memoryBytes),
    }))
    .where('hostId', '=', hostId)
    .execute();
}

/** Takes from a host what a machine needs that runs there already, whether the host has it or not. */
export async function takeFromHost(
  tx: Transaction,
  hostId: Id<'Host'>,
  needed: { cpuMhz: number; memoryBytes: bigint },
): Promise<void> {
  await releaseHost(tx, hostId, { cpuMhz: -needed.cpuMhz, memoryBytes: -needed.memoryBytes });
}

import path from 'node:path';
import type { Database } from '@nephos/model/database.ts';
import { countedThings } from '@nephos/server/identity/limit/counted-things.ts';
import { sql } from 'kysely';

/** What there is outside of the database, as hosts and folders show it; every list sorted. */
export interface Books {
  /** `host machine` of machines that run. */
  running: string[];
  /** `host machine` of machines that stand still. */
  suspended: string[];
  /** `host machine` of machines that are defined but off, or, as the database sees it, may be. */
  off: string[];
  /** `pool volume bytes` */
  volumes: string[];
  /** `volume snapshot` of what is kept of disks. */
  snapshots: string[];
  /** `pool image` of templates' copies on primary storage. */
  bases: string[];
  /** Names of the files in image stores. */
  imageFiles: string[];
}

/** What was promised, or what of it is in use: numbers by what they are of, and addresses by plug. */
interface Promises {
  cpuMhz: Record<string, number>;
  memoryBytes: Record<string, bigint>;
  storageBytes: Record<string, bigint>;
  addresses: string[];
  /** What counts towards limits: `account resource amount`. */
  counted: string[];
}

/** The same things three times over, as different tables of the database have them. */
export async function seenInDatabase(
  db: Database,
): Promise<{ believed: Books; promised: Promises; held: Promises }> {
  const [hosts, pools, machines, volumes, snapshots, bases, replicas, nics, addresses, counts, things] =
    await Promise.all([
      db
        .selectFrom('HostCapacity')
        .innerJoin('Host', 'Host.id', 'hostId')
        .selectAll('HostCapacity')
        .select('name')
        .execute(),
      db.selectFrom('StoragePoolCapacity').selectAll().execute(),
      db.selectFrom('VirtualMachine').selectAll().execute(),
      db.selectFrom('Volume').selectAll().execute(),
      db.selectFrom('VirtualMachineSnapshot').selectAll().execute(),
      db.selectFrom('BaseImage').selectAll().execute(),
      db.selectFrom('ImageReplica').select(['path', 'state']).execute(),
      db.selectFrom('Nic').select(['id', 'ipAddress']).where('ipAddress', 'is not', null).execute(),
      db.selectFrom('GuestIpAddress').select(['nicId', 'address']).where('nicId', 'is not', null).execute(),
      db.selectFrom('ResourceCount').selectAll().where('used', '>', 0n).execute(),
      sql<{ accountId: string; resource: string; amount: bigint }>`
      select * from (${countedThings}) as counted where "amount" > 0`.execute(db),
    ]);
  const nameOf = (id: string | null) => hosts.find(({ hostId }) => hostId === id)?.name ?? 'nowhere';
  // Both hosts keep what a machine needs while it moves from one to the other.
  const placed = (hostId: string) =>
    machines.filter((machine) => machine.hostId === hostId || machine.targetHostId === hostId);
  const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);
  return {
    believed: {
      running: machines
        .filter(({ state }) => state === 'RUNNING')
        .map(({ id, hostId }) => `${nameOf(hostId)} ${id}`)
        .sort(),
      suspended: machines
        .filter(({ state }) => state === 'SUSPENDED')
        .map(({ id, hostId }) => `${nameOf(hostId)} ${id}`)
        .sort(),
      off: machines
        .filter(
          ({ state, lastHostId }) => lastHostId !== null && (state === 'STOPPED' || state === 'DESTROYED'),
        )
        .map(({ id, lastHostId }) => `${nameOf(lastHostId)} ${id}`)
        .sort(),
      volumes: volumes.map(({ id, poolId, sizeBytes }) => `${poolId} ${id} ${sizeBytes}`).sort(),
      snapshots: snapshots
        .flatMap(({ id, volumeIds }) => volumeIds.map((volume) => `${volume} ${id}`))
        .sort(),
      bases: bases
        .filter(({ state }) => state === 'READY')
        .map(({ poolId, imageId }) => `${poolId} ${imageId}`)
        .sort(),
      imageFiles: replicas
        .filter(({ state }) => state === 'READY')
        .map((replica) => path.basename(replica.path))
        .sort(),
    },
    promised: {
      cpuMhz: Object.fromEntries(hosts.map(({ name, cpuMhzReserved }) => [name, cpuMhzReserved])),
      memoryBytes: Object.fromEntries(
        hosts.map(({ name, memoryBytesReserved }) => [name, memoryBytesReserved]),
      ),
      storageBytes: Object.fromEntries(pools.map(({ poolId, allocatedBytes }) => [poolId, allocatedBytes])),
      addresses: addresses.map(({ nicId, address }) => `${nicId} ${address}`).sort(),
      counted: counts.map(({ accountId, resource, used }) => `${accountId} ${resource} ${used}`).sort(),
    },
    held: {
      cpuMhz: Object.fromEntries(
        hosts.map(({ name, hostId }) => [
          name,
          placed(hostId).reduce((total, { cpuMhz }) => total + cpuMhz, 0),
        ]),
      ),
      memoryBytes: Object.fromEntries(
        hosts.map(({ name, hostId }) => [name, sum(placed(hostId).map(({ memoryBytes }) => memoryBytes))]),
      ),
      storageBytes: Object.fromEntries(
        pools.map(({ poolId }) => [
          poolId,
          sum(
            [...volumes, ...snapshots.map((snapshot) => ({ ...snapshot, sizeBytes: snapshot.reservedBytes }))]
              .filter((kept) => kept.poolId === poolId)
              .map(({ sizeBytes }) => sizeBytes),
          ),
        ]),
      ),
      addresses: nics.map(({ id, ipAddress }) => `${id} ${ipAddress}`).sort(),
      counted: things.rows
        .map(({ accountId, resource, amount }) => `${accountId} ${resource} ${amount}`)
        .sort(),
    },
  };
}

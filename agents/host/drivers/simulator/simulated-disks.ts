import type { SimulatedMachine } from './simulated-state.ts';

/** A disk, and what is on it. */
export interface SimulatedDisk {
  sizeBytes: string;
  /** Grows with each start of its machine, which writes to it; absent: 0. */
  content?: number;
  /** By id: what was on it, and on a root disk what was in the memory. */
  snapshots?: Record<string, { content: number; memory: SimulatedMachine | null }>;
}

/** A host that writes down the disks that were made through it. */
export interface DiskKeeper {
  volumes: Record<string, SimulatedDisk>;
  save(): void;
}

/**
 * The disks of all simulated hosts in a process: a pool is one place, whichever host a disk in it was made or is
 * deleted by. A pool of one host alone has an id of its own, and no other host is asked about it.
 */
export class SimulatedDisks {
  readonly #keepers = new Map<string, DiskKeeper>();

  /** Takes in what a host has written down before. */
  join(keeper: DiskKeeper): void {
    for (const key of Object.keys(keeper.volumes)) this.#keepers.set(key, keeper);
  }

  find(key: string): SimulatedDisk | undefined {
    return this.#keepers.get(key)?.volumes[key];
  }

  /** The disks of these volumes, by key. */
  of(volumeIds: readonly string[]): Record<string, SimulatedDisk> {
    const entries = [...this.#keepers].flatMap(([key, { volumes }]) => {
      const disk = volumes[key];
      return disk !== undefined && volumeIds.some((id) => key.endsWith(`/${id}`))
        ? [[key, disk] as const]
        : [];
    });
    return Object.fromEntries(entries);
  }

  /** Sizes of all disks in a pool, together. */
  bytesIn(poolId: string): bigint {
    let sum = 0n;
    for (const [key, { volumes }] of this.#keepers) {
      if (key.startsWith(`${poolId}/`)) sum += BigInt(volumes[key]?.sizeBytes ?? 0);
    }
    return sum;
  }

  /** Keeps what changed of a disk. */
  save(key: string): void {
    this.#keepers.get(key)?.save();
  }

  /** A machine that starts writes to its disks. */
  write(keys: readonly string[]): void {
    for (const key of keys) {
      const disk = this.find(key);
      if (disk === undefined) continue;
      disk.content = (disk.content ?? 0) + 1;
      this.save(key);
    }
  }

  /** A disk that is there already stays with the host that keeps it. */
  put(key: string, disk: SimulatedDisk, maker: DiskKeeper): void {
    const keeper = this.#keepers.get(key) ?? maker;
    this.#keepers.set(key, keeper);
    keeper.volumes[key] = disk;
    keeper.save();
  }

  remove(key: string): void {
    const keeper = this.#keepers.get(key);
    if (keeper === undefined) return;
    this.#keepers.delete(key);
    Reflect.deleteProperty(keeper.volumes, key);
    keeper.save();
  }
}

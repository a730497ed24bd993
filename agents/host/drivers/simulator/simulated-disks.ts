/** A host that writes down the disks that were made through it. */
export interface DiskKeeper {
  volumes: Record<string, { sizeBytes: string }>;
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

  find(key: string): { sizeBytes: string } | undefined {
    return this.#keepers.get(key)?.volumes[key];
  }

  /** The disks of these volumes, by key. */
  of(volumeIds: readonly string[]): Record<string, { sizeBytes: string }> {
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

  /** A disk that is there already stays with the host that keeps it. */
  put(key: string, disk: { sizeBytes: string }, maker: DiskKeeper): void {
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

import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type { PoolReference } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import type { ImageSizes, Space } from '../../driver.ts';
import { asksFor } from './sentinels.ts';
import type { DiskKeeper, SimulatedDisks } from './simulated-disks.ts';
import type { SimulatedState } from './simulated-state.ts';
import type { SimulatedTime } from './simulated-time.ts';

/** How long the work of a well-fed host takes, in milliseconds. */
const typical = { volume: 3, copy: 10 } as const;
const poolBytes = 100_000n * GiB;

interface SimulatedStorageOptions {
  state: SimulatedState;
  disks: SimulatedDisks;
  /** This host, as it writes down the disks that are made through it. */
  keeper: DiskKeeper;
  time: SimulatedTime;
  /** Keeps what changed of the state. */
  save(): void;
}

/** Pools, templates' copies and disks that exist only in a host's state. */
export class SimulatedStorage {
  readonly #options: SimulatedStorageOptions;

  constructor(options: SimulatedStorageOptions) {
    this.#options = options;
  }

  attachPool(pool: PoolReference): Promise<Space> {
    this.#options.state.pools[pool.poolId] = { path: pool.path };
    this.#options.save();
    return Promise.resolve({ totalBytes: poolBytes, usedBytes: 0n });
  }

  async detachPool(pool: PoolReference): Promise<void> {
    const holds = (things: Record<string, unknown>) =>
      Object.keys(things).some((key) => key.startsWith(pool.poolId));
    if (holds(this.#options.state.volumes))
      throw new CommandFailure('IN_USE', 'the pool still holds volumes');
    for (const key of Object.keys(this.#options.state.bases)) {
      if (key.startsWith(pool.poolId)) Reflect.deleteProperty(this.#options.state.bases, key);
    }
    Reflect.deleteProperty(this.#options.state.pools, pool.poolId);
    this.#options.save();
    await Promise.resolve();
  }

  findPool(pool: PoolReference): Promise<Space | null> {
    const isKnown = pool.poolId in this.#options.state.pools;
    // Disks that grow as they are written to, and have been written to by a third.
    const usedBytes = this.#options.disks.bytesIn(pool.poolId) / 3n;
    return Promise.resolve(isKnown ? { totalBytes: poolBytes, usedBytes } : null);
  }

  async installBase(
    payload: CommandPayload<'base.install'>,
    { signal }: CommandContext,
  ): Promise<ImageSizes> {
    await this.#options.time.work(`base.install ${payload.imageId}`, typical.copy, signal);
    const exported = this.#options.state.exports[payload.sourcePath];
    const base = exported ?? { sizeBytes: (20n * MiB).toString(), virtualSizeBytes: (66n * MiB).toString() };
    this.#options.state.bases[baseKey(payload)] = base;
    this.#options.save();
    return sizesOf(base);
  }

  findBase(payload: CommandPayload<'base.remove'>): Promise<ImageSizes | null> {
    const base = this.#options.state.bases[baseKey(payload)];
    return Promise.resolve(base === undefined ? null : sizesOf(base));
  }

  removeBase(payload: CommandPayload<'base.remove'>): Promise<void> {
    Reflect.deleteProperty(this.#options.state.bases, baseKey(payload));
    this.#options.save();
    return Promise.resolve();
  }

  async createVolume(payload: CommandPayload<'volume.create'>, { signal }: CommandContext): Promise<void> {
    const { name, sizeBytes, baseImageId, pool } = payload;
    await this.#options.time.work(`volume.create ${name}`, typical.volume, signal);
    if (asksFor('fail-at-volume', name)) throw simulatedFailure(`the disk of ${name} could not be made`);
    if (baseImageId !== null && !(baseKey({ pool, imageId: baseImageId }) in this.#options.state.bases)) {
      throw new CommandFailure('NOT_FOUND', `base image ${baseImageId} is not in pool ${pool.poolId}`);
    }
    this.#options.disks.put(volumeKey(payload), { sizeBytes: sizeBytes.toString() }, this.#options.keeper);
  }

  hasVolume(payload: CommandPayload<'volume.delete'>): Promise<boolean> {
    return Promise.resolve(this.#options.disks.find(volumeKey(payload)) !== undefined);
  }

  async deleteVolume(payload: CommandPayload<'volume.delete'>): Promise<void> {
    const user = Object.values(this.#options.state.machines).find(
      (machine) => machine.power !== 'OFF' && machine.volumeIds.includes(payload.volumeId),
    );
    if (user !== undefined)
      throw new CommandFailure('IN_USE', `volume ${payload.volumeId} is in use by ${user.name}`);
    this.#options.disks.remove(volumeKey(payload));
    await Promise.resolve();
  }

  async flattenVolume(
    payload: CommandPayload<'volume.flatten'>,
    { signal, progress }: CommandContext,
  ): Promise<void> {
    if (this.#options.disks.find(volumeKey(payload)) === undefined)
      throw new CommandFailure('NOT_FOUND', `there is no volume ${payload.volumeId}`);
    progress(50, 'copying');
    await this.#options.time.work(`volume.flatten ${payload.volumeId}`, typical.copy, signal);
  }

  async exportVolume(
    payload: CommandPayload<'volume.export'>,
    { signal, progress }: CommandContext,
  ): Promise<ImageSizes> {
    const volume = this.#options.disks.find(volumeKey(payload));
    if (volume === undefined) throw new CommandFailure('NOT_FOUND', `there is no volume ${payload.volumeId}`);
    progress(50, 'copying');
    await this.#options.time.work(`volume.export ${payload.volumeId}`, typical.copy, signal);
    const owner = Object.values(this.#options.state.machines).find(({ volumeIds }) =>
      volumeIds.includes(payload.volumeId),
    );
    if (owner !== undefined && asksFor('fail-at-export', owner.name))
      throw simulatedFailure('the copy was cut short');
    const sizes = { sizeBytes: (20n * MiB).toString(), virtualSizeBytes: volume.sizeBytes };
    this.#options.state.exports[payload.targetPath] = sizes;
    // A zone's image store is real even here, since its storage agent is: what is exported can be deleted there.
    if (existsSync(path.dirname(payload.targetPath))) writeFileSync(payload.targetPath, '');
    this.#options.save();
    return sizesOf(sizes);
  }

  findExport(payload: CommandPayload<'volume.export'>): Promise<ImageSizes | null> {
    const { targetPath } = payload;
    const sizes = this.#options.state.exports[targetPath];
    const wasDeleted = existsSync(path.dirname(targetPath)) && !existsSync(targetPath);
    return Promise.resolve(sizes === undefined || wasDeleted ? null : sizesOf(sizes));
  }
}

/** What a sentinel asked for. */
export function simulatedFailure(message: string): CommandFailure {
  return new CommandFailure('HYPERVISOR_ERROR', `simulated failure: ${message}`);
}

function baseKey({ pool, imageId }: { pool: PoolReference; imageId: string }): string {
  return `${pool.poolId}/${imageId}`;
}

/** Key of a volume in the state. */
export function volumeKey({ pool, volumeId }: { pool: PoolReference; volumeId: string }): string {
  return `${pool.poolId}/${volumeId}`;
}

function sizesOf(sizes: { sizeBytes: string; virtualSizeBytes: string }): ImageSizes {
  return { sizeBytes: BigInt(sizes.sizeBytes), virtualSizeBytes: BigInt(sizes.virtualSizeBytes) };
}

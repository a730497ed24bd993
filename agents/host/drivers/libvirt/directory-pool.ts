import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { copyFile, mkdir, readdir, rename, rm, rmdir, stat, statfs, unlink } from 'node:fs/promises';
import path from 'node:path';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type { PoolReference } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import type { ImageSizes, Space } from '../../driver.ts';
import { convertDisk, createClone, createDisk, flattenDisk, virtualSizeOf } from './qemu-img.ts';

/** What is being written is called so until it is whole. */
const unfinished = '.unfinished';

const folders = (pool: PoolReference) => ({
  bases: path.join(pool.path, 'bases'),
  volumes: path.join(pool.path, 'volumes'),
});

/** File of a volume. */
export function volumeFile({ pool, volumeId }: { pool: PoolReference; volumeId: string }): string {
  return path.join(folders(pool).volumes, `${volumeId}.qcow2`);
}

const keptDefinition = '.xml';

/** Beside a root disk: how its machine was defined when a snapshot of its memory was taken. */
export function definitionFile(rootDisk: string, snapshotId: string): string {
  return `${rootDisk}.${snapshotId}${keptDefinition}`;
}

/** File of a disk of this name that is none of ours and lies in a pool. */
export function foreignVolumeFile(pool: PoolReference, name: string): string {
  return path.join(folders(pool).volumes, `${name}.qcow2`);
}

function baseFile({ pool, imageId }: { pool: PoolReference; imageId: string }): string {
  return path.join(folders(pool).bases, `${imageId}.qcow2`);
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

async function spaceOf(folder: string): Promise<Space> {
  const { blocks, bfree, bsize } = await statfs(folder, { bigint: true });
  return { totalBytes: blocks * bsize, usedBytes: (blocks - bfree) * bsize };
}

async function removeIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  });
}

/** Writes a file under another name and puts it in place when it is whole; a failure leaves nothing. */
export async function putInPlace(file: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomUUID()}${unfinished}`;
  try {
    await write(temporary);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** What lies beside a file, called like it but for an ending, is removed. */
async function removeBeside(file: string, ending: string): Promise<void> {
  const folder = path.dirname(file);
  const names = await readdir(folder).catch(() => []);
  const left = names.filter((name) => name.startsWith(`${path.basename(file)}.`) && name.endsWith(ending));
  await Promise.all(left.map((name) => rm(path.join(folder, name), { force: true })));
}

/** What a crash left half written is removed. */
const removeUnfinished = (file: string) => removeBeside(file, unfinished);

async function imageSizes(file: string): Promise<ImageSizes> {
  const { size } = await stat(file, { bigint: true });
  return { sizeBytes: size, virtualSizeBytes: await virtualSizeOf(file) };
}

/** Primary storage in a directory: templates in `bases`, disks in `volumes`, all of them QCOW2. */
export class DirectoryPools {
  /** Copies under way, by file: a second machine of the same template waits for the first one's copy. */
  readonly #installing = new Map<string, Promise<ImageSizes>>();

  async attach(pool: PoolReference): Promise<Space> {
    const { bases, volumes } = folders(pool);
    try {
      await mkdir(bases, { recursive: true });
      await mkdir(volumes, { recursive: true });
    } catch (error) {
      throw new CommandFailure('INTERNAL', `${pool.path} cannot be used: ${(error as Error).message}`, {
        cause: error,
      });
    }
    return spaceOf(pool.path);
  }

  async detach(pool: PoolReference): Promise<void> {
    const { bases, volumes } = folders(pool);
    const left = await readdir(volumes).catch(() => []);
    if (left.length > 0) throw new CommandFailure('IN_USE', `${volumes} still holds ${left.length} disks`);
    await rm(bases, { recursive: true, force: true });
    for (const folder of [volumes, pool.path]) await rmdir(folder).catch(() => undefined);
  }

  async find(pool: PoolReference): Promise<Space | null> {
    return (await exists(folders(pool).volumes)) ? spaceOf(pool.path) : null;
  }

  installBase(payload: CommandPayload<'base.install'>, context: CommandContext): Promise<ImageSizes> {
    const file = baseFile(payload);
    const going =
      this.#installing.get(file) ??
      this.#install(file, payload, context).finally(() => this.#installing.delete(file));
    this.#installing.set(file, going);
    return going;
  }

  async findBase(payload: CommandPayload<'base.remove'>): Promise<ImageSizes | null> {
    const file = baseFile(payload);
    await removeUnfinished(file);
    return (await exists(file)) ? imageSizes(file) : null;
  }

  async removeBase(payload: CommandPayload<'base.remove'>): Promise<void> {
    await removeIfThere(baseFile(payload));
  }

  async createVolume(payload: CommandPayload<'volume.create'>): Promise<void> {
    const { pool, sizeBytes, baseImageId } = payload;
    const file = volumeFile(payload);
    if (await exists(file)) return;
    if (baseImageId === null) {
      await putInPlace(file, (temporary) => createDisk(temporary, sizeBytes));
      return;
    }
    const base = baseFile({ pool, imageId: baseImageId });
    if (!(await exists(base)))
      throw new CommandFailure('NOT_FOUND', `template ${baseImageId} is not in pool ${pool.poolId}`);
    const backing = path.relative(path.dirname(file), base);
    await putInPlace(file, (temporary) => createClone(temporary, backing, sizeBytes));
  }

  async hasVolume(payload: CommandPayload<'volume.delete'>): Promise<boolean> {
    const file = volumeFile(payload);
    await removeUnfinished(file);
    return exists(file);
  }

  /** @throws CommandFailure IN_USE while a machine runs on it */
  async deleteVolume(payload: CommandPayload<'volume.delete'>): Promise<void> {
    const file = volumeFile(payload);
    await removeUnfinished(file);
    if (!(await exists(file))) return;
    await virtualSizeOf(file);
    await removeBeside(file, keptDefinition);
    await removeIfThere(file);
  }

  /** Of a machine that is off. */
  async flattenVolume(payload: CommandPayload<'volume.flatten'>, { signal }: CommandContext): Promise<void> {
    await flattenDisk(volumeFile(payload), { signal });
  }

  async exportVolume(
    payload: CommandPayload<'volume.export'>,
    { signal, progress }: CommandContext,
  ): Promise<ImageSizes> {
    const file = volumeFile(payload);
    if (!(await exists(file)))
      throw new CommandFailure(
        'NOT_FOUND',
        `there is no disk ${payload.volumeId} in pool ${payload.pool.poolId}`,
      );
    await putInPlace(payload.targetPath, (temporary) =>
      convertDisk({ file, format: 'qcow2' }, temporary, {
        signal,
        progress: (percent) => progress(percent, 'copying the disk'),
      }),
    );
    return imageSizes(payload.targetPath);
  }

  async findExport(payload: CommandPayload<'volume.export'>): Promise<ImageSizes | null> {
    await removeUnfinished(payload.targetPath);
    return (await exists(payload.targetPath)) ? imageSizes(payload.targetPath) : null;
  }

  async #install(
    file: string,
    payload: CommandPayload<'base.install'>,
    context: CommandContext,
  ): Promise<ImageSizes> {
    const { sourcePath, format } = payload;
    if (!(await exists(file))) {
      if (!(await exists(sourcePath))) {
        throw new CommandFailure(
          'NOT_FOUND',
          `${sourcePath} cannot be read on this host; is secondary storage mounted?`,
        );
      }
      const { signal, progress } = context;
      await putInPlace(file, async (temporary) => {
        if (format === 'QCOW2') await copyFile(sourcePath, temporary, constants.COPYFILE_FICLONE);
        else
          await convertDisk({ file: sourcePath, format: 'raw' }, temporary, {
            signal,
            progress: (percent) => progress(percent, 'converting'),
          });
      });
    }
    return imageSizes(file);
  }
}

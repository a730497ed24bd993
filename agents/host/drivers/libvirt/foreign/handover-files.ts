import { link, stat, unlink } from 'node:fs/promises';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { foreignVolumeFile, volumeFile } from '../directory-pool.ts';

type Handover = CommandPayload<'machine.adopt'>;

/** A disk's file under our name, and under the one that it has while it is none of ours. */
export interface HandedDisk {
  volumeId: Id<'Volume'>;
  ours: string;
  theirs: string;
}

/** The files of a machine's disks. */
export function handedDisks({ machine, foreignName, foreignPaths }: Handover): HandedDisk[] {
  return machine.disks.map((disk) => ({
    volumeId: disk.volumeId,
    ours: volumeFile(disk),
    theirs:
      foreignPaths.find(({ volumeId }) => volumeId === disk.volumeId)?.path ??
      foreignVolumeFile(disk.pool, `${foreignName}-disk${disk.deviceIndex}`),
  }));
}

const codeOf = (error: unknown) => (error as NodeJS.ErrnoException).code;

export async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * Gives a file another name beside the one that it has; QEMU, which may have it open, does not notice. One that is
 * called so already is left alone.
 * @returns whether the name is new
 * @throws CommandFailure NOT_FOUND, UNSUPPORTED on another file system
 */
export async function nameAlso(file: string, other: string): Promise<boolean> {
  if (await isThere(other)) return false;
  try {
    await link(file, other);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT')
      throw new CommandFailure('NOT_FOUND', `there is no disk ${file}, or no folder for ${other}`, {
        cause: error,
      });
    throw new CommandFailure(
      'UNSUPPORTED',
      `${file} cannot be called ${other} as well (${codeOf(error)}): a disk must be on the file system of its pool`,
      { cause: error, details: { file, other } },
    );
  }
}

/** Takes one of several names of a file away; the last one stays. */
export async function dropName(file: string): Promise<void> {
  const facts = await stat(file).catch(() => null);
  if (facts !== null && facts.nlink > 1) await unlink(file);
}

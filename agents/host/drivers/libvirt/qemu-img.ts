import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import { runProgram, type RunOptions } from './run-program.ts';

/**
 * `qemu-img` reads headers that strangers wrote: it gets so much memory and no more. The format is always told, and
 * operands come after `--`.
 */
const memoryLimit = 2 * 1024 ** 3;

function qemuImg(args: readonly string[], options: RunOptions = {}): Promise<string> {
  return runProgram('prlimit', [`--as=${memoryLimit}`, 'qemu-img', ...args], options).catch(
    (error: unknown) => {
      if (error instanceof CommandFailure && error.message.includes('No space left on device')) {
        throw new CommandFailure('INSUFFICIENT_SPACE', 'no space is left on the storage', { cause: error });
      }
      throw error;
    },
  );
}

/** An empty disk. */
export async function createDisk(file: string, sizeBytes: bigint): Promise<void> {
  await qemuImg(['create', '-q', '-f', 'qcow2', '--', file, sizeBytes.toString()]);
}

/** A linked clone. `backing` is relative to the clone, so that a pool can be moved as a whole. */
export async function createClone(file: string, backing: string, sizeBytes: bigint): Promise<void> {
  await qemuImg([
    'create',
    '-q',
    '-f',
    'qcow2',
    '-F',
    'qcow2',
    '-b',
    backing,
    '--',
    file,
    sizeBytes.toString(),
  ]);
}

/** Writes a disk, with all it stands on, to one new QCOW2 file. */
export async function convertDisk(
  source: { file: string; format: 'qcow2' | 'raw' },
  target: string,
  options: { signal: AbortSignal; progress(percent: number): void },
): Promise<void> {
  await qemuImg(['convert', '-p', '-f', source.format, '-O', 'qcow2', '--', source.file, target], {
    signal: options.signal,
    onOutput: (text) => {
      const percent = /\(([\d.]+)\/100%\)/.exec(text.slice(text.lastIndexOf('(')))?.[1];
      if (percent !== undefined) options.progress(Number(percent));
    },
  });
}

/** Copies into a QCOW2 disk what it takes from its backing file. Cut off, it stands on that as before. */
export async function flattenDisk(file: string, options: RunOptions = {}): Promise<void> {
  await qemuImg(['rebase', '-f', 'qcow2', '-b', '', '--', file], options);
}

/** What is in a disk, whether it is in use or not: its size, and the file that it stands on. */
export async function diskContent(
  file: string,
  format: 'qcow2' | 'raw',
): Promise<{ sizeBytes: bigint; backing: string | null }> {
  const info = JSON.parse(
    await qemuImg(['info', '--force-share', '--output=json', '-f', format, '--', file]),
  ) as { 'virtual-size': number; 'backing-filename'?: string };
  return { sizeBytes: BigInt(info['virtual-size']), backing: info['backing-filename'] ?? null };
}

/** Size of the disk inside a QCOW2 file. @throws CommandFailure IN_USE while a machine runs on it */
export async function virtualSizeOf(file: string): Promise<bigint> {
  return BigInt((await infoOf<{ 'virtual-size': number }>(file))['virtual-size']);
}

async function infoOf<Info>(file: string): Promise<Info> {
  const text = await qemuImg(['info', '--output=json', '-f', 'qcow2', '--', file]).catch((error: unknown) => {
    if (error instanceof CommandFailure && error.message.includes('lock')) {
      throw new CommandFailure('IN_USE', 'a running machine uses this disk', { cause: error });
    }
    throw error;
  });
  return JSON.parse(text) as Info;
}

/** A snapshot inside a QCOW2 file. */
export interface DiskSnapshot {
  name: string;
  /** Bytes of the memory that was saved with it. */
  stateBytes: bigint;
}

/** The snapshots inside a QCOW2 file that no machine runs on. @throws CommandFailure IN_USE while one does */
export async function snapshotsIn(file: string): Promise<DiskSnapshot[]> {
  const { snapshots = [] } = await infoOf<{ snapshots?: { name: string; 'vm-state-size': number }[] }>(file);
  return snapshots.map((each) => ({ name: each.name, stateBytes: BigInt(each['vm-state-size']) }));
}

const changes = { create: '-c', apply: '-a', delete: '-d' } as const;

/** Makes a snapshot inside a QCOW2 file, puts the disk back to one, or deletes one; no machine may run on it. */
export async function changeSnapshot(
  change: keyof typeof changes,
  file: string,
  name: string,
): Promise<void> {
  const image = `driver=qcow2,file.driver=file,file.filename=${file}`;
  await qemuImg(['snapshot', '-q', changes[change], name, '--image-opts', '--', image]);
}

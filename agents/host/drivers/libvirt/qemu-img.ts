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

/** Size of the disk inside a QCOW2 file. @throws CommandFailure IN_USE while a machine runs on it */
export async function virtualSizeOf(file: string): Promise<bigint> {
  const text = await qemuImg(['info', '--output=json', '-f', 'qcow2', '--', file]).catch((error: unknown) => {
    if (error instanceof CommandFailure && error.message.includes('lock')) {
      throw new CommandFailure('IN_USE', 'a running machine uses this disk', { cause: error });
    }
    throw error;
  });
  return BigInt((JSON.parse(text) as { 'virtual-size': number })['virtual-size']);
}

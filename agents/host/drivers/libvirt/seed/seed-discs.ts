import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import { uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import { isoImage } from './iso-image.ts';
import { seedFiles, seedLabel } from './seed-files.ts';

/** The discs from which guests learn their keys, passwords and user data. They last as long as the definition. */
export class SeedDiscs {
  readonly #folder: string;

  constructor(runFolder: string) {
    this.#folder = path.join(runFolder, 'seeds');
  }

  /** Writes a machine's disc. @returns its file; `null` when the machine has none */
  async write({ machineId, name, seed }: MachineSpec): Promise<string | null> {
    if (seed === null) return null;
    const file = this.fileOf(machineId);
    // libvirt gives the file to QEMU's user while the guest runs; others see into neither.
    await mkdir(this.#folder, { recursive: true, mode: 0o711 });
    await writeFile(`${file}.new`, isoImage(seedLabel, seedFiles({ machineId, name, seed })), {
      mode: 0o600,
    });
    await rename(`${file}.new`, file);
    return file;
  }

  async remove(machineId: Id<'VirtualMachine'>): Promise<void> {
    await rm(this.fileOf(machineId), { force: true });
  }

  /** Where a machine's disc is, whether it has one or not. */
  fileOf(machineId: Id<'VirtualMachine'>): string {
    return path.join(this.#folder, `${uuidOf(machineId)}.iso`);
  }
}

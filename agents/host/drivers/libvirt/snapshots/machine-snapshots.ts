import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation, MachineSpec, PowerState } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure, OutcomeUnknown } from '@nephos/agent-runtime/command-failure.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { defineDomain, getDomainXml, resumeDomain, startDomain } from '@nephos/node-libvirt/domain.ts';
import type { DomainState } from '@nephos/node-libvirt/results.ts';
import type { HostDriver } from '../../../driver.ts';
import { definitionFile, putInPlace, volumeFile } from '../directory-pool.ts';
import { explained, refTo } from '../domain-reference.ts';
import type { LibvirtLink } from '../libvirt-link.ts';
import { changeSnapshot, snapshotsIn, type DiskSnapshot } from '../qemu-img.ts';
import { awaitSaving, deleteOpen, keepDisks, loadMemory, openDisks, saveMemory } from './qemu-snapshots.ts';
import { returningXml } from './returning-xml.ts';

type MachineId = Id<'VirtualMachine'>;
type Reference = CommandPayload<'snapshot.delete'>;

interface MachineSnapshotsOptions {
  link: LibvirtLink;
  driver: Pick<HostDriver, 'observeMachine' | 'removeMachine'>;
  pullPlug(machineId: MachineId): Promise<void>;
  /** Readies what a machine needs on this host. @returns how it is to be defined here */
  ready(machine: MachineSpec): Promise<string>;
}

const isOn = ({ power }: MachineObservation) => power === 'ON' || power === 'PAUSED';

/**
 * Snapshots inside the QCOW2 files of a machine's disks: of one that is on by QEMU, of one that is off by `qemu-img`.
 * The memory is in the root disk's file, and beside that the definition that it fits; so any host that sees the disks
 * can bring the machine back.
 */
export class MachineSnapshots {
  readonly #options: MachineSnapshotsOptions;
  /** Machines that stand still while their memory is saved, and will go on. */
  readonly #saving = new Set<MachineId>();

  constructor(options: MachineSnapshotsOptions) {
    this.#options = options;
  }

  /** A machine's power, if saving its memory makes it another than libvirt's state says. */
  powerOf(machineId: MachineId, { state }: DomainState): PowerState | undefined {
    return state === 'PAUSED' && this.#saving.has(machineId) ? 'ON' : undefined;
  }

  /** Whether a change is only what saving the memory does in passing. */
  isInPassing(machineId: MachineId, change: string): boolean {
    return this.#saving.has(machineId) && (change === 'SUSPENDED' || change === 'RESUMED');
  }

  async create(payload: CommandPayload<'snapshot.create'>): Promise<CommandResult<'snapshot.create'>> {
    const { machineId, snapshotId, withMemory } = payload;
    const files = filesOf(payload);
    const known = await this.find(payload);
    if (known !== null) return known;
    const seen = await this.#options.driver.observeMachine(machineId);
    if (withMemory && !isOn(seen))
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} is ${seen.power}, and has no memory here`);
    try {
      if (!isOn(seen)) for (const file of files) await changeSnapshot('create', file, snapshotId);
      else if (withMemory) await this.#save(machineId, files, snapshotId, seen.power);
      else await this.#keep(machineId, files, snapshotId);
    } catch (error) {
      const failure = explained(error);
      // QEMU may be at it still: what becomes of it is found later.
      if (!(failure instanceof OutcomeUnknown)) await this.delete(payload);
      throw failure;
    }
    const made = await this.find(payload);
    if (made === null) throw new CommandFailure('HYPERVISOR_ERROR', 'the snapshot is not there after all');
    return made;
  }

  async find(payload: CommandPayload<'snapshot.create'>): Promise<CommandResult<'snapshot.create'> | null> {
    const { machineId, snapshotId, withMemory } = payload;
    const files = filesOf(payload);
    const kept = await this.#kept(machineId, files, snapshotId);
    const [root] = kept;
    const isWhole = kept.every((each) => each !== undefined);
    const stateBytes = root?.stateBytes ?? 0n;
    const hasMemory = stateBytes > 0n && (await exists(definitionFile(files[0], snapshotId)));
    if (isWhole && hasMemory === withMemory) return { stateBytes };
    // What a crash left of it.
    if (kept.some((each) => each !== undefined)) await this.delete(payload);
    return null;
  }

  async delete(payload: Reference): Promise<void> {
    const { machineId, snapshotId } = payload;
    const files = filesOf(payload);
    if (isOn(await this.#options.driver.observeMachine(machineId))) {
      const { libvirt } = this.#options.link;
      const domain = refTo(machineId);
      await deleteOpen(libvirt, domain, await openDisks(libvirt, domain, files), snapshotId);
    } else {
      for (const file of files) {
        if ((await findIn(file, snapshotId)) !== undefined) await changeSnapshot('delete', file, snapshotId);
      }
    }
    await rm(definitionFile(files[0], snapshotId), { force: true });
  }

  async revert(payload: CommandPayload<'snapshot.revert'>): Promise<MachineObservation> {
    const { machineId, snapshotId, resumes } = payload;
    const files = filesOf(payload);
    const { driver } = this.#options;
    const kept = await this.#kept(machineId, files, snapshotId);
    const missing = files.find((_file, index) => kept[index] === undefined);
    if (missing !== undefined)
      throw new CommandFailure('NOT_FOUND', `snapshot ${snapshotId} is not in ${missing}`);
    if (resumes !== null) return this.#resume(resumes, files, snapshotId);
    const seen = await driver.observeMachine(machineId);
    if (isOn(seen)) throw new CommandFailure('IN_USE', `machine ${machineId} is ${seen.power}`);
    for (const file of files) await changeSnapshot('apply', file, snapshotId);
    return seen;
  }

  async #keep(machineId: MachineId, files: readonly string[], snapshotId: string): Promise<void> {
    const { libvirt } = this.#options.link;
    const domain = refTo(machineId);
    await keepDisks(libvirt, domain, await openDisks(libvirt, domain, files), snapshotId);
  }

  async #save(machineId: MachineId, files: Files, snapshotId: string, power: PowerState): Promise<void> {
    const { libvirt } = this.#options.link;
    const domain = refTo(machineId);
    const definition = await getDomainXml(libvirt, domain, ['MIGRATABLE']);
    await putInPlace(definitionFile(files[0], snapshotId), (temporary) =>
      writeFile(temporary, definition, { mode: 0o600, flush: true }),
    );
    if (power === 'ON') this.#saving.add(machineId);
    try {
      await saveMemory(libvirt, domain, await openDisks(libvirt, domain, files), snapshotId);
    } finally {
      this.#saving.delete(machineId);
    }
  }

  /** In a new QEMU: the one that runs may have got other devices since, or lost some. */
  async #resume(machine: MachineSpec, files: Files, snapshotId: string): Promise<MachineObservation> {
    const { libvirt } = this.#options.link;
    const { driver, pullPlug, ready } = this.#options;
    const { machineId } = machine;
    const definition = await readFile(definitionFile(files[0], snapshotId), 'utf8').catch(() => {
      throw new CommandFailure('NOT_FOUND', `snapshot ${snapshotId} is without memory`);
    });
    const seen = await driver.observeMachine(machineId);
    await pullPlug(machineId);
    try {
      const domain = await defineDomain(libvirt, returningXml(definition, await ready(machine)));
      await startDomain(libvirt, domain, ['PAUSED']);
      await loadMemory(libvirt, domain, await openDisks(libvirt, domain, files), snapshotId);
      await resumeDomain(libvirt, domain);
    } catch (error) {
      const failure = explained(error);
      if (failure instanceof OutcomeUnknown) throw failure;
      await pullPlug(machineId);
      if (seen.power === 'ABSENT') await driver.removeMachine(machineId);
      throw failure;
    }
    return driver.observeMachine(machineId);
  }

  /** Of each disk what it has of a snapshot. */
  async #kept(
    machineId: MachineId,
    files: readonly string[],
    snapshotId: string,
  ): Promise<(DiskSnapshot | undefined)[]> {
    if (!isOn(await this.#options.driver.observeMachine(machineId)))
      return Promise.all(files.map((file) => findIn(file, snapshotId)));
    const { libvirt } = this.#options.link;
    const domain = refTo(machineId);
    await awaitSaving(libvirt, domain, snapshotId);
    const disks = await openDisks(libvirt, domain, files);
    return disks.map(({ snapshots }) => snapshots.find(({ name }) => name === snapshotId));
  }
}

type Files = [string, ...string[]];

/** Files of the disks, that of the root disk first. */
function filesOf({ disks }: Pick<Reference, 'disks'>): Files {
  const [root, ...others] = disks.toSorted((one, other) => one.deviceIndex - other.deviceIndex);
  if (root === undefined) throw new CommandFailure('INVALID_COMMAND', 'a machine without disks');
  return [volumeFile(root), ...others.map(volumeFile)];
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/** A disk that is gone has no snapshots. */
async function findIn(file: string, name: string): Promise<DiskSnapshot | undefined> {
  return (await exists(file)) ? (await snapshotsIn(file)).find((each) => each.name === name) : undefined;
}

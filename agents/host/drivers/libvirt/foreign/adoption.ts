import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
import { isId, uuidOf, type Id } from '@nephos/model/kernel/ids.ts';
import {
  defineDomain,
  getDomainState,
  getDomainXml,
  lookupDomain,
  renameDomain,
} from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import { explained, powerOf, refTo } from '../domain-reference.ts';
import type { GuestNetworks } from '../guest-networks.ts';
import type { LibvirtLink } from '../libvirt-link.ts';
import type { SeedDiscs } from '../seed/seed-discs.ts';
import type { DomainMarks } from './domain-marks.ts';
import { diskFiles, domainParts } from './domain-parts.ts';
import type { Handover } from './foreign-domains.ts';
import { dropName, handedDisks, isThere, nameAlso, type HandedDisk } from './handover-files.ts';
import { releasedXml } from './released-xml.ts';

type MachineId = Id<'VirtualMachine'>;

export interface AdoptionOptions {
  link: LibvirtLink;
  marks: DomainMarks;
  networks: GuestNetworks;
  seeds: SeedDiscs;
  /** Readies all that a machine needs on this host. @returns the definition that it would be started with */
  ready(machine: MachineSpec): Promise<string>;
  /** Takes back what `ready` did. */
  unready(machineId: MachineId): Promise<void>;
}

interface Found {
  domain: DomainRef;
  power: 'ON' | 'OFF' | 'PAUSED';
  /** Files of its disks, as it has them now. */
  files: readonly string[];
}

/**
 * Takes machines over and lets go of them. A domain that runs can neither be renamed nor be given other paths: it
 * keeps its own until it starts next, by our definition. Its disks have two names so long, and a mark in its definition
 * says whose it is.
 */
export class Adoption {
  readonly #options: AdoptionOptions;

  constructor(options: AdoptionOptions) {
    this.#options = options;
  }

  async adopt(handover: Handover): Promise<void> {
    const { marks, link, networks } = this.#options;
    const { machine, foreignName } = handover;
    const { machineId } = machine;
    const found = await this.#find(machineId);
    if (found === undefined) throw new CommandFailure('NOT_FOUND', `there is no machine ${foreignName} here`);
    const { domain, power, files } = found;
    const disks = handedDisks(handover);
    if (marks.machineIdOf(domain) === machineId) {
      // It was being let go of, and that did not come to an end.
      for (const { ours, theirs } of disks) if (files.includes(ours)) await dropName(theirs);
      return;
    }
    const added: string[] = [];
    try {
      for (const { ours, theirs } of disks) {
        // One that was let go of while it ran has its disks under our names still.
        const file = files.includes(theirs) || !files.includes(ours) ? theirs : ours;
        if (await nameAlso(file, ours)) added.push(ours);
      }
      if (power !== 'OFF') await networks.plug(machineId, machine.name, machine.nics);
      await marks.write(link.libvirt, domain, markFor(domain, files, disks), power);
    } catch (error) {
      for (const name of added) await dropName(name);
      await networks.unplug(machineId);
      throw explained(error);
    }
  }

  async release(handover: Handover): Promise<void> {
    const { marks } = this.#options;
    const { machineId } = handover.machine;
    const disks = handedDisks(handover);
    const found = (await this.#find(machineId)) ?? (await this.#defineToRelease(handover, disks));
    if (found === undefined) return;
    if (marks.machineIdOf(found.domain) === undefined) {
      // It was being taken over, and that did not come to an end; or it was let go of already.
      for (const { ours, theirs } of disks) if (await isThere(theirs)) await dropName(ours);
      return;
    }
    try {
      if (found.power === 'OFF') await this.#releaseStopped(handover, disks, found);
      else await this.#releaseRunning(handover, disks, found);
    } catch (error) {
      throw explained(error);
    }
  }

  /** Before a machine that is off is defined by us: it gets its name, and its disks keep ours alone. */
  async takeWhole(machineId: MachineId): Promise<void> {
    const { marks, link } = this.#options;
    if (marks.markOf(machineId)?.owner !== 'nephos') return;
    const found = await this.#find(machineId);
    if (found === undefined) return;
    if (found.domain.name !== machineId) await renameDomain(link.libvirt, refTo(machineId), machineId);
    await this.dropForeignNames(machineId);
  }

  /** Whether the domain with a machine's UUID is none of ours. */
  async isForeign(machineId: MachineId): Promise<boolean> {
    const found = await this.#find(machineId);
    return found !== undefined && this.#options.marks.machineIdOf(found.domain) === undefined;
  }

  /** Of a machine that was taken over and has not been defined by us yet: the names that its disks had. */
  async dropForeignNames(machineId: MachineId): Promise<void> {
    const mark = this.#options.marks.markOf(machineId);
    if (mark?.owner === 'nephos') for (const { file } of mark.disks) await dropName(file);
  }

  async #find(machineId: MachineId): Promise<Found | undefined> {
    const { libvirt } = this.#options.link;
    try {
      const domain = await lookupDomain(libvirt, { uuid: uuidOf(machineId) });
      const [{ state }, xml] = await Promise.all([
        getDomainState(libvirt, domain),
        getDomainXml(libvirt, domain),
      ]);
      const power = powerOf(state);
      return { domain, power: power === 'ABSENT' ? 'OFF' : power, files: diskFiles(domainParts(xml)) };
    } catch (error) {
      if (hasErrorCode(error, 'NO_DOMAIN')) return undefined;
      throw explained(error);
    }
  }

  /** One that has not been started yet is defined nowhere. @returns `undefined` when nothing of it is ours */
  async #defineToRelease({ machine }: Handover, disks: readonly HandedDisk[]): Promise<Found | undefined> {
    if (!(await Promise.all(disks.map(({ ours }) => isThere(ours)))).includes(true)) return undefined;
    await defineDomain(this.#options.link.libvirt, await this.#options.ready(machine));
    return this.#find(machine.machineId);
  }

  async #releaseStopped(
    { machine: { machineId }, foreignName }: Handover,
    disks: readonly HandedDisk[],
    { domain }: Found,
  ): Promise<void> {
    const { link, marks, seeds, unready } = this.#options;
    // One that was taken over and has not started since has its disks under the names that they had.
    const mark = marks.markOf(machineId);
    const before = (volumeId: HandedDisk['volumeId']) =>
      mark?.owner === 'nephos' ? mark.disks.find((disk) => disk.volumeId === volumeId)?.file : undefined;
    const moves = disks.flatMap(({ volumeId, ours, theirs }) =>
      [ours, before(volumeId)].flatMap((file) =>
        file === undefined || file === theirs ? [] : [[file, theirs] as const],
      ),
    );
    for (const { ours, theirs } of disks) await nameAlso(ours, theirs);
    if (domain.name !== foreignName) {
      await renameDomain(link.libvirt, domain, foreignName).catch((error: unknown) => {
        if (!hasErrorCode(error, 'OPERATION_FAILED', 'DOM_EXIST', 'OPERATION_INVALID')) throw error;
        throw new CommandFailure(
          'IN_USE',
          `it cannot be called ${foreignName}: ${(error as Error).message}`,
          {
            cause: error,
          },
        );
      });
    }
    const xml = await getDomainXml(link.libvirt, refTo(machineId), ['INACTIVE', 'SECURE']);
    const options = { name: foreignName, paths: new Map(moves), seedFile: seeds.fileOf(machineId) };
    await defineDomain(link.libvirt, releasedXml(xml, options));
    marks.forget(machineId);
    for (const [file] of moves) await dropName(file);
    await unready(machineId);
  }

  async #releaseRunning(
    { machine: { machineId }, foreignName }: Handover,
    disks: readonly HandedDisk[],
    { domain, power, files }: Found,
  ): Promise<void> {
    const { link, marks, seeds, networks } = this.#options;
    const xml = await getDomainXml(link.libvirt, domain, ['INACTIVE', 'SECURE']);
    await defineDomain(
      link.libvirt,
      releasedXml(xml, { paths: new Map(), seedFile: seeds.fileOf(machineId) }),
    );
    const mark = domain.name === foreignName ? null : ({ owner: 'none', name: foreignName } as const);
    await marks.write(link.libvirt, domain, mark, power);
    for (const { ours } of disks) if (!files.includes(ours)) await dropName(ours);
    await networks.unplug(machineId);
    await seeds.remove(machineId);
  }
}

/** One that is called and has its disks as we would define it needs no mark. */
function markFor(domain: DomainRef, files: readonly string[], disks: readonly HandedDisk[]) {
  if (isId('VirtualMachine', domain.name) && disks.every(({ ours }) => files.includes(ours))) return null;
  return {
    owner: 'nephos' as const,
    disks: disks.map(({ ours, theirs, volumeId }) => ({
      file: files.includes(ours) ? ours : theirs,
      volumeId,
    })),
  };
}

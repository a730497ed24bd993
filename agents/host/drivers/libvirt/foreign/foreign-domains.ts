import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type { ForeignMachine, MachineDefinition } from '@nephos/agent-protocol/inventory.ts';
import { isId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { getDomainState, getDomainXml, listDomains } from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import { hasManagedSave, listSnapshots } from '@nephos/node-libvirt/snapshot.ts';
import { explained, powerOf, refTo } from '../domain-reference.ts';
import { isoDrive } from '../domain-xml.ts';
import type { LibvirtLink } from '../libvirt-link.ts';
import { diskContent } from '../qemu-img.ts';
import type { DomainMarks } from './domain-marks.ts';
import { diskFiles, domainParts, type DomainParts } from './domain-parts.ts';
import { foreignMachineOf, type DiskContent } from './foreign-domain.ts';

type MachineId = Id<'VirtualMachine'>;
export type Handover = CommandPayload<'machine.adopt'>;

/** Begins the name of each file that belongs to a volume. */
const volumeName = /^vol_[0-9a-z]{26}/;

/** Looks at domains as they are, whosever they are. */
export class ForeignDomains {
  readonly #link: LibvirtLink;
  readonly #marks: DomainMarks;

  constructor(link: LibvirtLink, marks: DomainMarks) {
    this.#link = link;
    this.#marks = marks;
  }

  async list(): Promise<ForeignMachine[]> {
    const { libvirt } = this.#link;
    const [domains, transient] = await Promise.all([
      listDomains(libvirt),
      listDomains(libvirt, ['TRANSIENT']),
    ]);
    const passing = new Set(transient.map(({ uuid }) => uuid));
    const found: ForeignMachine[] = [];
    // One after the other: their disks are read, and a host may have many.
    for (const domain of domains) {
      if (this.#marks.machineIdOf(domain) !== undefined) continue;
      const machine = await this.#describe(libvirt, domain, !passing.has(domain.uuid));
      if (machine !== null) found.push(machine);
    }
    return found.sort((one, other) => (one.uuid < other.uuid ? -1 : 1));
  }

  /** What a machine of ours is made of; `null` for one that does not run. */
  async definitionOf(machineId: MachineId): Promise<MachineDefinition | null> {
    const { libvirt } = this.#link;
    try {
      const domain = refTo(machineId);
      const [{ state }, xml] = await Promise.all([
        getDomainState(libvirt, domain),
        getDomainXml(libvirt, domain),
      ]);
      if (powerOf(state) === 'OFF') return null;
      return this.#definition(machineId, domainParts(xml));
    } catch (error) {
      if (hasErrorCode(error, 'NO_DOMAIN')) return null;
      throw explained(error);
    }
  }

  #definition(machineId: MachineId, { cpuCount, memoryBytes, disks, cards }: DomainParts): MachineDefinition {
    const mark = this.#marks.markOf(machineId);
    const adopted = mark?.owner === 'nephos' ? mark.disks : [];
    const volumeOf = (file: string) => {
      const known = adopted.find((disk) => disk.file === file)?.volumeId;
      const named = volumeName.exec(file.slice(file.lastIndexOf('/') + 1))?.[0];
      return known ?? (named !== undefined && isId('Volume', named) ? named : null);
    };
    return {
      machineId,
      cpuCount,
      memoryBytes,
      disks: disks
        .filter(({ device }) => device === 'disk' || device === 'lun')
        .map(({ source, target }) => ({ volumeId: volumeOf(source ?? ''), path: source ?? target })),
      nics: cards.map(({ macAddress, bridge }) => ({ macAddress, bridge })),
      isoPath: disks.find(({ target }) => target === isoDrive)?.source ?? null,
    };
  }

  /** @returns `null` for one that is gone by now */
  async #describe(
    libvirt: Libvirt,
    domain: DomainRef,
    isPersistent: boolean,
  ): Promise<ForeignMachine | null> {
    try {
      const [{ state }, xml, hasSavedMemory, snapshots] = await Promise.all([
        getDomainState(libvirt, domain),
        getDomainXml(libvirt, domain),
        isPersistent ? hasManagedSave(libvirt, domain) : false,
        listSnapshots(libvirt, domain),
      ]);
      const parts = domainParts(xml);
      const power = powerOf(state);
      return foreignMachineOf(parts, {
        uuid: domain.uuid,
        name: this.#marks.nameOf(domain),
        power: power === 'ABSENT' ? 'OFF' : power,
        isPersistent,
        hasSnapshots: snapshots.length > 0,
        hasSavedMemory,
        contents: await contentsOf(parts),
      });
    } catch (error) {
      if (hasErrorCode(error, 'NO_DOMAIN')) return null;
      throw explained(error);
    }
  }
}

/** What is in the disks that can be read; for those of a format that we do not know nobody is asked. */
async function contentsOf(parts: DomainParts): Promise<Map<string, DiskContent>> {
  const contents = new Map<string, DiskContent>();
  const files = new Set(diskFiles(parts));
  for (const { source, format } of parts.disks) {
    if (source === null || !files.has(source) || (format !== 'qcow2' && format !== 'raw')) continue;
    const content = await diskContent(source, format).catch(() => undefined);
    if (content !== undefined) contents.set(source, content);
  }
  return contents;
}

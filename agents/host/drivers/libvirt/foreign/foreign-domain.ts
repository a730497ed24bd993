import type { ForeignDisk, ForeignMachine } from '@nephos/agent-protocol/inventory.ts';
import type { DomainDisk, DomainParts } from './domain-parts.ts';

/** What is in a disk's file. */
export interface DiskContent {
  sizeBytes: bigint;
  /** File that it takes from what it has not itself. */
  backing: string | null;
}

/** What there is to know of a domain beside its definition. */
export interface ForeignFacts {
  uuid: string;
  name: string;
  power: ForeignMachine['power'];
  isPersistent: boolean;
  hasSnapshots: boolean;
  /** Whether its memory was saved for its next start. */
  hasSavedMemory: boolean;
  /** By file; absent for those that could not be read. */
  contents: ReadonlyMap<string, DiskContent>;
}

const formats: Record<string, ForeignDisk['format']> = { qcow2: 'QCOW2', raw: 'RAW' };

/** Devices that our definition would not have; a guest that lost one may not come up again. */
const strange = ['hostdev', 'filesystem', 'tpm', 'shmem', 'lease', 'vsock', 'iommu', 'nvram'];

const mostDisks = 15;

function obstacleOfDisk(
  { target, type, source, bus, format }: DomainDisk,
  contents: ForeignFacts['contents'],
): string | null {
  if (type !== 'file' || source === null) return `its disk ${target} is not in a file`;
  if (bus !== 'virtio')
    return `its disk ${target} is on ${bus}; it would be on virtio from its next start, and its guest might not find it`;
  if (format !== 'qcow2')
    return `its disk ${source} is written as ${format}; it must be qcow2: convert it while the machine is off`;
  const content = contents.get(source);
  if (content === undefined) return `its disk ${source} cannot be read`;
  if (content.backing !== null)
    return `its disk ${source} stands on ${content.backing}; it must stand alone: rebase or pull it`;
  return null;
}

/** Why a domain could not be kept as a machine of ours. */
function obstacleOf(parts: DomainParts, disks: readonly DomainDisk[], facts: ForeignFacts): string | null {
  if (parts.virtType !== 'kvm' && parts.virtType !== 'qemu') return `it is of type ${parts.virtType}`;
  if (parts.architecture !== 'x86_64') return `it is for ${parts.architecture}`;
  if (!facts.isPersistent) return 'it is not defined, and would be forgotten when it stops: define it';
  if (facts.hasSavedMemory) return 'its memory is saved; start it first, or throw that away';
  if (facts.hasSnapshots) return 'it has snapshots: delete them first';
  const device = strange.find((each) => parts.devices.has(each));
  if (device !== undefined) return `it has a ${device}, which machines here do not have`;
  if (disks.length === 0) return 'it has no disk';
  if (disks.length > mostDisks) return `it has more than ${mostDisks} disks`;
  const card = parts.cards.find(({ bridge }) => bridge === null);
  if (card !== undefined) return `its network card ${card.macAddress} is on no bridge that can be told`;
  return disks.map((disk) => obstacleOfDisk(disk, facts.contents)).find((each) => each !== null) ?? null;
}

/** A domain that is none of ours, as it is told to the server. */
export function foreignMachineOf(parts: DomainParts, facts: ForeignFacts): ForeignMachine {
  const { uuid, name, power, contents } = facts;
  const disks = parts.disks
    .filter(({ device }) => device === 'disk' || device === 'lun')
    // The one that it starts from first; without an order that is the first one.
    .sort((one, other) => (one.bootOrder ?? Infinity) - (other.bootOrder ?? Infinity) || 0);
  return {
    uuid,
    name,
    power,
    cpuCount: parts.cpuCount,
    memoryBytes: parts.memoryBytes,
    bootMode: parts.isUefi ? 'UEFI' : 'BIOS',
    disks: disks.map(({ source, target, type, format, bus }) => ({
      path: source ?? `${type} ${target}`,
      format: formats[format] ?? 'OTHER',
      sizeBytes: (source === null ? undefined : contents.get(source)?.sizeBytes) ?? null,
      bus,
    })),
    nics: parts.cards.map(({ macAddress, bridge }) => ({ macAddress, bridge })),
    obstacle: obstacleOf(parts, disks, facts),
  };
}

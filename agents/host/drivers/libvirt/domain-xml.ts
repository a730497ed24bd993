import type { MachineSpec, NicSpec } from '@nephos/agent-protocol/machine.ts';
import { uuidOf } from '@nephos/model/kernel/ids.ts';
import XMLBuilder from 'fast-xml-builder';
import { XMLParser } from 'fast-xml-parser';
import { volumeFile } from './directory-pool.ts';

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  suppressEmptyNode: true,
});
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  isArray: (name) => name === 'disk' || name === 'interface',
});

export interface DomainOptions {
  spec: MachineSpec;
  /** `kvm` where the processor runs guests, `qemu` where it is emulated. */
  virtType: 'kvm' | 'qemu';
  vncSocket: string;
  /** Disc that its cloud-init reads. */
  seedFile: string | null;
  /** Filter on every network card. */
  filter: string;
}

/** What libvirt and QEMU call the drive below. */
export const driveAlias = 'ide0-0-0';

const drive = (device: string, isoPath: string | null) => ({
  '@type': 'file',
  '@device': 'cdrom',
  driver: { '@name': 'qemu', '@type': 'raw' },
  ...(isoPath !== null && { source: { '@file': isoPath } }),
  target: { '@dev': device, '@bus': 'ide' },
  readonly: {},
});

/** Name of the drive that ISOs are put into. */
export const isoDrive = 'hda';
const cdrom = (isoPath: string | null) => drive(isoDrive, isoPath);
const seedDrive = (seedFile: string) => drive('hdb', seedFile);

/** `vda`, `vdb`, … */
const diskName = (index: number) => `vd${String.fromCharCode('a'.charCodeAt(0) + index)}`;

const interfaceOf = ({ macAddress, ipAddress, network }: NicSpec, filter: string) => ({
  '@type': 'bridge',
  source: { '@bridge': network.bridge },
  mac: { '@address': macAddress },
  model: { '@type': 'virtio' },
  filterref: { '@filter': filter, parameter: { '@name': 'IP', '@value': ipAddress } },
});

/** One network card, to be plugged into a machine that runs. */
export function interfaceXml(nic: NicSpec, filter: string): string {
  return builder.build({ interface: interfaceOf(nic, filter) });
}

/** UEFI without Secure Boot, with whichever firmware the host has for that. */
const uefi = {
  '@firmware': 'efi',
  firmware: { feature: { '@enabled': 'no', '@name': 'secure-boot' } },
};

/**
 * The definition of a machine. It starts from its root disk, and from the disc in its drive only while there is
 * nothing on that disk to start from: an installer runs once. Unless it is to start from the disc first.
 */
export function domainXml({ spec, virtType, vncSocket, seedFile, filter }: DomainOptions): string {
  const most = spec.headroom ?? spec;
  const [diskOrder, isoOrder] = spec.startsFromIso ? ['2', '1'] : ['1', '2'];
  const disks = spec.disks.map((disk) => ({
    '@type': 'file',
    '@device': 'disk',
    driver: { '@name': 'qemu', '@type': 'qcow2', '@discard': 'unmap' },
    source: { '@file': volumeFile(disk) },
    target: { '@dev': diskName(disk.deviceIndex), '@bus': 'virtio' },
    // Virtio cuts a serial at 20 characters: the random end of the id.
    serial: disk.volumeId.slice(-20),
    ...(disk.deviceIndex === 0 && { boot: { '@order': diskOrder } }),
  }));
  const interfaces = spec.nics.map((nic) => interfaceOf(nic, filter));
  return builder.build({
    domain: {
      '@type': virtType,
      name: spec.machineId,
      uuid: uuidOf(spec.machineId),
      title: spec.name,
      // What it has comes from what it may have: by the balloon, and by processors that are not plugged in yet.
      memory: { '@unit': 'b', '#text': most.memoryBytes.toString() },
      currentMemory: { '@unit': 'b', '#text': spec.memoryBytes.toString() },
      vcpu: { '@placement': 'static', '@current': spec.cpuCount, '#text': most.cpuCount },
      os: {
        ...(spec.bootMode === 'UEFI' && uefi),
        type: { '@arch': 'x86_64', '@machine': 'pc', '#text': 'hvm' },
      },
      features: { acpi: {}, apic: {} },
      cpu: { '@mode': virtType === 'kvm' ? 'host-model' : 'maximum' },
      clock: { '@offset': 'utc' },
      on_poweroff: 'destroy',
      on_reboot: 'restart',
      on_crash: 'destroy',
      devices: {
        disk: [
          ...disks,
          { ...cdrom(spec.isoPath), boot: { '@order': isoOrder } },
          ...(seedFile === null ? [] : [seedDrive(seedFile)]),
        ],
        interface: interfaces,
        serial: { '@type': 'pty', target: { '@port': '0' } },
        console: { '@type': 'pty', target: { '@type': 'serial', '@port': '0' } },
        channel: { '@type': 'unix', target: { '@type': 'virtio', '@name': 'org.qemu.guest_agent.0' } },
        input: { '@type': 'tablet', '@bus': 'usb' },
        graphics: { '@type': 'vnc', listen: { '@type': 'socket', '@socket': vncSocket } },
        video: { model: { '@type': 'vga' } },
        // How the guest tells what it uses of its memory, in seconds.
        memballoon: { '@model': 'virtio', stats: { '@period': '10' } },
        rng: { '@model': 'virtio', backend: { '@model': 'random', '#text': '/dev/urandom' } },
      },
    },
  });
}

/** The drive with another disc, or none, for an update of the device. */
export function cdromXml(isoPath: string | null): string {
  return builder.build({ disk: cdrom(isoPath) });
}

interface ParsedDomain {
  domain: {
    devices: {
      disk?: { '@device': string; source?: { '@file'?: string }; target: { '@dev': string } }[];
      interface?: { mac?: { '@address': string } }[];
      graphics?: { '@socket'?: string; listen?: { '@socket'?: string } };
    };
  };
}

export interface DomainFacts {
  isoPath: string | null;
  macAddresses: string[];
  vncSocket: string | null;
}

/** The network card with a hardware address, as it stands in a definition, to be taken out. */
export function findInterfaceXml(xml: string, macAddress: string): string | undefined {
  const { devices } = (parser.parse(xml) as ParsedDomain).domain;
  const card = devices.interface?.find(({ mac }) => mac?.['@address'] === macAddress);
  return card && builder.build({ interface: card });
}

/** What of a definition is of interest afterwards. */
export function readDomainXml(xml: string): DomainFacts {
  const { devices } = (parser.parse(xml) as ParsedDomain).domain;
  const inserted = devices.disk?.find(({ target }) => target['@dev'] === isoDrive);
  return {
    isoPath: inserted?.source?.['@file'] ?? null,
    macAddresses: (devices.interface ?? []).flatMap(({ mac }) =>
      mac === undefined ? [] : [mac['@address']],
    ),
    vncSocket: devices.graphics?.listen?.['@socket'] ?? devices.graphics?.['@socket'] ?? null,
  };
}

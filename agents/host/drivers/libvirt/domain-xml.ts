import type { MachineSpec } from '@nephos/agent-protocol/machine.ts';
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
  /** Filter on every network card. */
  filter: string;
}

/** What libvirt and QEMU call the drive below. */
export const driveAlias = 'ide0-0-0';

const cdrom = (isoPath: string | null) => ({
  '@type': 'file',
  '@device': 'cdrom',
  driver: { '@name': 'qemu', '@type': 'raw' },
  ...(isoPath !== null && { source: { '@file': isoPath } }),
  target: { '@dev': 'hda', '@bus': 'ide' },
  readonly: {},
});

/** `vda`, `vdb`, … */
const diskName = (index: number) => `vd${String.fromCharCode('a'.charCodeAt(0) + index)}`;

/**
 * The definition of a machine. It starts from its root disk, and from the disc in its drive only while there is
 * nothing on that disk to start from: an installer runs once.
 */
export function domainXml({ spec, virtType, vncSocket, filter }: DomainOptions): string {
  const disks = spec.disks.map((disk) => ({
    '@type': 'file',
    '@device': 'disk',
    driver: { '@name': 'qemu', '@type': 'qcow2', '@discard': 'unmap' },
    source: { '@file': volumeFile(disk) },
    target: { '@dev': diskName(disk.deviceIndex), '@bus': 'virtio' },
    // Virtio cuts a serial at 20 characters: the random end of the id.
    serial: disk.volumeId.slice(-20),
    ...(disk.deviceIndex === 0 && { boot: { '@order': '1' } }),
  }));
  const interfaces = spec.nics.map(({ macAddress, ipAddress, network }) => ({
    '@type': 'bridge',
    source: { '@bridge': network.bridge },
    mac: { '@address': macAddress },
    model: { '@type': 'virtio' },
    filterref: { '@filter': filter, parameter: { '@name': 'IP', '@value': ipAddress } },
  }));
  return builder.build({
    domain: {
      '@type': virtType,
      name: spec.machineId,
      uuid: uuidOf(spec.machineId),
      title: spec.name,
      memory: { '@unit': 'b', '#text': spec.memoryBytes.toString() },
      vcpu: { '@placement': 'static', '#text': spec.cpuCount },
      os: { type: { '@arch': 'x86_64', '@machine': 'pc', '#text': 'hvm' } },
      features: { acpi: {}, apic: {} },
      cpu: { '@mode': virtType === 'kvm' ? 'host-model' : 'maximum' },
      clock: { '@offset': 'utc' },
      on_poweroff: 'destroy',
      on_reboot: 'restart',
      on_crash: 'destroy',
      devices: {
        disk: [...disks, { ...cdrom(spec.isoPath), boot: { '@order': '2' } }],
        interface: interfaces,
        serial: { '@type': 'pty', target: { '@port': '0' } },
        console: { '@type': 'pty', target: { '@type': 'serial', '@port': '0' } },
        channel: { '@type': 'unix', target: { '@type': 'virtio', '@name': 'org.qemu.guest_agent.0' } },
        input: { '@type': 'tablet', '@bus': 'usb' },
        graphics: { '@type': 'vnc', listen: { '@type': 'socket', '@socket': vncSocket } },
        video: { model: { '@type': 'vga' } },
        memballoon: { '@model': 'virtio' },
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
      disk?: { '@device': string; source?: { '@file'?: string } }[];
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

/** What of a definition is of interest afterwards. */
export function readDomainXml(xml: string): DomainFacts {
  const { devices } = (parser.parse(xml) as ParsedDomain).domain;
  const drive = devices.disk?.find((disk) => disk['@device'] === 'cdrom');
  return {
    isoPath: drive?.source?.['@file'] ?? null,
    macAddresses: (devices.interface ?? []).flatMap(({ mac }) =>
      mac === undefined ? [] : [mac['@address']],
    ),
    vncSocket: devices.graphics?.listen?.['@socket'] ?? devices.graphics?.['@socket'] ?? null,
  };
}

import {
  attributeOf,
  childOf,
  childrenOf,
  devicesOf,
  domainOf,
  nameOf,
  parseElements,
  textOf,
  type Element,
} from '../migration/element.ts';

/** A disk as it stands in a definition. */
export interface DomainDisk {
  target: string;
  /** `disk`, `cdrom`, `floppy`, `lun` */
  device: string;
  /** `file`, `block`, `network` … */
  type: string;
  /** Its file, or what else stands for its place; `null` for an empty drive. */
  source: string | null;
  format: string;
  bus: string;
  bootOrder: number | null;
}

/** A network card as it stands in a definition. */
export interface DomainCard {
  macAddress: string;
  type: string;
  bridge: string | null;
}

/** What a domain is made of, whoever defined it. */
export interface DomainParts {
  virtType: string;
  architecture: string;
  cpuCount: number;
  memoryBytes: bigint;
  isUefi: boolean;
  disks: DomainDisk[];
  cards: DomainCard[];
  /** Names of its devices. */
  devices: ReadonlySet<string>;
}

const unitBytes: Record<string, bigint> = {
  b: 1n,
  bytes: 1n,
  KiB: 1024n,
  k: 1024n,
  MiB: 1024n ** 2n,
  GiB: 1024n ** 3n,
};

function bytesOf(element: Element | undefined): bigint {
  return BigInt(textOf(element) ?? '0') * (unitBytes[attributeOf(element, 'unit') ?? 'KiB'] ?? 1024n);
}

function diskOf(disk: Element): DomainDisk {
  const target = childOf(disk, 'target');
  const source = childOf(disk, 'source');
  const order = attributeOf(childOf(disk, 'boot'), 'order');
  const place = ['file', 'dev', 'name', 'volume', 'dir'].map((each) => attributeOf(source, each));
  return {
    target: attributeOf(target, 'dev') ?? '',
    device: attributeOf(disk, 'device') ?? 'disk',
    type: attributeOf(disk, 'type') ?? 'file',
    source: place.find((each) => each !== undefined) ?? null,
    format: attributeOf(childOf(disk, 'driver'), 'type') ?? 'raw',
    bus: attributeOf(target, 'bus') ?? '',
    bootOrder: order === undefined ? null : Number(order),
  };
}

function cardOf(card: Element): DomainCard {
  return {
    macAddress: (attributeOf(childOf(card, 'mac'), 'address') ?? '').toLowerCase(),
    type: attributeOf(card, 'type') ?? '',
    // Of one in a network of libvirt's own it is told while the domain runs.
    bridge: attributeOf(childOf(card, 'source'), 'bridge') ?? null,
  };
}

/** Reads a definition, of a domain that runs or of one that does not. */
export function domainParts(xml: string): DomainParts {
  const domain = domainOf(parseElements(xml));
  const os = childOf(domain, 'os');
  const vcpu = childOf(domain, 'vcpu');
  const devices = devicesOf(domain);
  const named = (name: string) => devices.filter((device) => nameOf(device) === name);
  const loaders = os === undefined ? [] : childrenOf(os).filter((each) => nameOf(each) === 'loader');
  return {
    virtType: attributeOf(domain, 'type') ?? '',
    architecture: attributeOf(os && childOf(os, 'type'), 'arch') ?? '',
    cpuCount: Number(attributeOf(vcpu, 'current') ?? textOf(vcpu) ?? '1'),
    memoryBytes: bytesOf(childOf(domain, 'memory')),
    isUefi:
      attributeOf(os, 'firmware') === 'efi' || loaders.some((each) => attributeOf(each, 'type') === 'pflash'),
    disks: named('disk').map(diskOf),
    cards: named('interface').map(cardOf),
    devices: new Set(devices.map(nameOf)),
  };
}

/** Files of the disks that its guest can write to. */
export const diskFiles = ({ disks }: DomainParts): string[] =>
  disks.flatMap(({ device, type, source }) =>
    device === 'disk' && type === 'file' && source !== null ? [source] : [],
  );

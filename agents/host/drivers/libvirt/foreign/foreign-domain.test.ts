import { MiB } from '@nephos/model/kernel/units.ts';
import { expect, test } from 'vitest';
import { domainParts } from './domain-parts.ts';
import { foreignMachineOf, type ForeignFacts } from './foreign-domain.ts';

const disk = (options: { bus?: string; format?: string; order?: number; file?: string } = {}) => `
  <disk type='file' device='disk'>
    <driver name='qemu' type='${options.format ?? 'qcow2'}'/>
    <source file='${options.file ?? '/pool/a.qcow2'}'/>
    <target dev='vd${options.order ?? 'a'}' bus='${options.bus ?? 'virtio'}'/>
    ${options.order === undefined ? '' : `<boot order='${options.order}'/>`}
  </disk>`;

const card = `
  <interface type='network'>
    <mac address='52:54:00:AA:00:01'/>
    <source network='default' bridge='virbr0'/>
  </interface>`;

const xml = (devices: string, { type = 'kvm', arch = 'x86_64' } = {}) => `
  <domain type='${type}'>
    <name>legacy</name>
    <memory unit='KiB'>524288</memory>
    <currentMemory unit='KiB'>262144</currentMemory>
    <vcpu current='2'>4</vcpu>
    <os firmware='efi'><type arch='${arch}' machine='pc-q35-7.2'>hvm</type></os>
    <devices>${devices}</devices>
  </domain>`;

const facts: ForeignFacts = {
  ...{ uuid: '3f0c7c1e-1111-4222-8333-abcdefabcdef', name: 'legacy', power: 'ON' as const },
  ...{ isPersistent: true, hasSnapshots: false, hasSavedMemory: false },
  contents: new Map(
    ['/pool/a.qcow2', '/pool/b.qcow2'].map((file) => [file, { sizeBytes: MiB, backing: null }]),
  ),
};

const obstacle = (text: string, more: Partial<ForeignFacts> = {}) =>
  foreignMachineOf(domainParts(text), { ...facts, ...more }).obstacle;

test('a definition says what a machine has, the disk that it starts from first', () => {
  const devices = `${disk({ order: 2 })}${disk({ order: 1, file: '/pool/b.qcow2' })}${card}`;
  expect(foreignMachineOf(domainParts(xml(devices)), facts)).toEqual({
    ...{
      uuid: facts.uuid,
      name: 'legacy',
      power: 'ON',
      cpuCount: 2,
      memoryBytes: 512n * MiB,
      bootMode: 'UEFI',
    },
    disks: ['/pool/b.qcow2', '/pool/a.qcow2'].map((path) => ({
      ...{ path, format: 'QCOW2', sizeBytes: MiB, bus: 'virtio' },
    })),
    nics: [{ macAddress: '52:54:00:aa:00:01', bridge: 'virbr0' }],
    obstacle: null,
  });
});

test.for([
  [xml(disk(), { type: 'lxc' }), /of type lxc/],
  [xml(disk(), { arch: 'aarch64' }), /for aarch64/],
  [xml(''), /no disk/],
  [xml(disk({ bus: 'sata' })), /on sata/],
  [xml(disk({ format: 'raw' })), /written as raw/],
  [xml(disk({ file: '/away.qcow2' })), /cannot be read/],
  [xml(`${disk()}<hostdev/>`), /has a hostdev/],
  [xml(`${disk()}<interface type='user'><mac address='52:54:00:00:00:01'/></interface>`), /no bridge/],
] as const)('what could not be kept is an obstacle: %s', ([text, expected]) => {
  expect(obstacle(text)).toMatch(expected);
});

test('so is what a definition does not say', () => {
  expect(obstacle(xml(disk()), { isPersistent: false })).toMatch(/not defined/);
  expect(obstacle(xml(disk()), { hasSnapshots: true })).toMatch(/snapshots/);
  expect(obstacle(xml(disk()), { hasSavedMemory: true })).toMatch(/memory is saved/);
  const contents = new Map([['/pool/a.qcow2', { sizeBytes: MiB, backing: '/base.qcow2' }]]);
  expect(obstacle(xml(disk()), { contents })).toMatch(/stands on \/base.qcow2/);
});

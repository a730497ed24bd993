import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { idOfUuid } from '@nephos/model/kernel/ids.ts';
import { attachDevice, setVcpus } from '@nephos/node-libvirt/device.ts';
import { defineDomain, getDomainXml, lookupDomain, startDomain } from '@nephos/node-libvirt/domain.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { foreignMachines, foreignNamed, importMachine, unmanage } from '../support/foreign-machines.ts';
import { buildGuestImages } from '../support/guest/guest-images.ts';
import type { LibvirtHost } from '../support/libvirt-host.ts';
import { startLibvirtWorld, type LibvirtWorld } from '../support/libvirt-world.ts';
import { change, getMachine, serviceOfferingId } from '../support/machines.ts';

let world: LibvirtWorld;
let host: LibvirtHost;
let serviceOffering: string;

beforeAll(async () => {
  world = await startLibvirtWorld(1);
  [host] = world.hosts as [LibvirtHost];
  serviceOffering = await serviceOfferingId(world.server.admin, 'tiny');
}, 180_000);

afterAll(() => world[Symbol.asyncDispose]());

const succeeded = { status: 'SUCCEEDED', error: null };

/** As somebody with virsh would write it. */
const domainXml = (uuid: string, disk: string, card: string) => `
  <domain type='qemu'>
    <name>legacy</name>
    <uuid>${uuid}</uuid>
    <memory unit='MiB'>256</memory>
    <vcpu current='1'>2</vcpu>
    <os><type arch='x86_64' machine='pc'>hvm</type></os>
    <features><acpi/><apic/></features>
    <cpu mode='maximum'/>
    <devices>
      <disk type='file' device='disk'>
        <driver name='qemu' type='qcow2'/>
        <source file='${disk}'/>
        <target dev='vda' bus='virtio'/>
      </disk>
      ${card}
      <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
      <serial type='pty'><target port='0'/></serial>
    </devices>
  </domain>`;

const cardXml = (macAddress: string) => `
  <interface type='bridge'>
    <mac address='${macAddress}'/>
    <source bridge='${world.hypervisors.network.bridge}'/>
    <model type='virtio'/>
  </interface>`;

async function driftOf(id: string): Promise<string[]> {
  const { virtualMachine } = await world.server.admin.ask<{
    virtualMachine: { drift: { field: string }[] };
  }>('query ($id: ID!) { virtualMachine(id: $id) { drift { field } } }', { id });
  return virtualMachine.drift.map(({ field }) => field);
}

test('a guest that somebody made is taken over, lives as ours, is let go of, and taken over again', async () => {
  const { admin } = world.server;
  const { libvirt } = host;
  const uuid = randomUUID();
  const id = idOfUuid('VirtualMachine', uuid);
  const disk = path.join(world.primary, 'legacy.qcow2');
  const folder = path.join(import.meta.dirname, '../../.cache/guest-images');
  await copyFile((await buildGuestImages({ folder, log: () => undefined })).diskImage, disk);
  const { macAddress, ipAddress } = world.hypervisors.addressOf(50);
  await startDomain(libvirt, await defineDomain(libvirt, domainXml(uuid, disk, cardXml(macAddress))));
  const bootId = () => host.inGuest(id, '/bin/cat', '/proc/sys/kernel/random/boot_id');
  const booted = await bootId();
  expect(booted).toMatch(/^[0-9a-f-]{36}/);

  const seen = await foreignNamed(admin, 'legacy');
  expect(seen).toMatchObject({ uuid, power: 'ON', obstacle: null });
  const imported = await importMachine(admin, {
    ...{ foreignMachineId: seen.id, serviceOfferingId: serviceOffering },
    nics: [{ macAddress, ipAddress }],
  });
  expect(imported).toMatchObject({ id, job: succeeded });
  expect(await getMachine(admin, id)).toMatchObject({ state: 'RUNNING', ipAddress });
  expect(await bootId()).toBe(booted);

  await setVcpus(libvirt, host.domain(id), 2, ['LIVE']);
  await attachDevice(libvirt, host.domain(id), cardXml(world.hypervisors.addressOf(51).macAddress), ['LIVE']);
  const drift = await eventually(
    () => driftOf(id),
    (fields) => fields.length > 1,
    60,
  );
  expect(drift).toEqual(['CPU_COUNT', 'NICS']);

  expect(await change(admin, 'stopVirtualMachine', { id, isForced: true })).toMatchObject(succeeded);
  expect(await change(admin, 'startVirtualMachine', { id })).toMatchObject(succeeded);
  expect(existsSync(disk)).toBe(false);
  expect((await lookupDomain(libvirt, { uuid })).name).toBe(id);
  expect(await bootId()).not.toBe(booted);
  await eventually(
    () => host.inGuest(id, '/bin/ip', 'addr'),
    (addresses) => addresses.includes(`${ipAddress}/24`),
    60,
  );
  await eventually(
    () => driftOf(id),
    (fields) => fields.length === 0,
    60,
  );
  await world.expectBalancedBooks();

  const running = await unmanage(admin, id);
  expect(running.job).toMatchObject(succeeded);
  const lives = await bootId();
  const released = await foreignNamed(admin, running.foreignName);
  expect(released).toMatchObject({ uuid, power: 'ON', obstacle: null });
  const again = { foreignMachineId: released.id, name: 'legacy', serviceOfferingId: serviceOffering };
  expect(await importMachine(admin, again)).toMatchObject({ id, job: succeeded });
  expect(await bootId()).toBe(lives);
  expect(await change(admin, 'stopVirtualMachine', { id, isForced: true })).toMatchObject(succeeded);

  const stopped = await unmanage(admin, id);
  expect(stopped.job).toMatchObject(succeeded);
  const left = await lookupDomain(libvirt, { name: stopped.foreignName });
  expect(left.uuid).toBe(uuid);
  expect(await getDomainXml(libvirt, left)).not.toMatch(/nephos-guest|seeds|vol_/);
  const { id: foreignMachineId, power } = await foreignNamed(admin, stopped.foreignName);
  expect(power).toBe('OFF');
  expect(
    await importMachine(admin, { foreignMachineId, name: 'legacy', serviceOfferingId: serviceOffering }),
  ).toMatchObject({ id, job: succeeded });
  expect(await change(admin, 'startVirtualMachine', { id })).toMatchObject(succeeded);
  await world.expectBalancedBooks();
  expect(await foreignMachines(admin)).toEqual([]);
  expect(await change(admin, 'destroyVirtualMachine', { id })).toMatchObject(succeeded);
  expect(await change(admin, 'expungeVirtualMachine', { id })).toMatchObject(succeeded);
  await world.expectBalancedBooks();
}, 300_000);

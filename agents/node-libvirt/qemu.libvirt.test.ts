import { once } from 'node:events';
import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  abortBlockJob,
  commitBlock,
  copyBlock,
  getBlockInfo,
  getBlockJob,
  pullBlock,
  resizeBlock,
  setBlockJobSpeed,
} from './block.ts';
import { Libvirt } from './connection.ts';
import {
  attachDevice,
  detachDevice,
  detachDeviceAlias,
  getInterfaceAddresses,
  setBlockIoTune,
  setMemoryStatisticsPeriod,
  updateDevice,
} from './device.ts';
import {
  defineDomain,
  destroyDomain,
  domainByUuid,
  getDomainInfo,
  getDomainState,
  getDomainXml,
  listDomains,
  resetDomain,
  resumeDomain,
  startDomain,
  type StartFlag,
  suspendDomain,
  undefineDomain,
} from './domain.ts';
import type { DomainEvent } from './domain-events.ts';
import { ConnectionClosedError, hasErrorCode } from './errors.ts';
import {
  agentCommand,
  freezeFilesystems,
  openConsole,
  sendKeys,
  takeScreenshot,
  thawFilesystems,
} from './guest.ts';
import {
  abortJob,
  getJobStatistics,
  getMaximumDowntime,
  setMaximumDowntime,
  setMaximumSpeed,
} from './migration.ts';
import {
  getCapabilities,
  getCpuTimes,
  getDomainCapabilities,
  getHypervisorVersion,
  getMemoryStatistics,
} from './node.ts';
import type { DomainRef } from './references.ts';
import { createSnapshot, deleteSnapshot, managedSaveDomain, restoreDomain, saveDomain } from './snapshot.ts';
import { getStatistics } from './statistics.ts';
import type { LibvirtStream } from './streams.ts';
import { greeting, guestXml, TestHost } from './test-guest.ts';

// QEMU without KVM, with a guest that is a boot sector.

const uuid = '6a1c7c5e-2f33-4c53-9d8e-5d1f0f2c7a02';
// Without KVM and on a busy machine a guest may take its time.
const patient = { timeout: 30_000 };
const mebibyte = 1024n * 1024n;

let host: TestHost;
let libvirt: Libvirt;
let events: DomainEvent[];

beforeAll(async () => {
  host = await TestHost.start();
});

afterAll(() => host.stop());

beforeEach(async () => {
  libvirt = await Libvirt.open(host.libvirt);
  events = [];
});

afterEach(async () => {
  for (const domain of await listDomains(libvirt, ['ACTIVE'])) {
    // A daemon that has just started may notice by itself that the machine ends, before it says that it has ended it.
    await destroyDomain(libvirt, domain).catch((error: unknown) => {
      if (!hasErrorCode(error, 'OPERATION_INVALID')) throw error;
    });
  }
  for (const domain of await listDomains(libvirt)) {
    await undefineDomain(libvirt, domain, ['MANAGED_SAVE', 'SNAPSHOTS_METADATA']);
  }
  await libvirt.close();
});

async function startGuest(flags: readonly StartFlag[] = []): Promise<DomainRef> {
  const domain = await defineDomain(libvirt, await guestXml(host.folder, { name: 'tiny', uuid }));
  return startDomain(libvirt, domain, flags);
}

/** What arrives on a console from now on, put together. */
function listen(console: LibvirtStream): () => string {
  let output = '';
  console.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
  return () => output;
}

describe('the host', () => {
  it('describes itself and its QEMU', async () => {
    expect((await getHypervisorVersion(libvirt)).major).toBeGreaterThan(4);
    expect(await getCapabilities(libvirt)).toContain(`<domain type='qemu'`);
    expect(await getDomainCapabilities(libvirt, { virtualization: 'qemu' })).toContain(
      '<domain>qemu</domain>',
    );
    const memory = await getMemoryStatistics(libvirt);
    expect(memory.total).toBeGreaterThan(memory.free!);
    expect((await getCpuTimes(libvirt)).idle).toBeGreaterThan(0n);
  });
});

describe('a machine', () => {
  it('starts, stops and says so at once', async () => {
    await libvirt.subscribe(['LIFECYCLE', 'REBOOT'], (event) => events.push(event));
    const domain = await startGuest();
    expect(domain.id).toBeGreaterThan(0);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'RUNNING', reason: 'BOOTED' });
    expect(await getDomainInfo(libvirt, domain)).toMatchObject({ maximumMemory: 32n * mebibyte, vcpus: 1 });
    await suspendDomain(libvirt, domain);
    await resumeDomain(libvirt, domain);
    await resetDomain(libvirt, domain);
    await expect.poll(() => events.map(({ kind }) => kind)).toContain('REBOOT');
    await destroyDomain(libvirt, domain);
    // QEMU's own SHUTDOWN comes too, if it gets around to it before it is gone.
    const changes = () =>
      events.flatMap((event) =>
        event.kind === 'LIFECYCLE' && event.change !== 'SHUTDOWN' ? [`${event.change} ${event.detail}`] : [],
      );
    await expect.poll(changes).toEqual([
      'DEFINED ADDED',
      // libvirt starts every QEMU paused and lets it go when all is set.
      'RESUMED UNPAUSED',
      'STARTED BOOTED',
      'SUSPENDED PAUSED',
      'RESUMED UNPAUSED',
      'STOPPED DESTROYED',
    ]);
  });

  it('is found by its UUID alone', async () => {
    await startGuest();
    expect((await getDomainState(libvirt, domainByUuid(uuid))).state).toBe('RUNNING');
    const nobody = domainByUuid('6a1c7c5e-2f33-4c53-9d8e-5d1f0f2c7aff');
    await expect(getDomainState(libvirt, nobody)).rejects.toMatchObject({ codeName: 'NO_DOMAIN' });
  });

  it('talks over its serial console, and takes what is typed there or on the keyboard', async () => {
    // What a guest says while nobody has its console open is lost.
    const domain = await startGuest(['PAUSED']);
    const console = await openConsole(libvirt, domain, { flags: ['SAFE'] });
    const output = listen(console);
    await resumeDomain(libvirt, domain);
    await expect.poll(output, patient).toContain(greeting);
    console.write('echo');
    await expect.poll(output, patient).toContain('echo');
    // KEY_N and KEY_K of linux/input-event-codes.h.
    for (const code of [49, 37]) await sendKeys(libvirt, domain, { set: 'LINUX', codes: [code], holdMs: 20 });
    await expect.poll(output, patient).toContain('nk');
    console.destroy();
  });

  it('has one console, which can be taken away', async () => {
    const domain = await startGuest();
    const first = await openConsole(libvirt, domain);
    const lost = once(first, 'error');
    await expect(openConsole(libvirt, domain)).rejects.toMatchObject({ codeName: 'OPERATION_FAILED' });
    const second = await openConsole(libvirt, domain, { flags: ['FORCE'] });
    expect(await lost).toMatchObject([{ name: 'LibvirtError' }]);
    second.destroy();
    await once(second, 'close');
    const third = await openConsole(libvirt, domain);
    third.destroy();
    await once(third, 'close');
  });

  it('ends its console when it ends', async () => {
    const domain = await startGuest();
    const console = await openConsole(libvirt, domain);
    console.resume();
    const closed = once(console, 'close');
    await destroyDomain(libvirt, domain);
    await closed;
    expect(console.errored).toBeNull();
    expect(libvirt.isClosed).toBe(false);
  });

  it('shows its screen', async () => {
    const domain = await startGuest();
    const { mimeType, data } = await takeScreenshot(libvirt, domain);
    const signatures: Record<string, string> = {
      'image/png': '89504e470d0a1a0a',
      'image/x-portable-pixmap': '5036',
    };
    expect(data.toString('hex').startsWith(signatures[mimeType]!)).toBe(true);
    expect(data.length).toBeGreaterThan(500);
    await expect(takeScreenshot(libvirt, domain, 7)).rejects.toMatchObject({ name: 'LibvirtError' });
  });

  it('is measured', async () => {
    const domain = await startGuest();
    const [all] = await getStatistics(libvirt);
    expect(all).toMatchObject({
      domain: { uuid },
      values: { 'state.state': 1, 'balloon.maximum': 32n * 1024n, 'block.count': 2, 'block.0.name': 'hda' },
    });
    expect(all!.values['cpu.time']).toBeTypeOf('bigint');
    await setMemoryStatisticsPeriod(libvirt, domain, 2, ['LIVE']);
    expect(await getDomainXml(libvirt, domain)).toContain(`<stats period='2'/>`);
    const some = await getStatistics(libvirt, { domains: [domain], groups: ['STATE'], flags: ['NOWAIT'] });
    expect(some.map(({ values }) => values)).toEqual([{ 'state.state': 1, 'state.reason': 1 }]);
    expect(await getStatistics(libvirt, { flags: ['INACTIVE'] })).toEqual([]);
  });

  it('without an agent says so', async () => {
    const domain = await startGuest();
    await expect(agentCommand(libvirt, domain, { execute: 'guest-ping' }, 1)).rejects.toMatchObject({
      codeName: 'AGENT_UNRESPONSIVE',
      procedure: 'qemuAgentCommand',
    });
    await expect(freezeFilesystems(libvirt, domain)).rejects.toMatchObject({
      codeName: 'AGENT_UNRESPONSIVE',
    });
    await expect(thawFilesystems(libvirt, domain)).rejects.toMatchObject({
      codeName: 'AGENT_UNRESPONSIVE',
    });
    await expect(getInterfaceAddresses(libvirt, domain, 'AGENT')).rejects.toMatchObject({
      codeName: 'AGENT_UNRESPONSIVE',
    });
  });

  it('gets disks plugged in, limited, resized and pulled out, and discs changed', async () => {
    await libvirt.subscribe(['DEVICE_ADDED', 'DEVICE_REMOVED', 'TRAY_CHANGE'], (event) => events.push(event));
    const domain = await startGuest();
    const image = path.join(host.folder, 'tiny.img');
    const disc = path.join(host.folder, 'disc.iso');
    await writeFile(disc, Buffer.alloc(4096));
    const empty = `<disk type='file' device='cdrom'><target dev='hdc' bus='ide'/><readonly/></disk>`;
    await updateDevice(libvirt, domain, empty.replace('<target', `<source file='${disc}'/><target`), [
      'LIVE',
    ]);
    expect(await getDomainXml(libvirt, domain)).toMatch(/device='cdrom'>[^]*<source file='[^']*disc.iso'/);
    await updateDevice(libvirt, domain, empty, ['LIVE', 'FORCE']);
    await expect.poll(() => events.map(({ kind }) => kind)).toContain('TRAY_CHANGE');

    const serial = `<serial type='null'><target port='1'/></serial>`;
    await expect(attachDevice(libvirt, domain, serial, ['LIVE'])).rejects.toMatchObject({
      name: 'LibvirtError',
    });
    const rng = `<rng model='virtio'><backend model='random'>/dev/urandom</backend><alias name='ua-rng'/></rng>`;
    await attachDevice(libvirt, domain, rng, ['LIVE']);
    await expect.poll(() => events).toContainEqual({ kind: 'DEVICE_ADDED', domain, alias: 'ua-rng' });
    // The guest has no driver to let go of it, so only the request can be seen.
    await detachDevice(libvirt, domain, rng, ['LIVE']);
    const missing = detachDeviceAlias(libvirt, domain, 'ua-none', ['LIVE']);
    await expect(missing).rejects.toMatchObject({ name: 'LibvirtError' });

    expect(await getBlockInfo(libvirt, domain, 'hda')).toMatchObject({ capacity: mebibyte });
    await resizeBlock(libvirt, domain, 'hda', 2n * mebibyte);
    expect((await stat(image)).size).toBe(2 * 1024 * 1024);
    const limits = [{ name: 'total_iops_sec', type: 'ULLONG', value: 500n }] as const;
    await setBlockIoTune(libvirt, domain, 'hda', limits, ['LIVE']);
    expect(await getDomainXml(libvirt, domain)).toContain('<total_iops_sec>500</total_iops_sec>');
  });

  it('has its disk copied while it runs', async () => {
    await libvirt.subscribe(['BLOCK_JOB'], (event) => events.push(event));
    const domain = await startGuest();
    const copy = path.join(host.folder, 'copy.img');
    expect(await getBlockJob(libvirt, domain, 'hda')).toBeNull();
    await copyBlock(libvirt, domain, 'hda', {
      destinationXml: `<disk type='file'><source file='${copy}'/><driver type='raw'/></disk>`,
      bandwidthBytesPerSecond: 100n * mebibyte,
      flags: ['TRANSIENT_JOB'],
    });
    const ready = { kind: 'BLOCK_JOB', domain, disk: 'hda', type: 'COPY', status: 'READY' };
    await expect.poll(() => events).toContainEqual(ready);
    const job = await getBlockJob(libvirt, domain, 'hda');
    expect(job).toMatchObject({ type: 'COPY', bandwidthBytesPerSecond: 100n * mebibyte });
    expect(job!.current).toBe(job!.end);
    await abortBlockJob(libvirt, domain, 'hda', ['PIVOT']);
    await expect.poll(() => events).toContainEqual({ ...ready, status: 'COMPLETED' });
    expect(await getDomainXml(libvirt, domain)).toContain(copy);
  });

  it('has its memory saved, and goes on from there', async () => {
    await libvirt.subscribe(['LIFECYCLE', 'JOB_COMPLETED'], (event) => events.push(event));
    const domain = await startGuest();
    await managedSaveDomain(libvirt, domain);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'SHUTOFF', reason: 'SAVED' });
    await startDomain(libvirt, domain);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'RUNNING', reason: 'RESTORED' });
    const file = path.join(host.libvirt.stateFolder, 'qemu', 'save', 'ours.save');
    await saveDomain(libvirt, domain, '/var/lib/libvirt/qemu/save/ours.save', { flags: ['PAUSED'] });
    expect((await stat(file)).size).toBeGreaterThan(1000);
    await restoreDomain(libvirt, '/var/lib/libvirt/qemu/save/ours.save');
    expect((await getDomainState(libvirt, domain)).state).toBe('PAUSED');
    expect(await getJobStatistics(libvirt, domain)).toEqual({ type: 'NONE', values: {} });
  });

  it('gets an external snapshot of its disk, merged back or filled up while it runs', async () => {
    await libvirt.subscribe(['BLOCK_JOB'], (event) => events.push(event));
    const domain = await startGuest();
    const snapshotXml = (name: string) => `
      <domainsnapshot>
        <name>${name}</name>
        <disks><disk name='hda' snapshot='external'><source file='${path.join(host.folder, name)}'/></disk></disks>
      </domainsnapshot>`;
    const first = await createSnapshot(libvirt, domain, snapshotXml('first'), ['DISK_ONLY', 'ATOMIC']);
    expect(first.name).toBe('first');
    expect(await getDomainXml(libvirt, domain)).toContain(path.join(host.folder, 'first'));
    await deleteSnapshot(libvirt, first, ['METADATA_ONLY']);
    await commitBlock(libvirt, domain, 'hda', { flags: ['ACTIVE', 'SHALLOW'] });
    const commit = { kind: 'BLOCK_JOB', domain, disk: 'hda', type: 'ACTIVE_COMMIT' };
    await expect.poll(() => events).toContainEqual({ ...commit, status: 'READY' });
    await setBlockJobSpeed(libvirt, domain, 'hda', 5n * mebibyte);
    const job = await getBlockJob(libvirt, domain, 'hda');
    expect(job).toMatchObject({ type: 'ACTIVE_COMMIT', bandwidthBytesPerSecond: 5n * mebibyte });
    await abortBlockJob(libvirt, domain, 'hda', ['PIVOT']);
    await expect.poll(() => events).toContainEqual({ ...commit, status: 'COMPLETED' });
    expect(await getDomainXml(libvirt, domain)).not.toContain(path.join(host.folder, 'first'));

    const second = await createSnapshot(libvirt, domain, snapshotXml('second'), ['DISK_ONLY', 'ATOMIC']);
    await deleteSnapshot(libvirt, second, ['METADATA_ONLY']);
    expect(await getDomainXml(libvirt, domain)).toContain("<backingStore type='file'");
    await pullBlock(libvirt, domain, 'hda');
    await expect.poll(() => events).toContainEqual({ ...commit, type: 'PULL', status: 'COMPLETED' });
    expect(await getDomainXml(libvirt, domain)).not.toContain("<backingStore type='file'");
  });

  it('knows how long it may stand still when it migrates', async () => {
    const domain = await startGuest();
    await setMaximumDowntime(libvirt, domain, 123n);
    expect(await getMaximumDowntime(libvirt, domain)).toBe(123n);
    await setMaximumSpeed(libvirt, domain, 50n);
    await expect(abortJob(libvirt, domain)).rejects.toMatchObject({ codeName: 'OPERATION_INVALID' });
  });
});

describe('the daemon', () => {
  it('is missed when it goes, and its machine is found when it is back', async () => {
    const domain = await startGuest();
    await host.libvirt.stop({ domains: 'keep' });
    await expect(libvirt.closed).resolves.toBeInstanceOf(ConnectionClosedError);
    await expect(getDomainState(libvirt, domain)).rejects.toMatchObject({ wasSent: false });
    await host.restart();
    libvirt = await Libvirt.open(host.libvirt);
    expect(await getDomainState(libvirt, domain)).toMatchObject({ state: 'RUNNING' });
  });
});

import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Libvirt } from './connection.ts';
import { getInterfaceAddresses } from './device.ts';
import { createDomain, destroyDomain } from './domain.ts';
import {
  createNetwork,
  destroyNetwork,
  getBridgeName,
  getDhcpLeases,
  getNetworkXml,
  updateNetwork,
} from './network.ts';
import { defineFilter, getFilterXml, listFilters, lookupFilter, undefineFilter } from './nwfilter.ts';
import {
  createVolume,
  definePool,
  deleteVolume,
  destroyPool,
  getPoolInfo,
  getVolumeInfo,
  startPool,
  undefinePool,
} from './storage.ts';
import { guestXml, TestHost } from './test-guest.ts';

// What the QEMU driver's neighbours do: bridges with DHCP, packet filters, folders of images.

const run = promisify(execFile);
const uuid = '6a1c7c5e-2f33-4c53-9d8e-5d1f0f2c7a03';

let host: TestHost;
let libvirt: Libvirt;

beforeAll(async () => {
  host = await TestHost.start();
});

afterAll(() => host.stop());

beforeEach(async () => {
  libvirt = await Libvirt.open(host.libvirt);
});

afterEach(() => libvirt.close());

/** What a program says inside the daemon's network namespace. */
async function inside(...command: string[]): Promise<string> {
  const { stdout } = await run('ip', ['netns', 'exec', host.libvirt.networkNamespace!, ...command]);
  return stdout;
}

const networkXml = `
  <network>
    <name>lab</name><uuid>${uuid}</uuid><bridge name='lab0'/>
    <ip address='10.9.0.1' netmask='255.255.255.0'><dhcp><range start='10.9.0.2' end='10.9.0.9'/></dhcp></ip>
  </network>`;

const filterXml = `
  <filter name='only-arp' chain='root'>
    <uuid>${uuid}</uuid>
    <filterref filter='no-mac-spoofing'/>
    <rule action='accept' direction='inout' priority='500'><mac protocolid='arp'/></rule>
    <rule action='drop' direction='inout' priority='1000'><all/></rule>
  </filter>`;

describe('a network', () => {
  it('has a bridge and DHCP, and takes changes while it runs', async () => {
    const network = await createNetwork(libvirt, networkXml);
    expect(await getBridgeName(libvirt, network)).toBe('lab0');
    expect(await inside('ip', '-brief', 'address', 'show', 'lab0')).toContain('10.9.0.1/24');
    expect(await getDhcpLeases(libvirt, network)).toEqual([]);
    const update = {
      command: 'ADD_LAST',
      section: 'IP_DHCP_HOST',
      xml: `<host mac='52:54:00:00:00:09' name='nine' ip='10.9.0.9'/>`,
    } as const;
    await updateNetwork(libvirt, network, update, ['LIVE']);
    expect(await getNetworkXml(libvirt, network)).toContain(`name='nine'`);
    await updateNetwork(libvirt, network, { ...update, command: 'DELETE' }, ['LIVE']);
    expect(await getNetworkXml(libvirt, network)).not.toContain(`name='nine'`);
    await destroyNetwork(libvirt, network);
    await expect(inside('ip', 'link', 'show', 'lab0')).rejects.toThrow('does not exist');
  });
});

describe('filters', () => {
  it('are there as the distribution makes them', async () => {
    const names = (await listFilters(libvirt)).map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'clean-traffic',
        'no-mac-spoofing',
        'no-ip-spoofing',
        'no-arp-spoofing',
        'allow-dhcp',
      ]),
    );
  });

  it('guard a machine, change while it runs and cannot go while they are used', async () => {
    const network = await createNetwork(libvirt, networkXml);
    const filter = await defineFilter(libvirt, filterXml);
    expect(await lookupFilter(libvirt, { name: 'only-arp' })).toEqual(filter);
    expect(await lookupFilter(libvirt, { uuid })).toEqual({ name: 'only-arp', uuid });
    expect(await getFilterXml(libvirt, filter)).toContain(`filter='no-mac-spoofing'`);
    const nic = `
      <interface type='network'>
        <source network='lab'/><target dev='tiny0'/><model type='virtio'/><filterref filter='only-arp'/>
      </interface>`;
    const xml = (await guestXml(host.folder, { name: 'tiny', uuid })).replace(
      '<memballoon',
      `${nic}<memballoon`,
    );
    const domain = await createDomain(libvirt, xml);
    const rules = await inside('ebtables', '-t', 'nat', '-L');
    expect(rules).toMatch(/libvirt-I-tiny0|I-tiny0/);
    await expect(undefineFilter(libvirt, filter)).rejects.toMatchObject({ codeName: 'OPERATION_INVALID' });
    await defineFilter(libvirt, filterXml.replace(`protocolid='arp'`, `protocolid='rarp'`));
    expect(await inside('ebtables', '-t', 'nat', '-L')).not.toBe(rules);
    // Nobody has asked for an address.
    expect(await getInterfaceAddresses(libvirt, domain, 'LEASE')).toEqual([]);
    await destroyDomain(libvirt, domain);
    await undefineFilter(libvirt, filter);
    await expect(lookupFilter(libvirt, { uuid })).rejects.toMatchObject({ codeName: 'NO_NWFILTER' });
    await destroyNetwork(libvirt, network);
  });
});

describe('a storage pool', () => {
  it('keeps images in a folder', async () => {
    const folder = path.join(host.folder, 'pool');
    await mkdir(folder);
    const xml = `<pool type='dir'><name>images</name><uuid>${uuid}</uuid><target><path>${folder}</path></target></pool>`;
    const pool = await definePool(libvirt, xml);
    await startPool(libvirt, pool);
    expect((await getPoolInfo(libvirt, pool)).capacity).toBeGreaterThan(0n);
    const volumeXml = `
      <volume>
        <name>image.qcow2</name><capacity unit='GiB'>7</capacity><target><format type='qcow2'/></target>
      </volume>`;
    const volume = await createVolume(libvirt, pool, volumeXml);
    expect(volume.key).toBe(path.join(folder, 'image.qcow2'));
    expect(await getVolumeInfo(libvirt, volume)).toMatchObject({ type: 'FILE', capacity: 7n * 1024n ** 3n });
    await deleteVolume(libvirt, volume);
    await destroyPool(libvirt, pool);
    await undefinePool(libvirt, pool);
  });
});

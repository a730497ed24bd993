import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Libvirt } from './connection.ts';
import {
  createDomain,
  defineDomain,
  destroyDomain,
  getDomainAutostart,
  getDomainInfo,
  getDomainMetadata,
  getDomainState,
  getDomainXml,
  listDomains,
  lookupDomain,
  rebootDomain,
  resumeDomain,
  setDomainAutostart,
  setDomainMetadata,
  shutdownDomain,
  startDomain,
  suspendDomain,
  undefineDomain,
} from './domain.ts';
import { setInterfaceParameters, setMemory, setVcpus } from './device.ts';
import type { DomainEvent } from './domain-events.ts';
import { hasErrorCode } from './errors.ts';
import {
  createNetwork,
  defineNetwork,
  destroyNetwork,
  getBridgeName,
  getNetworkAutostart,
  getNetworkXml,
  isNetworkActive,
  listNetworks,
  lookupNetwork,
  setNetworkAutostart,
  startNetwork,
  undefineNetwork,
  updateNetwork,
} from './network.ts';
import { getDriverType, getFreeMemory, getHostname, getLibvirtVersion, getNodeInfo, getUri } from './node.ts';
import {
  createSnapshot,
  deleteSnapshot,
  getCurrentSnapshot,
  getSnapshotXml,
  hasManagedSave,
  listSnapshots,
  lookupSnapshot,
  managedSaveDomain,
  removeManagedSave,
  revertToSnapshot,
} from './snapshot.ts';
import {
  createVolume,
  definePool,
  deleteVolume,
  destroyPool,
  getPoolInfo,
  getPoolXml,
  getVolumeInfo,
  getVolumePath,
  getVolumeXml,
  listPools,
  listVolumes,
  lookupPool,
  lookupVolume,
  refreshPool,
  startPool,
  undefinePool,
} from './storage.ts';
import { TestHost } from './test-guest.ts';

// libvirt's test driver keeps everything in memory, afresh for every first connection, and knows most calls.

const mebibyte = 1024n * 1024n;

let host: TestHost;
let libvirt: Libvirt;

beforeAll(async () => {
  host = await TestHost.start();
});

afterAll(() => host.stop());

beforeEach(async () => {
  libvirt = await Libvirt.open({ socketPath: host.libvirt.socketPath, uri: 'test:///default' });
});

afterEach(() => libvirt.close());

const uuid = '6a1c7c5e-2f33-4c53-9d8e-5d1f0f2c7a01';

const domainXml = `
  <domain type='test'>
    <name>guest ä</name><uuid>${uuid}</uuid>
    <memory unit='MiB'>64</memory><vcpu>2</vcpu>
    <os><type arch='i686'>hvm</type></os>
  </domain>`;

describe('the host', () => {
  it('describes itself', async () => {
    expect(await getDriverType(libvirt)).toBe('TEST');
    expect(await getHostname(libvirt)).not.toBe('');
    expect(await getUri(libvirt)).toBe('test:///default');
    expect((await getLibvirtVersion(libvirt)).major).toBeGreaterThanOrEqual(6);
    expect(await getNodeInfo(libvirt)).toEqual({
      model: 'i686',
      memory: 3n * 1024n * mebibyte,
      cpus: 16,
      megahertz: 1400,
      numaNodes: 2,
      sockets: 2,
      cores: 2,
      threads: 2,
    });
    expect(await getFreeMemory(libvirt)).toBeGreaterThan(0n);
  });
});

describe('domains', () => {
  it('are found by UUID, name and number', async () => {
    const [domain] = await listDomains(libvirt);
    expect(domain).toMatchObject({ name: 'test', id: 1 });
    const { uuid: known } = domain!;
    expect(await lookupDomain(libvirt, { uuid: known })).toEqual(domain);
    expect(await lookupDomain(libvirt, { name: 'test' })).toEqual(domain);
    expect(await lookupDomain(libvirt, { id: 1 })).toEqual(domain);
  });

  it('live from definition to removal', async () => {
    const domain = await defineDomain(libvirt, domainXml, ['VALIDATE']);
    expect(domain).toEqual({ name: 'guest ä', uuid, id: -1 });
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'SHUTOFF', reason: 'UNKNOWN' });
    const started = await startDomain(libvirt, domain);
    expect(started.id).toBeGreaterThan(0);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'RUNNING', reason: 'BOOTED' });
    expect(await listDomains(libvirt, ['ACTIVE'])).toContainEqual(started);
    await suspendDomain(libvirt, domain);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'PAUSED', reason: 'USER' });
    await resumeDomain(libvirt, domain);
    await rebootDomain(libvirt, domain);
    await shutdownDomain(libvirt, domain);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'SHUTOFF', reason: 'SHUTDOWN' });
    await undefineDomain(libvirt, domain);
    expect((await listDomains(libvirt)).map(({ name }) => name)).toEqual(['test']);
  });

  it('have sizes in bytes', async () => {
    const domain = await createDomain(libvirt, domainXml);
    expect(await getDomainInfo(libvirt, domain)).toMatchObject({
      state: 'RUNNING',
      maximumMemory: 64n * mebibyte,
      memory: 64n * mebibyte,
      vcpus: 2,
    });
    await setMemory(libvirt, domain, 32n * mebibyte, ['LIVE']);
    await setVcpus(libvirt, domain, 1, ['LIVE']);
    expect(await getDomainInfo(libvirt, domain)).toMatchObject({ memory: 32n * mebibyte, vcpus: 1 });
    await destroyDomain(libvirt, domain);
  });

  it('keep titles, autostart and their own name', async () => {
    const domain = await defineDomain(libvirt, domainXml);
    await setDomainMetadata(libvirt, domain, { type: 'TITLE', value: 'a title' }, ['CONFIG']);
    expect(await getDomainMetadata(libvirt, domain, { type: 'TITLE' }, ['CONFIG'])).toBe('a title');
    await setDomainMetadata(libvirt, domain, {
      type: 'ELEMENT',
      value: '<owner>me</owner>',
      prefix: 'n',
      uri: 'urn:nephos',
    });
    expect(await getDomainMetadata(libvirt, domain, { type: 'ELEMENT', uri: 'urn:nephos' })).toContain(
      'me</',
    );
    await setDomainMetadata(libvirt, domain, { type: 'TITLE', value: null }, ['CONFIG']);
    await expect(getDomainMetadata(libvirt, domain, { type: 'TITLE' })).rejects.toMatchObject({
      codeName: 'NO_DOMAIN_METADATA',
    });
    await setDomainAutostart(libvirt, domain, true);
    expect(await getDomainAutostart(libvirt, domain)).toBe(true);
    expect(await getDomainXml(libvirt, domain, ['INACTIVE'])).toContain('<name>guest ä</name>');
  });

  it('can be limited', async () => {
    const xml = domainXml.replace(
      '</domain>',
      `<devices><interface type='network'><mac address='52:54:00:00:00:01'/><source network='default'/></interface></devices></domain>`,
    );
    const domain = await createDomain(libvirt, xml);
    const limits = [{ name: 'inbound.average', type: 'UINT', value: 100 }] as const;
    await setInterfaceParameters(libvirt, domain, '52:54:00:00:00:01', limits, ['LIVE']);
    expect(await getDomainXml(libvirt, domain)).toContain(`<inbound average='100'/>`);
    const wrong = [{ name: 'inbound.average', type: 'STRING', value: '100' }] as const;
    const attempt = setInterfaceParameters(libvirt, domain, '52:54:00:00:00:01', wrong, ['LIVE']);
    await expect(attempt).rejects.toMatchObject({ codeName: 'INVALID_ARG' });
  });

  it('can be many calls at once', async () => {
    const domain = await defineDomain(libvirt, domainXml);
    const infos = await Promise.all(Array.from({ length: 1000 }, () => getDomainInfo(libvirt, domain)));
    expect(new Set(infos.map(({ state }) => state))).toEqual(new Set(['SHUTOFF']));
  });
});

describe('errors', () => {
  it('say what is not there', async () => {
    const failure = await lookupDomain(libvirt, { name: 'nobody' }).catch((error: unknown) => error);
    expect(hasErrorCode(failure, 'NO_DOMAIN')).toBe(true);
    // 12: VIR_FROM_TEST.
    expect(failure).toMatchObject({
      codeName: 'NO_DOMAIN',
      domain: 12,
      level: 2,
      procedure: 'domainLookupByName',
    });
    await expect(lookupDomain(libvirt, { uuid })).rejects.toMatchObject({ codeName: 'NO_DOMAIN' });
    await expect(lookupNetwork(libvirt, { name: 'none' })).rejects.toMatchObject({ codeName: 'NO_NETWORK' });
    await expect(lookupPool(libvirt, { name: 'none' })).rejects.toMatchObject({
      codeName: 'NO_STORAGE_POOL',
    });
  });

  it('say what is not possible now', async () => {
    const network = await lookupNetwork(libvirt, { name: 'default' });
    await expect(startNetwork(libvirt, network)).rejects.toMatchObject({ codeName: 'OPERATION_INVALID' });
  });

  it('say what is wrong with the XML', async () => {
    await expect(defineDomain(libvirt, '<domain>')).rejects.toMatchObject({ codeName: 'XML_DETAIL' });
    const strange = domainXml.replace('<vcpu>', '<strange/><vcpu>');
    await expect(defineDomain(libvirt, strange, ['VALIDATE'])).rejects.toMatchObject({
      codeName: 'XML_INVALID_SCHEMA',
    });
  });

  it('say that a driver does not exist', async () => {
    const attempt = Libvirt.open({ socketPath: host.libvirt.socketPath, uri: 'nonsense:///' });
    await expect(attempt).rejects.toMatchObject({ name: 'LibvirtError', procedure: 'connectOpen' });
  });

  it('keep a read-only connection from changing anything', async () => {
    const options = { socketPath: host.libvirt.socketPath, uri: 'test:///default', readonly: true };
    await using reader = await Libvirt.open(options);
    const domain = await lookupDomain(reader, { name: 'test' });
    await expect(destroyDomain(reader, domain)).rejects.toMatchObject({ codeName: 'OPERATION_DENIED' });
  });
});

describe('events', () => {
  it('tell what happens to a domain, in order, whoever makes it happen', async () => {
    const heard: DomainEvent<'LIFECYCLE'>[] = [];
    await libvirt.subscribe(['LIFECYCLE'], (event) => heard.push(event));
    await using other = await Libvirt.open({ socketPath: host.libvirt.socketPath, uri: 'test:///default' });
    const domain = await defineDomain(other, domainXml);
    await startDomain(other, domain);
    await suspendDomain(other, domain);
    await resumeDomain(other, domain);
    await destroyDomain(other, domain);
    await undefineDomain(other, domain);
    await expect
      .poll(() => heard.map(({ change, detail }) => `${change} ${detail}`))
      .toEqual([
        'DEFINED ADDED',
        'STARTED BOOTED',
        'SUSPENDED PAUSED',
        'RESUMED UNPAUSED',
        'STOPPED DESTROYED',
        'UNDEFINED REMOVED',
      ]);
    expect(heard[0]?.domain).toMatchObject({ name: 'guest ä', uuid });
  });

  it('stop when nobody listens, and begin again', async () => {
    const heard: string[] = [];
    const subscription = await libvirt.subscribe(['LIFECYCLE'], (event) => heard.push(event.change));
    await subscription.close();
    const domain = await defineDomain(libvirt, domainXml);
    await libvirt.subscribe(['LIFECYCLE'], (event) => heard.push(event.change));
    await undefineDomain(libvirt, domain);
    await expect.poll(() => heard).toEqual(['UNDEFINED']);
  });
});

describe('snapshots and saved memory', () => {
  it('are taken, listed, gone back to and deleted', async () => {
    const domain = await lookupDomain(libvirt, { name: 'test' });
    const first = await createSnapshot(
      libvirt,
      domain,
      '<domainsnapshot><name>first</name></domainsnapshot>',
    );
    const second = await createSnapshot(
      libvirt,
      domain,
      '<domainsnapshot><name>second</name></domainsnapshot>',
    );
    expect(first).toMatchObject({ name: 'first', domain: { name: 'test' } });
    const names = (await listSnapshots(libvirt, domain)).map(({ name }) => name);
    expect(names.sort()).toEqual(['first', 'second']);
    expect(await lookupSnapshot(libvirt, domain, 'second')).toEqual(second);
    expect((await getCurrentSnapshot(libvirt, domain)).name).toBe('second');
    expect(await getSnapshotXml(libvirt, second)).toContain('<parent>');
    await revertToSnapshot(libvirt, first);
    expect((await getCurrentSnapshot(libvirt, domain)).name).toBe('first');
    await deleteSnapshot(libvirt, first, ['CHILDREN']);
    expect(await listSnapshots(libvirt, domain)).toEqual([]);
    await expect(lookupSnapshot(libvirt, domain, 'first')).rejects.toMatchObject({
      codeName: 'NO_DOMAIN_SNAPSHOT',
    });
  });

  it('are kept for the next start, or thrown away', async () => {
    const domain = await lookupDomain(libvirt, { name: 'test' });
    await managedSaveDomain(libvirt, domain);
    expect(await hasManagedSave(libvirt, domain)).toBe(true);
    expect(await getDomainState(libvirt, domain)).toEqual({ state: 'SHUTOFF', reason: 'SAVED' });
    await removeManagedSave(libvirt, domain);
    expect(await hasManagedSave(libvirt, domain)).toBe(false);
  });
});

describe('networks', () => {
  const xml = `
    <network>
      <name>lab</name><uuid>${uuid}</uuid><bridge name='lab0'/>
      <ip address='10.9.0.1' netmask='255.255.255.0'><dhcp><range start='10.9.0.2' end='10.9.0.9'/></dhcp></ip>
    </network>`;

  it('live from definition to removal', async () => {
    const network = await defineNetwork(libvirt, xml);
    expect(network).toEqual({ name: 'lab', uuid });
    expect(await isNetworkActive(libvirt, network)).toBe(false);
    await startNetwork(libvirt, network);
    expect(await isNetworkActive(libvirt, network)).toBe(true);
    expect((await listNetworks(libvirt, ['ACTIVE'])).map(({ name }) => name).sort()).toEqual([
      'default',
      'lab',
    ]);
    expect(await lookupNetwork(libvirt, { uuid })).toEqual(network);
    expect(await lookupNetwork(libvirt, { name: 'lab' })).toEqual(network);
    expect(await getBridgeName(libvirt, network)).toBe('lab0');
    await setNetworkAutostart(libvirt, network, true);
    expect(await getNetworkAutostart(libvirt, network)).toBe(true);
    await updateNetwork(
      libvirt,
      network,
      {
        command: 'ADD_LAST',
        section: 'IP_DHCP_HOST',
        xml: `<host mac='52:54:00:00:00:09' name='nine' ip='10.9.0.9'/>`,
      },
      ['LIVE', 'CONFIG'],
    );
    expect(await getNetworkXml(libvirt, network)).toContain(`name='nine'`);
    await destroyNetwork(libvirt, network);
    await undefineNetwork(libvirt, network);
    expect((await listNetworks(libvirt)).map(({ name }) => name)).toEqual(['default']);
  });

  it('can exist only while they run', async () => {
    const network = await createNetwork(libvirt, xml);
    await destroyNetwork(libvirt, network);
    await expect(lookupNetwork(libvirt, { uuid })).rejects.toMatchObject({ codeName: 'NO_NETWORK' });
  });
});

describe('storage', () => {
  it('has pools and volumes', async () => {
    const xml = `<pool type='dir'><name>shelf</name><uuid>${uuid}</uuid><target><path>/shelf</path></target></pool>`;
    const pool = await definePool(libvirt, xml);
    expect(pool).toEqual({ name: 'shelf', uuid });
    await startPool(libvirt, pool);
    expect((await listPools(libvirt, ['ACTIVE'])).map(({ name }) => name).sort()).toContain('shelf');
    expect(await lookupPool(libvirt, { uuid })).toEqual(pool);
    expect(await lookupPool(libvirt, { name: 'shelf' })).toEqual(pool);
    const info = await getPoolInfo(libvirt, pool);
    expect(info.state).toBe('RUNNING');
    expect(info.available).toBe(info.capacity - info.allocation);
    expect(await getPoolXml(libvirt, pool)).toContain('<path>/shelf</path>');

    const volumeXml = `<volume><name>book</name><capacity unit='MiB'>5</capacity><target/></volume>`;
    const volume = await createVolume(libvirt, pool, volumeXml);
    expect(volume).toMatchObject({ pool: 'shelf', name: 'book' });
    expect(await listVolumes(libvirt, pool)).toEqual([volume]);
    expect(await getVolumeInfo(libvirt, volume)).toMatchObject({ type: 'FILE', capacity: 5n * mebibyte });
    expect(await getVolumePath(libvirt, volume)).toBe('/shelf/book');
    expect(await lookupVolume(libvirt, { path: '/shelf/book' })).toEqual(volume);
    expect(await lookupVolume(libvirt, { pool, name: 'book' })).toEqual(volume);
    expect(await getVolumeXml(libvirt, volume)).toContain('<name>book</name>');
    await deleteVolume(libvirt, volume);
    await refreshPool(libvirt, pool);
    expect(await listVolumes(libvirt, pool)).toEqual([]);
    await destroyPool(libvirt, pool);
    await undefinePool(libvirt, pool);
    await expect(lookupPool(libvirt, { uuid })).rejects.toMatchObject({ codeName: 'NO_STORAGE_POOL' });
  });
});

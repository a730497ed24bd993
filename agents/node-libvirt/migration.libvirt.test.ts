import { afterAll, beforeAll, expect, it } from 'vitest';
import { Libvirt } from './connection.ts';
import { defineDomain, getDomainState, listDomains, startDomain } from './domain.ts';
import { openConsole } from './guest.ts';
import { migrateDomain } from './migration.ts';
import { guestXml, TestHost } from './test-guest.ts';

const uuid = '6a1c7c5e-2f33-4c53-9d8e-5d1f0f2c7a04';

let hosts: [TestHost, TestHost];

beforeAll(async () => {
  hosts = [await TestHost.start(), await TestHost.start()];
});

afterAll(() => Promise.all(hosts.map((host) => host.stop())));

it('moves a running machine from one daemon to another, which both tell at once', async () => {
  const [source, destination] = hosts;
  await using from = await Libvirt.open(source.libvirt);
  await using to = await Libvirt.open(destination.libvirt);
  const seen: string[] = [];
  await from.subscribe(['LIFECYCLE'], ({ change, detail }) => seen.push(`source ${change} ${detail}`));
  await to.subscribe(['LIFECYCLE'], ({ change, detail }) => seen.push(`destination ${change} ${detail}`));
  const domain = await defineDomain(from, await guestXml(source.folder, { name: 'traveller', uuid }));
  await startDomain(from, domain);

  await migrateDomain(from, domain, {
    destinationUri: `qemu+unix:///system?socket=${destination.libvirt.socketPath}`,
    // The two hosts have no network in common, but the file system.
    migrationUri: `unix://${destination.libvirt.stateFolder}/qemu/migration`,
    flags: ['LIVE', 'PERSIST_DEST', 'UNDEFINE_SOURCE', 'UNSAFE'],
  });

  expect(await listDomains(from)).toEqual([]);
  expect(await getDomainState(to, domain)).toMatchObject({ state: 'RUNNING' });
  expect(seen).toContain('destination STARTED MIGRATED');
  expect(seen).toContain('source STOPPED MIGRATED');
  const console = await openConsole(to, domain);
  let output = '';
  console.on('data', (chunk: Buffer) => (output += chunk.toString()));
  console.write('still here');
  await expect.poll(() => output, { timeout: 30_000 }).toContain('still here');
  console.destroy();
});

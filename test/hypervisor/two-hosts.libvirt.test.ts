import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ContinuousPing } from '../faults/continuous-ping.ts';
import { beginJob } from '../faults/journey.ts';
import { eventually } from '../support/eventually.ts';
import { buildGuestImages } from '../support/guest/guest-images.ts';
import { allHosts, changeHost, getHost, placeOf, workOnHost } from '../support/hosts.ts';
import { followJob } from '../support/jobs.ts';
import { allowLoopback, change, deploy, serviceOfferingId, type MachineView } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { addHost, asRoot, checkHost, upgradeAgent } from '../support/ssh-host/add-host.ts';
import { HostNetwork } from '../support/ssh-host/host-network.ts';
import { createKvmCluster } from '../support/ssh-host/kvm-cluster.ts';
import { SshHost } from '../support/ssh-host/ssh-host.ts';
import { serveFiles } from '../support/web-files.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

const run = promisify(execFile);

let everything: AsyncDisposableStack;
let network: HostNetwork;
let server: TestServer;
let zone: TestZone;
let first: SshHost;
let second: SshHost;
let clusterId: string;
let templateId: string;
let offeringId: string;
const hostIds: string[] = [];
let guest: MachineView;

beforeAll(async () => {
  await using made = new AsyncDisposableStack();
  const images = await buildGuestImages({
    folder: path.join(import.meta.dirname, '../../.cache/guest-images'),
    log: () => undefined,
  });
  network = made.use(await HostNetwork.make());
  server = made.use(await startTestServer({ agentListen: network.ownAddress }));
  zone = made.use(await createTestZone(server));
  [first, second] = (await Promise.all(
    ['node-a', 'node-b'].map((name) => SshHost.start({ network, name, libvirt: true })),
  )) as [SshHost, SshHost];
  made.use(first);
  made.use(second);
  const { admin } = server;
  // The zone began on a simulator, which is to take no machine of this test.
  const [simulated] = await allHosts(admin);
  await changeHost(admin, 'disableHost', { id: simulated!.id });
  clusterId = await createKvmCluster(admin);
  await allowLoopback(admin);
  await using files = await serveFiles({ '/disk.qcow2': readFileSync(images.diskImage) });
  const { registerTemplate } = await admin.ask<{
    registerTemplate: { template: { id: string }; job: { id: string } };
  }>(
    'mutation ($input: RegisterTemplateInput!) { registerTemplate(input: $input) { template { id } job { id } } }',
    {
      input: { zoneId: zone.zoneId, name: 'tiny', url: `${files.url}/disk.qcow2`, format: 'QCOW2' },
    },
  );
  expect(await followJob(admin, registerTemplate.job.id)).toMatchObject({ status: 'SUCCEEDED' });
  templateId = registerTemplate.template.id;
  offeringId = await serviceOfferingId(admin, 'tiny');
  everything = made.move();
}, 180_000);

afterAll(() => everything.disposeAsync(), 60_000);

/** The first line of a guest's page, asked for from where the guests' gateway is. */
async function pageOf({ ipAddress }: MachineView): Promise<string> {
  const script = `fetch('http://${ipAddress!}/', { signal: AbortSignal.timeout(5000) })
    .then((answer) => answer.text()).then((text) => console.log(text.split('\\n')[0]))`;
  const args = ['netns', 'exec', network.guestsNamespace, process.execPath, '-e', script];
  return eventually(
    () =>
      run('ip', args).then(
        ({ stdout }) => stdout.trim(),
        () => '',
      ),
    (page) => page.includes('boots='),
    90,
  ).catch(async (error: unknown) => {
    throw new Error(await wayTo(ipAddress!), { cause: error });
  });
}

/** What tells a guest that hangs (its QEMU spins, or its neighbours still know it) from one that is cut off. */
async function wayTo(address: string): Promise<string> {
  const looks = [
    ['ip', 'netns', 'exec', network.guestsNamespace, 'ping', '-c', '3', '-W', '1', address],
    ['ip', '-n', network.guestsNamespace, 'neigh'],
    ['ip', 'netns', 'exec', network.guestsNamespace, 'bridge', 'fdb'],
    ['top', '-b', '-n', '2', '-d', '1', '-w', '120'],
  ] as const;
  const seen: string[] = [];
  for (const [program, ...args] of looks) {
    const { stdout } = await run(program, args).catch((error: unknown) => error as { stdout?: string });
    seen.push(`${program} ${args.join(' ')}\n${stdout ?? ''}`);
  }
  return seen.join('\n');
}

test('a machine is looked over before it is added, and left as it was', async () => {
  const { hostKey, checks } = await checkHost(server.admin, { clusterId, ssh: asRoot(first) });
  expect(hostKey).toBe(await first.fingerprint);
  const failed = Object.entries(checks).filter(([, { outcome }]) => outcome === 'FAILED');
  expect(failed).toEqual([]);
  expect(checks.libvirtSocket).toMatchObject({ outcome: 'PASSED' });
  expect(first.leftovers()).toEqual([]);
});

test('two machines become hosts over SSH, from nothing', async () => {
  const ways = [
    asRoot(first),
    {
      address: second.address,
      username: 'operator',
      privateKey: second.privateKey,
      hostKeyFingerprint: await second.fingerprint,
    },
  ];
  for (const [index, host] of [first, second].entries()) {
    const { hostId, job, checks } = await addHost(server.admin, { clusterId, ssh: ways[index] });
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(checks.kvm?.outcome).not.toBe('FAILED');
    hostIds.push(hostId);
    const { node } = await server.admin.ask<{ node: Record<string, unknown> }>(
      'query ($id: ID!) { node(id: $id) { ... on Host { name linkState adminState sshAddress sshHostKey } } }',
      { id: hostId },
    );
    expect(node).toEqual({
      name: host.name,
      linkState: 'UP',
      adminState: 'ENABLED',
      sshAddress: host.address,
      sshHostKey: await host.fingerprint,
    });
  }
  const { createStoragePool } = await server.admin.ask<{ createStoragePool: { job: { id: string } } }>(
    'mutation ($input: CreateStoragePoolInput!) { createStoragePool(input: $input) { job { id } } }',
    {
      input: {
        zoneId: zone.zoneId,
        clusterId,
        name: 'shared',
        type: 'SHARED_DIRECTORY',
        scope: 'CLUSTER',
        path: path.join(zone.folder, 'shared'),
      },
    },
  );
  expect(await followJob(server.admin, createStoragePool.job.id)).toMatchObject({ status: 'SUCCEEDED' });
}, 120_000);

test('a guest runs on one of them', async () => {
  const { machine, job } = await deploy(server.admin, {
    name: 'traveller',
    zoneId: zone.zoneId,
    serviceOfferingId: offeringId,
    templateId,
  });
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  guest = machine;
  expect(await pageOf(guest)).toContain('hostname=traveller');
}, 120_000);

test('an agent is upgraded while its guest runs on', async () => {
  const before = await pageOf(guest);
  for (const [index, host] of [first, second].entries()) {
    const [build] = (await host.run('readlink', '/opt/nephos/current')).split('\n');
    // As if what runs there were of an earlier version.
    await host.run('sh', '-c', `cd /opt/nephos && mv ${build} agent-old && ln -sfn agent-old current`);
    const { job } = await upgradeAgent(server.admin, { id: hostIds[index], ssh: asRoot(host) });
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
    const builds = host.leftovers().filter((file) => /^\/opt\/nephos\/agent-[^/]*$/.test(file));
    expect(builds).toEqual([`/opt/nephos/${build}`]);
  }
  expect(await pageOf(guest)).toBe(before);
}, 120_000);

test('a guest moves back and forth while it is pinged', async () => {
  const before = await pageOf(guest);
  await using ping = new ContinuousPing(network.guestsNamespace, guest.ipAddress!);
  await eventually(
    () => ping.answers.length,
    (count) => count > 5,
  );
  const startedAt = Date.now();
  const { host: origin } = await placeOf(server.admin, guest.id);
  for (const hostId of [hostIds.find((id) => id !== origin), origin]) {
    const job = await change(server.admin, 'migrateVirtualMachine', { id: guest.id, hostId });
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(await placeOf(server.admin, guest.id)).toMatchObject({ state: 'RUNNING', host: hostId });
  }
  expect(await ping.longestSilence(startedAt), 'milliseconds without an answer').toBeLessThan(5000);
  expect(await pageOf(guest), 'what the guest says of its boots').toBe(before);
}, 120_000);

test('maintenance empties a host, which fills again when that is over', async () => {
  const { admin } = server;
  const before = await pageOf(guest);
  const { host: origin } = await placeOf(admin, guest.id);
  const job = await workOnHost(admin, 'prepareHostForMaintenance', { id: origin! });
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  const place = await placeOf(admin, guest.id);
  expect(place).toMatchObject({ state: 'RUNNING', host: hostIds.find((id) => id !== origin) });
  expect((await getHost(admin, origin!)).adminState).toBe('MAINTENANCE');
  const refill = await beginJob(admin, 'cancelHostMaintenance', 'CancelHostMaintenanceInput', {
    id: origin,
    returnsMachines: true,
  });
  expect(await followJob(admin, refill)).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(await placeOf(admin, guest.id)).toEqual({ state: 'RUNNING', host: origin, targetHost: null });
  expect((await getHost(admin, origin!)).adminState).toBe('ENABLED');
  expect(await pageOf(guest)).toBe(before);
}, 120_000);

test('hosts that are deleted are clean again', async () => {
  const { admin } = server;
  await change(admin, 'destroyVirtualMachine', { id: guest.id });
  await change(admin, 'expungeVirtualMachine', { id: guest.id });
  for (const [index, host] of [first, second].entries()) {
    const id = hostIds[index]!;
    if ((await getHost(admin, id)).adminState === 'ENABLED') await changeHost(admin, 'disableHost', { id });
    const job = await workOnHost(admin, 'deleteHost', { id, ssh: asRoot(host) });
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(host.leftovers()).toEqual([]);
    const commands = await host.processes();
    expect(commands.filter((command) => /nephos-agent|agent-service|dnsmasq|qemu/.test(command))).toEqual([]);
  }
}, 120_000);

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { addHost, asRoot, checkHost, upgradeAgent } from '../support/ssh-host/add-host.ts';
import { HostNetwork } from '../support/ssh-host/host-network.ts';
import { createKvmCluster } from '../support/ssh-host/kvm-cluster.ts';
import { SshHost } from '../support/ssh-host/ssh-host.ts';
import { createTestZone } from '../support/zone.ts';

let everything: AsyncDisposableStack;
let server: TestServer;
let host: SshHost;
let bare: SshHost;
let manual: SshHost;
let clusterId: string;

beforeAll(async () => {
  await using made = new AsyncDisposableStack();
  const network = made.use(await HostNetwork.make());
  server = made.use(await startTestServer({ listen: network.ownAddress, agentListen: network.ownAddress }));
  made.use(await createTestZone(server));
  host = made.use(await SshHost.start({ network, name: 'node-a', libvirt: true, isWithoutKvm: true }));
  bare = made.use(await SshHost.start({ network, name: 'bare', absent: ['/usr/sbin/libvirtd'] }));
  manual = made.use(await SshHost.start({ network, name: 'manual', libvirt: true, isWithoutKvm: true }));
  clusterId = await createKvmCluster(server.admin);
  everything = made.move();
});

afterAll(() => everything.disposeAsync(), 60_000);

/** Sealed credentials that are still kept. */
async function keptCredentials(): Promise<string[]> {
  const rows = await server.db
    .selectFrom('HostInstallation')
    .select('hostId')
    .where('sealedCredentials', 'is not', null)
    .execute();
  return rows.map(({ hostId }) => hostId);
}

describe('what keeps one out is a failed check with a clear sentence, and nothing is left behind', () => {
  const someKey = `SHA256:${'x'.repeat(43)}`;

  test.each<[string, () => Record<string, unknown>, string, RegExp, RegExp]>([
    [
      'a wrong password',
      () => ({ address: host.address, password: 'a guess' }),
      'signIn',
      /does not let root in with this password$/,
      /user and the password are right/,
    ],
    [
      'a key that is not let in',
      () => ({ address: host.address, username: 'visitor', privateKey: host.privateKey }),
      'signIn',
      /does not let visitor in with this private key$/,
      /private key are right/,
    ],
    [
      'a user who may not become root',
      () => ({ address: host.address, username: 'visitor', password: host.password }),
      'rootRights',
      /visitor on \S+ may not become root without a password: sudo: a password is required/,
      /NOPASSWD/,
    ],
    [
      'another host key than the given one',
      () => ({ ...asRoot(host), hostKeyFingerprint: someKey }),
      'hostKey',
      /shows the host key SHA256:\S{43}; expected was SHA256:x{43}$/,
      /ssh-keygen/,
    ],
    [
      'a port on which nothing listens',
      () => ({ ...asRoot(host), port: 1 }),
      'reachable',
      /port 1 cannot be reached over SSH: nothing listens on that port/,
      /sshd runs there/,
    ],
    [
      'a machine without libvirt',
      () => asRoot(bare),
      'libvirt',
      /libvirt is not installed/,
      /libvirt-daemon-system/,
    ],
  ])('%s', async (_what, ssh, name, found, remedy) => {
    const looked = await checkHost(server.admin, { clusterId, ssh: ssh() });
    expect(looked.checks[name]).toMatchObject({ outcome: 'FAILED' });
    expect(looked.checks[name]!.found).toMatch(found);
    expect(looked.checks[name]!.remedy).toMatch(remedy);

    const { job, checks } = await addHost(server.admin, { clusterId, ssh: ssh() });
    expect(job).toMatchObject({ status: 'FAILED' });
    expect(job.error!.code).toBe(name === 'reachable' ? 'HOST_UNREACHABLE' : 'HOST_UNFIT');
    expect(job.error!.message).toMatch(found);
    expect(checks[name]).toMatchObject({ outcome: 'FAILED' });
    expect([...host.leftovers(), ...bare.leftovers()]).toEqual([]);
    expect(await keptCredentials()).toEqual([]);
  });
});

test.each([
  [
    'both an agent and a machine',
    { agentId: 'agnt_01jd7z1k2m3n4p5q6r7s8t9v0w', ssh: { address: 'a', password: 'b' } },
  ],
  ['neither', {}],
  ['no proof of the user', { ssh: { address: 'a' } }],
  ['two proofs', { ssh: { address: 'a', password: 'b', privateKey: 'c' } }],
  ['a key that is none', { ssh: { address: 'a', privateKey: 'secret-nonsense' } }],
  ['an address that is an option', { ssh: { address: '-oProxyCommand=x', password: 'b' } }],
])('%s is refused at once, and no secret is repeated', async (_what, input) => {
  const refused = addHost(server.admin, { clusterId, ...input });
  await expect(refused).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  await expect(refused).rejects.not.toThrow(/secret-nonsense/);
});

/** Everything that the database holds, as text. */
async function allRows(): Promise<string> {
  const tables = [
    'Job',
    'AuditEvent',
    'HostInstallation',
    'EnrolmentToken',
    'IdempotencyKey',
    'Host',
    'Agent',
  ] as const;
  const rows = await Promise.all(tables.map((table) => server.db.selectFrom(table).selectAll().execute()));
  return JSON.stringify(rows, (_key, value: unknown) =>
    typeof value === 'bigint' ? value.toString() : value,
  );
}

/** Watches command lines and environments of all processes while something is done. */
async function watchProcesses(work: Promise<unknown>): Promise<string> {
  const seen = new Set<string>();
  const over = new AbortController();
  void work.finally(() => over.abort()).catch(() => undefined);
  while (!over.signal.aborted) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      // This very process knows the secrets.
      if (pid === String(process.pid)) continue;
      for (const file of ['cmdline', 'environ']) {
        try {
          seen.add(readFileSync(`/proc/${pid}/${file}`, 'latin1'));
        } catch {
          // It has ended.
        }
      }
    }
    await sleep(50);
  }
  return [...seen].join('\n');
}

test('secrets are in no row, no command line and no environment while a host is installed; a changed key is refused', async () => {
  const adding = addHost(server.admin, { clusterId, ssh: asRoot(host), idempotencyKey: 'once' });
  const processes = await watchProcesses(adding);
  const { hostId, job } = await adding;
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(processes).toContain('nephos-agent.mjs');
  for (const secret of [host.password, 'nephos-enrol-']) expect(processes).not.toContain(secret);
  expect(await allRows()).not.toContain(host.password);
  expect(await keptCredentials()).toEqual([]);
  expect(
    await server.db.selectFrom('EnrolmentToken').selectAll().where('agentId', 'is not', null).execute(),
  ).toEqual([]);
  expect(host.leftovers()).not.toContain('/etc/nephos/token');

  const again = await addHost(server.admin, { clusterId, ssh: asRoot(host), name: 'twin' });
  expect(again.checks.installation).toMatchObject({ outcome: 'FAILED' });

  const pinned = await host.fingerprint;
  await host.changeKey();
  const { job: upgrade, checks } = await upgradeAgent(server.admin, { id: hostId, ssh: asRoot(host) });
  expect(upgrade).toMatchObject({ status: 'FAILED', error: { code: 'HOST_UNFIT' } });
  expect(checks.hostKey!.found).toContain(pinned);
  expect(checks.hostKey!.found).toContain(await host.fingerprint);
  // Whoever knows why it changed says so.
  const known = await upgradeAgent(server.admin, {
    id: hostId,
    ssh: { ...asRoot(host), hostKeyFingerprint: await host.fingerprint },
  });
  expect(known.job).toMatchObject({ status: 'SUCCEEDED', error: null });
  const row = await server.db
    .selectFrom('Host')
    .select('sshHostKey')
    .where('id', '=', parseId('Host', hostId))
    .executeTakeFirstOrThrow();
  expect(row.sshHostKey).toBe(await host.fingerprint);
}, 240_000);

test('a host is installed by hand with the command that comes with a token, and removed with the one it has', async () => {
  const { createEnrolmentToken } = await server.admin.ask<{
    createEnrolmentToken: { token: string; installCommand: string };
  }>('mutation { createEnrolmentToken(input: { kind: HOST, uses: 1 }) { token installCommand } }');
  const { token, installCommand } = createEnrolmentToken;
  const said = await manual.run('sh', '-c', installCommand);
  const agentId = /enrolled as (agnt_\w+)/.exec(said)?.[1];
  await eventually(
    () =>
      server.admin.ask<{ node: { name: string; isConnected: boolean } }>(
        'query ($id: ID!) { node(id: $id) { ... on Agent { name isConnected } } }',
        { id: agentId },
      ),
    ({ node }) => node.isConnected && node.name === 'manual',
  );
  expect(manual.leftovers()).not.toContain('/etc/nephos/token');

  const used = await fetch(`${server.url}/agent/node`, { headers: { authorization: `Bearer ${token}` } });
  expect(used.status, 'a token that was used up').toBe(401);

  // It is a host like any other: added by its agent, upgraded over SSH.
  const { job, hostId } = await addHost(server.admin, { clusterId, agentId });
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  const upgrade = await upgradeAgent(server.admin, { id: hostId, ssh: asRoot(manual) });
  expect(upgrade.job).toMatchObject({ status: 'SUCCEEDED', error: null });

  await manual.run('sh', '/opt/nephos/current/agent-service.sh', 'uninstall');
  expect(manual.leftovers()).toEqual([]);
}, 120_000);

test.each([
  ['without a token', {}],
  ['with a token that is none', { authorization: 'Bearer nephos-enrol-0-0' }],
])('the agent is not given away %s', async (_how, headers) => {
  for (const name of ['install.sh', 'node', 'nephos-agent.mjs', '../main.ts'])
    expect((await fetch(`${server.url}/agent/${name}`, { headers })).status).not.toBe(200);
});

import path from 'node:path';
import { parseId } from '@nephos/model/kernel/ids.ts';
import { installHostSaga } from '@nephos/server/infrastructure/host-installation/sagas/install.ts';
import { upgradeHostAgentSaga } from '@nephos/server/infrastructure/host-installation/sagas/upgrade.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { changeHost, getHost } from '../support/hosts.ts';
import { followJob, type JobView } from '../support/jobs.ts';
import { ServerProcess } from '../support/server-process.ts';
import { asRoot } from '../support/ssh-host/add-host.ts';
import { HostNetwork } from '../support/ssh-host/host-network.ts';
import { createKvmCluster } from '../support/ssh-host/kvm-cluster.ts';
import { SshHost } from '../support/ssh-host/ssh-host.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';
import { beginJob, momentsBackward, momentsForward, type AnySaga } from './journey.ts';

const install: AnySaga = installHostSaga({ gateway: {} } as never);
const upgrade: AnySaga = upgradeHostAgentSaga({} as never);

let everything: AsyncDisposableStack;
let database: TestDatabase;
let server: ServerProcess;
let zone: TestZone;
let first: SshHost;
let second: SshHost;
let clusterId: string;
let hostId: string;

beforeAll(async () => {
  await using made = new AsyncDisposableStack();
  const network = made.use(await HostNetwork.make());
  database = made.use(await createTestDatabase());
  server = made.use(
    await ServerProcess.start({
      databaseUrl: database.url,
      leaseSeconds: 2,
      agentListen: network.ownAddress,
    }),
  );
  zone = made.use(await createTestZone(server));
  first = made.use(await SshHost.start({ network, name: 'node-a', libvirt: true, isWithoutKvm: true }));
  second = made.use(await SshHost.start({ network, name: 'node-b', libvirt: true, isWithoutKvm: true }));
  clusterId = await createKvmCluster(server.admin);
  everything = made.move();
});

afterAll(() => everything.disposeAsync());

/**
 * After each step acted and before that was written. What lies between a step that was written and the next is the
 * job engine's alone, and the other journeys die there.
 */
const actedMoments = (saga: AnySaga) =>
  momentsForward(saga)
    .filter((moment) => moment.endsWith(':acted'))
    .reverse();

/** Kills the server at each of some moments of one job, in order, and follows that job to its end. */
async function killedAtEach(
  moments: readonly string[],
  begin: () => Promise<string>,
  at: Record<string, () => Promise<unknown>> = {},
): Promise<JobView> {
  await server.kill();
  await server.launch(moments.slice(0, 1));
  const jobId = await begin();
  for (const [index, moment] of moments.entries()) {
    await server.parked();
    await at[moment]?.();
    await server.kill();
    await server.launch(moments.slice(index + 1, index + 2));
  }
  const job = await followJob(server.admin, jobId);
  expect(server.process.errors, 'what the server logged as an error').toEqual([]);
  return job;
}

/** Nothing is kept that was only for the job, and nobody told what proves the user. */
async function expectNothingHeld(): Promise<void> {
  expect(JSON.stringify(server.process.lines)).not.toContain(first.password);
  const { db } = database;
  const kept = db.selectFrom('HostInstallation').select('hostId').where('sealedCredentials', 'is not', null);
  expect(await kept.execute()).toEqual([]);
  const tokens = db.selectFrom('EnrolmentToken').select('agentId').where('agentId', 'is not', null);
  expect(await tokens.execute()).toEqual([]);
}

test('a host is installed by servers that die at every step', async () => {
  const job = await killedAtEach(actedMoments(install), () =>
    beginJob(server.admin, 'addHost', 'AddHostInput', { clusterId, ssh: asRoot(first) }),
  );
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  hostId = job.resultId!;
  await eventually(
    () => getHost(server.admin, hostId),
    ({ name, linkState }) => name === 'node-a' && linkState === 'UP',
  );
  // What it runs is called like it for a moment, until it is something else.
  await eventually(
    async () => (await first.processes()).filter((command) => command.includes('agent-service.sh supervise')),
    (supervisors) => supervisors.length === 1,
  );
  await expectNothingHeld();
  const poolJob = await beginJob(server.admin, 'createStoragePool', 'CreateStoragePoolInput', {
    zoneId: zone.zoneId,
    clusterId,
    name: 'shared',
    type: 'SHARED_DIRECTORY',
    scope: 'CLUSTER',
    path: path.join(zone.folder, 'shared'),
  });
  expect(await followJob(server.admin, poolJob)).toMatchObject({ status: 'SUCCEEDED' });
});

test('an agent is upgraded by servers that die at every step', async () => {
  const job = await killedAtEach(actedMoments(upgrade), () =>
    beginJob(server.admin, 'upgradeHostAgent', 'UpgradeHostAgentInput', { id: hostId, ssh: asRoot(first) }),
  );
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  await expectNothingHeld();
});

test('an upgrade that is cancelled after the restart is taken back, though the server dies at every step of that', async () => {
  const [build] = (await first.run('readlink', '/opt/nephos/current')).split('\n');
  // As if what runs there were of an earlier version.
  await first.run('sh', '-c', `cd /opt/nephos && mv ${build} agent-old && ln -sfn agent-old current`);
  const restarted = `${upgrade.kind}:restart`;
  let jobId = '';
  const cancel = () =>
    server.admin.ask('mutation ($input: JobInput!) { cancelJob(input: $input) { job { id } } }', {
      input: { id: jobId },
    });
  const job = await killedAtEach(
    [restarted, ...momentsBackward(upgrade).reverse()],
    async () => {
      const input = { id: hostId, ssh: asRoot(first) };
      jobId = await beginJob(server.admin, 'upgradeHostAgent', 'UpgradeHostAgentInput', input);
      return jobId;
    },
    { [restarted]: cancel },
  );
  expect(job).toMatchObject({ status: 'CANCELLED' });
  expect(await first.run('readlink', '/opt/nephos/current')).toBe('agent-old\n');
  expect(first.leftovers()).not.toContain(`/opt/nephos/${build}`);
  await eventually(
    () => getHost(server.admin, hostId),
    ({ linkState }) => linkState === 'UP',
  );
  await expectNothingHeld();
});

test('an installation that cannot come to its end is taken back, though the server dies at every step of that', async () => {
  const attached = `${install.kind}:attachStorage`;
  const name = 'wanted by two';
  // Free when it was asked for; another host has it by the time that the new one is written down.
  const rename = () => changeHost(server.admin, 'updateHost', { id: hostId, name });
  const job = await killedAtEach(
    [attached, ...momentsBackward(install).reverse()],
    () => beginJob(server.admin, 'addHost', 'AddHostInput', { clusterId, name, ssh: asRoot(second) }),
    { [attached]: rename },
  );
  expect(job).toMatchObject({ status: 'FAILED', error: { code: 'VALIDATION_FAILED' } });
  expect(second.leftovers()).toEqual([]);
  expect((await second.processes()).filter((command) => command.includes('nephos-agent'))).toEqual([]);
  await expectNothingHeld();
  const { db } = database;
  const hosts = db.selectFrom('Host').select('id').where('clusterId', '=', parseId('Cluster', clusterId));
  expect(await hosts.execute()).toEqual([{ id: hostId }]);
  const agents = db.selectFrom('Agent').select('name').where('name', '=', name);
  expect(await agents.execute()).toEqual([]);
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startStorageAgent } from '@nephos/storage-agent/storage-agent.ts';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { Simulator, untilConnected } from '../support/simulator.ts';
import {
  createDraft,
  discardDraft,
  findDraft,
  launchDraft,
  launchDraftMutation,
  updateDraft,
  updateDraftMutation,
} from '../support/zone-drafts.ts';

const made = new AsyncDisposableStack();
const folder = mkdtempSync(path.join(tmpdir(), 'nephos-drafts-'));
let server: TestServer;

beforeAll(async () => {
  made.defer(() => rmSync(folder, { recursive: true, force: true }));
  server = made.use(await startTestServer());
  const { admin, agentUrl } = server;
  const simulator = await Simulator.start({
    admin,
    agentUrl,
    folder: path.join(folder, 'simulator'),
    hosts: 2,
  });
  made.defer(() => simulator.kill());
  const storage = await startStorageAgent({
    name: 'storage',
    serverUrl: agentUrl,
    folder: path.join(folder, 'storage'),
    tokenFile: path.join(server.folder, 'tokens', 'storage.token'),
    log: pino({ level: 'silent' }),
  });
  made.defer(() => storage.stop());
  await untilConnected(admin, 'storage');
});

afterAll(() => made.disposeAsync());

async function freeAgents(): Promise<string[]> {
  const { agents } = await server.admin.ask<{ agents: { nodes: { id: string }[] } }>(
    '{ agents(filter: { kind: HOST, isFree: true }) { nodes { id } } }',
  );
  return agents.nodes.map(({ id }) => id);
}

const agentHost = (agentId: string) => ({ key: agentId, name: '', agentId });
const primary = (where: string) => ({
  name: 'primary',
  type: 'SHARED_DIRECTORY',
  scope: 'CLUSTER',
  path: where,
});
const zone = {
  name: 'east',
  networkModel: 'BASIC',
  dns1: '10.1.0.1',
  dns2: '',
  internalDns1: '10.1.0.1',
  internalDns2: '',
  networkDomain: '',
};
const cluster = { name: 'cluster-1', hypervisor: 'SIMULATOR', cpuOvercommit: '4', memoryOvercommit: '1' };

/** Of a zone on the free hosts, whose secondary storage lies where none can be. */
async function wrongDraft(name: string) {
  // A file stands where the directory should be.
  writeFileSync(path.join(folder, 'in-the-way'), '');
  return createDraft(server.admin, {
    zone: { ...zone, name },
    cluster,
    hosts: (await freeAgents()).map(agentHost),
    primaryStorage: primary(path.join(folder, `primary-${name}`)),
    imageStore: { name: 'images', path: path.join(folder, 'in-the-way', 'images') },
  });
}

describe('a draft', () => {
  test('begins with usual values, and tells what is missing', async () => {
    const draft = await createDraft(server.admin);
    expect(draft).toMatchObject({ name: 'zone-1', state: 'DRAFT', zone: null, job: null });
    expect(draft.problems).toEqual([{ path: 'hosts', value: null, rule: 'must name at least one host' }]);
    expect((await createDraft(server.admin)).name).toBe('zone-2');
  });

  test('keeps what is wrong, and tells the rule of each field', async () => {
    const draft = await createDraft(server.admin, {
      zone: { ...zone, name: '-', dns1: '10.1', networkDomain: 'Not A Domain' },
      physicalNetworks: [{ name: 'main', traffic: [{ type: 'MANAGEMENT', label: 'a bridge' }] }],
      pod: {
        name: 'p',
        cidr: '10.0.0.0/24',
        gateway: '10.0.9.1',
        reservedStart: '10.0.0.2',
        reservedEnd: 'x',
      },
      guestRange: { cidr: '10.1.0.1/16', gateway: '10.1.0.1', startIp: '10.1.1.9', endIp: '10.1.1.8' },
      cluster: { ...cluster, cpuOvercommit: 'much', memoryOvercommit: '101' },
      hosts: [
        {
          key: 'one',
          name: '',
          ssh: { address: 'a b', port: 'x', username: 'root', hostKeyFingerprint: 'y' },
        },
      ],
      primaryStorage: { ...primary('relative'), scope: 'HOST' },
      imageStore: { name: 'images', path: '/a/../b' },
    });
    const paths = draft.problems.map((problem) => problem.path);
    expect(new Set(paths)).toEqual(
      new Set([
        ...['zone.name', 'zone.dns1', 'zone.networkDomain', 'pod.reservedEnd', 'guestRange.cidr'],
        ...['physicalNetworks', 'physicalNetworks.0.traffic.0.label'],
        ...['cluster.cpuOvercommit', 'cluster.memoryOvercommit', 'cluster.hypervisor'],
        ...[
          'hosts.0.ssh.address',
          'hosts.0.ssh.port',
          'hosts.0.ssh.hostKeyFingerprint',
          'hosts.0.ssh.secret',
        ],
        ...['primaryStorage.path', 'primaryStorage.scope', 'imageStore.path'],
      ]),
    );
    expect(draft.problems).toContainEqual({
      path: 'cluster.cpuOvercommit',
      value: '"much"',
      rule: 'must be from 1 to 100',
    });
    const refusal = await refusalOf(server.admin, launchDraftMutation, { input: { id: draft.id } });
    expect(refusal).toMatchObject({ code: 'VALIDATION_FAILED' });
  });

  test('is not written over by who saw an older one', async () => {
    const draft = await createDraft(server.admin);
    await updateDraft(server.admin, draft, { zone: { ...zone, name: 'mine' } });
    const refusal = await refusalOf(server.admin, updateDraftMutation, {
      input: { id: draft.id, expectedVersion: draft.version, plan: { zone: { ...zone, name: 'theirs' } } },
    });
    expect(refusal).toMatchObject({ code: 'VERSION_CONFLICT' });
    expect((await findDraft(server.admin, draft.id))?.name).toBe('mine');
  });

  test('keeps secrets sealed, tells only that they are there, and for one user on one machine', async () => {
    const ssh = { address: '127.0.0.1', port: '1', username: 'root', hostKeyFingerprint: '' };
    const hosts = (change: object) => [{ key: 'one', name: '', ssh: { ...ssh, ...change } }];
    const draft = await createDraft(server.admin, { hosts: hosts({ password: 'a very secret word' }) });
    expect(draft.plan.hosts[0]?.ssh).toMatchObject({ hasPassword: true, hasPrivateKey: false });
    const row = await server.db
      .selectFrom('ZoneDraft')
      .selectAll()
      .where('id', '=', draft.id as never)
      .execute();
    expect(JSON.stringify(row)).not.toContain('a very secret word');
    const { checkZoneDraftHost } = await server.admin.ask<{
      checkZoneDraftHost: { zoneDraft: Awaited<ReturnType<typeof createDraft>> };
    }>(
      `mutation ($input: CheckZoneDraftHostInput!) { checkZoneDraftHost(input: $input) { zoneDraft {
        version plan { hosts { checks { name outcome } } } } } }`,
      { input: { id: draft.id, key: 'one' } },
    );
    const looked = checkZoneDraftHost.zoneDraft;
    expect(looked.plan.hosts[0]?.checks).toEqual([{ name: 'reachable', outcome: 'FAILED' }]);
    const same = await updateDraft(server.admin, { ...draft, version: looked.version }, { hosts: hosts({}) });
    expect(same.plan.hosts[0]?.ssh).toMatchObject({ hasPassword: true });
    const other = await updateDraft(server.admin, same, { hosts: hosts({ address: '127.0.0.2' }) });
    expect(other.plan.hosts[0]?.ssh).toMatchObject({ hasPassword: false });
    expect(other.plan.hosts[0]?.checks).toEqual([]);
  });
});

describe('a launch', () => {
  test('that fails stops at its step, keeps what was made, and goes on there once the input is mended', async () => {
    const draft = await wrongDraft('north');
    expect(draft.problems).toEqual([]);
    const failed = await launchDraft(server.admin, draft.id);
    expect(failed).toMatchObject({ status: 'FAILED' });
    expect(Object.fromEntries(failed.steps.map(({ name, status }) => [name, status]))).toMatchObject({
      createZone: 'SUCCEEDED',
      addHosts: 'SUCCEEDED',
      attachPrimaryStorage: 'SUCCEEDED',
      attachImageStore: 'UNDONE',
      enableZone: 'PENDING',
    });
    const stopped = (await findDraft(server.admin, draft.id))!;
    expect(stopped).toMatchObject({ state: 'FAILED', zone: { allocationState: 'DISABLED' } });
    expect(stopped.plan.hosts.every(({ isMade }) => isMade)).toBe(true);
    const refusal = await refusalOf(server.admin, updateDraftMutation, {
      input: {
        id: draft.id,
        expectedVersion: stopped.version,
        plan: { zone: { ...zone, name: 'another' } },
      },
    });
    expect(refusal).toMatchObject({ code: 'INVALID_STATE' });
    const mended = await updateDraft(server.admin, stopped, {
      imageStore: { name: 'images', path: path.join(folder, 'images-north') },
    });
    expect(mended.problems).toEqual([]);
    expect(await launchDraft(server.admin, draft.id)).toMatchObject({ status: 'SUCCEEDED' });
    const launched = (await findDraft(server.admin, draft.id))!;
    expect(launched).toMatchObject({ state: 'LAUNCHED', zone: { allocationState: 'ENABLED' } });
    const { zones, hosts } = await server.admin.ask<{
      zones: { nodes: object[] };
      hosts: { nodes: object[] };
    }>('{ zones(search: "north") { nodes { name } } hosts { nodes { name } } }');
    expect(zones.nodes).toHaveLength(1);
    expect(hosts.nodes).toHaveLength(2);
    await server.admin.ask('mutation ($id: ID!) { deleteZoneDraft(input: { id: $id }) { id } }', {
      id: draft.id,
    });
    expect(await findDraft(server.admin, draft.id)).toBeUndefined();
  });

  test('that failed can be discarded: all that was made is gone, and so is the draft', async () => {
    const { admin, agentUrl } = server;
    const more = await Simulator.start({ admin, agentUrl, folder: path.join(folder, 'more'), name: 'more' });
    made.defer(() => more.kill());
    const { createEnrolmentToken } = await admin.ask<{ createEnrolmentToken: { token: string } }>(
      'mutation { createEnrolmentToken(input: { kind: STORAGE }) { token } }',
    );
    writeFileSync(path.join(folder, 'token'), createEnrolmentToken.token);
    const storage = await startStorageAgent({
      name: 'storage-2',
      serverUrl: agentUrl,
      folder: path.join(folder, 'storage-2'),
      tokenFile: path.join(folder, 'token'),
      log: pino({ level: 'silent' }),
    });
    made.defer(() => storage.stop());
    await untilConnected(admin, 'storage-2');
    const draft = await wrongDraft('south');
    expect(draft.problems).toEqual([]);
    expect(await launchDraft(admin, draft.id)).toMatchObject({ status: 'FAILED' });
    const refusal = await refusalOf(
      admin,
      'mutation ($id: ID!) { deleteZoneDraft(input: { id: $id }) { id } }',
      {
        id: draft.id,
      },
    );
    expect(refusal).toMatchObject({ code: 'INVALID_STATE' });
    expect(await discardDraft(admin, draft.id)).toMatchObject({ status: 'SUCCEEDED' });
    expect(await findDraft(admin, draft.id)).toBeUndefined();
    const left = await server.db
      .selectFrom('Zone')
      .leftJoin('Host', 'Host.zoneId', 'Zone.id')
      .select('Zone.id')
      .where('Zone.name', '=', 'south')
      .execute();
    expect(left).toEqual([]);
    expect(await freeAgents()).toHaveLength(1);
  });
});

import path from 'node:path';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { journalled } from '../support/command-journal.ts';
import { followJob } from '../support/jobs.ts';
import { refusalOf } from '../support/refusals.ts';
import { change, deploy, getMachine, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let common: Record<string, unknown>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server);
  templateId = await registerTemplate(server.admin, zone.zoneId, GiB);
  const offering = await serviceOfferingId(server.admin);
  common = { zoneId: zone.zoneId, serviceOfferingId: offering, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const shape = `
  query ($id: ID!) {
    virtualMachine(id: $id) {
      state cpuCount memory bootMode isDeleteProtected group version userData sshPublicKeys
      tags { key value } details { key value }
      volumes { name kind size state deviceIndex }
      availableActions { action reason }
    }
  }`;

async function shapeOf(id: string, client: ApiClient = server.admin) {
  const { virtualMachine } = await client.ask<{ virtualMachine: Record<string, unknown> }>(shape, { id });
  return virtualMachine;
}

async function diskOffering(name: string): Promise<string> {
  const { diskOfferings } = await server.admin.ask<{
    diskOfferings: { nodes: { id: string; name: string }[] };
  }>('{ diskOfferings { nodes { id name } } }');
  return diskOfferings.nodes.find((each) => each.name === name)!.id;
}

async function createOffering(input: Record<string, unknown>): Promise<string> {
  const { createServiceOffering } = await server.admin.ask<{
    createServiceOffering: { serviceOffering: { id: string } };
  }>(
    'mutation ($input: CreateServiceOfferingInput!) { createServiceOffering(input: $input) { serviceOffering { id } } }',
    { input: { cpuCount: 1, cpuMhz: 500, memory: Number(256n * MiB), ...input } },
  );
  return createServiceOffering.serviceOffering.id;
}

const refusal = async (input: Record<string, unknown>) => {
  const { errors } = await server.admin.send(
    'mutation ($input: DeployVirtualMachineInput!) { deployVirtualMachine(input: $input) { job { id } } }',
    { input: { ...common, ...input } },
  );
  return errors?.[0]?.extensions as { code: string; details: { path?: string } } | undefined;
};

const capacity = () =>
  server.db
    .selectFrom('HostCapacity')
    .select(['cpuMhzReserved', 'memoryBytesReserved'])
    .executeTakeFirstOrThrow();

test('a machine that is not started has its disks, holds nothing of a host, and starts later', async () => {
  const before = await capacity();
  const { machine, job } = await deploy(server.admin, { ...common, name: 'later', startsNow: false });
  expect(job.steps.map(({ name }) => name)).toEqual(['reserve', 'prepareTemplate', 'createDisks']);
  expect(machine).toMatchObject({ state: 'STOPPED', volumes: [{ state: 'READY' }] });
  expect(await capacity()).toEqual(before);
  expect(await usageOf(server.db, machine.id)).toEqual(['VM_CREATE']);
  expect(await change(server.admin, 'startVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
  expect(await getMachine(server.admin, machine.id)).toMatchObject({ state: 'RUNNING' });
  await change(server.admin, 'destroyVirtualMachine', { id: machine.id });
  await change(server.admin, 'expungeVirtualMachine', { id: machine.id });
  expect(await usageOf(server.db, machine.id)).toEqual(['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_EXPUNGE']);
});

test('a template is brought to a pool once, and again when its copy there is gone', async () => {
  const installed = async (input: Record<string, unknown>) => {
    const { machine, job } = await deploy(server.admin, { ...common, ...input });
    expect(machine).toMatchObject({ state: 'RUNNING', volumes: [{ state: 'READY' }] });
    expect(job.steps.map(({ name }) => name)).toContain('prepareTemplate');
    const commands = journalled(path.join(zone.folder, 'simulator'), 'base.install');
    return commands.filter(({ commandId }) => commandId.startsWith(job.id)).length;
  };
  const other = await registerTemplate(server.admin, zone.zoneId);
  expect(await installed({ name: 'first', templateId: other })).toBe(1);
  expect(await installed({ name: 'second', templateId: other })).toBe(0);
  // A pool that is believed to have what its host cannot find.
  const gone = await registerTemplate(server.admin, zone.zoneId);
  await sql`insert into "BaseImage" ("imageId", "poolId", "state")
    select ${gone}, "id", 'READY' from "StoragePool"`.execute(server.db);
  expect(await installed({ name: 'healed', templateId: gone })).toBe(1);
});

test('one whose disks cannot be made leaves nothing, started or not', async () => {
  const count = () => server.db.selectFrom('ResourceCount').selectAll().orderBy('resource').execute();
  const before = await count();
  const { machine, job } = await deploy(server.admin, {
    ...common,
    name: 'fail-at-volume-later',
    startsNow: false,
  });
  expect(job).toMatchObject({ status: 'FAILED' });
  expect(await getMachine(server.admin, machine.id)).toMatchObject({ state: 'ERROR', volumes: [] });
  expect(await count()).toEqual(before);
  await change(server.admin, 'expungeVirtualMachine', { id: machine.id });
  expect(await count()).toEqual(before);
});

test('a root disk may be larger than its template, and disks may stand beside it', async () => {
  const [fixed, free] = [await diskOffering('1 GiB'), await diskOffering('custom')];
  const { machine } = await deploy(server.admin, {
    ...common,
    name: 'disks',
    rootDiskSize: Number(3n * GiB),
    dataDisks: [{ diskOfferingId: fixed }, { diskOfferingId: free, size: Number(5n * MiB) }],
  });
  expect(await shapeOf(machine.id)).toMatchObject({
    state: 'RUNNING',
    volumes: [
      { name: 'root-disks', kind: 'ROOT', size: Number(3n * GiB), state: 'READY', deviceIndex: 0 },
      { name: 'data-1-disks', kind: 'DATA', size: Number(GiB), state: 'READY', deviceIndex: 1 },
      { name: 'data-2-disks', kind: 'DATA', size: Number(5n * MiB), state: 'READY', deviceIndex: 2 },
    ],
  });
  const [host] = await zone.simulator.ask({ ask: 'state' });
  expect(host?.machines[machine.id]?.volumeIds).toEqual(machine.volumes.map(({ id }) => id));
  expect(await refusal({ name: 'x', rootDiskSize: Number(MiB) })).toMatchObject({
    code: 'VALIDATION_FAILED',
    details: { path: 'input.rootDiskSize' },
  });
  expect(await refusal({ name: 'x', dataDisks: [{ diskOfferingId: free }] })).toMatchObject({
    details: { path: 'input.dataDisks.0.size' },
  });
});

test('an offering may leave the choice of processors and memory, and say how large root disks are', async () => {
  const chosen = await createOffering({
    name: 'chosen',
    maxCpuCount: 4,
    maxMemory: Number(GiB),
    rootDiskSize: Number(2n * GiB),
  });
  const { machine } = await deploy(server.admin, {
    ...common,
    serviceOfferingId: chosen,
    name: 'chosen',
    cpuCount: 3,
    memory: Number(512n * MiB),
  });
  expect(await shapeOf(machine.id)).toMatchObject({
    cpuCount: 3,
    memory: Number(512n * MiB),
    volumes: [{ size: Number(2n * GiB) }],
  });
  const ofChosen = { serviceOfferingId: chosen, name: 'x' };
  expect(await refusal({ ...ofChosen, cpuCount: 5 })).toMatchObject({ details: { path: 'input.cpuCount' } });
  expect(await refusal({ ...ofChosen, memory: Number(2n * GiB) })).toMatchObject({
    details: { path: 'input.memory' },
  });
  expect(await refusal({ ...ofChosen, rootDiskSize: Number(4n * GiB) })).toMatchObject({
    details: { path: 'input.rootDiskSize' },
  });
  expect(await refusal({ name: 'x', cpuCount: 2 })).toMatchObject({ details: { path: 'input.cpuCount' } });
});

test('many machines are made at once, or none of them', async () => {
  const { admin, db } = server;
  const many = `mutation ($input: DeployVirtualMachineInput!) {
    deployVirtualMachine(input: $input) {
      virtualMachine { name } virtualMachines { id name } job { id } jobs { id } passwords { password }
    }
  }`;
  const input = { ...common, name: 'many', count: 3, idempotencyKey: 'many-1', generatesPassword: true };
  const { deployVirtualMachine: made } = await admin.ask<{
    deployVirtualMachine: {
      virtualMachine: { name: string };
      virtualMachines: { id: string; name: string }[];
      job: { id: string };
      jobs: { id: string }[];
      passwords: { password: string }[];
    };
  }>(many, { input });
  expect(made.virtualMachine).toEqual({ name: 'many-1' });
  expect(made.virtualMachines.map(({ name }) => name)).toEqual(['many-1', 'many-2', 'many-3']);
  expect(made.jobs[0]).toEqual(made.job);
  expect(new Set(made.passwords.map(({ password }) => password)).size).toBe(3);
  for (const { id } of made.jobs) expect(await followJob(admin, id)).toMatchObject({ status: 'SUCCEEDED' });
  const again = await admin.ask<{ deployVirtualMachine: typeof made }>(many, { input });
  expect(again.deployVirtualMachine).toEqual({ ...made, passwords: [] });

  const before = {
    capacity: await capacity(),
    counts: await db.selectFrom('ResourceCount').selectAll().execute(),
  };
  // The third of them is there already.
  await deploy(admin, { ...common, name: 'taken-3', startsNow: false });
  const taken = await db.selectFrom('ResourceCount').selectAll().execute();
  expect(await refusal({ name: 'taken', count: 4 })).toMatchObject({ details: { path: 'input.name' } });
  expect(await refusal({ name: 'x', count: 51 })).toMatchObject({ details: { path: 'input.count' } });
  expect(await capacity()).toEqual(before.capacity);
  expect(await db.selectFrom('ResourceCount').selectAll().execute()).toEqual(taken);
});

test('a machine is labelled, found by its labels, and protected', async () => {
  const { admin } = server;
  const { machine } = await deploy(admin, {
    ...common,
    name: 'labelled',
    bootMode: 'UEFI',
    group: 'web servers',
    tags: [
      { key: 'tier', value: 'front' },
      { key: 'app', value: 'shop' },
    ],
    details: [{ key: 'owner/mail', value: 'ops@example.org' }],
    isDeleteProtected: true,
  });
  expect(await shapeOf(machine.id)).toMatchObject({
    bootMode: 'UEFI',
    group: 'web servers',
    isDeleteProtected: true,
    tags: [
      { key: 'app', value: 'shop' },
      { key: 'tier', value: 'front' },
    ],
    details: [{ key: 'owner/mail', value: 'ops@example.org' }],
  });
  const found = async (args: string) => {
    const { virtualMachines } = await admin.ask<{ virtualMachines: { nodes: { name: string }[] } }>(
      `{ virtualMachines(${args}) { nodes { name } } }`,
    );
    return virtualMachines.nodes.map(({ name }) => name);
  };
  expect(await found('filter: { tag: { key: "tier", value: "front" } }')).toEqual(['labelled']);
  expect(await found('filter: { tag: { key: "tier", value: "back" } }')).toEqual([]);
  expect(await found('filter: { group: "web servers" }')).toEqual(['labelled']);
  expect(await found('search: "shop"')).toEqual(['labelled']);

  const destroy =
    'mutation ($input: VirtualMachineInput!) { destroyVirtualMachine(input: $input) { job { id } } }';
  const { errors } = await admin.send(destroy, { input: { id: machine.id } });
  expect(errors?.[0]?.extensions).toMatchObject({
    code: 'INVALID_STATE',
    remedy: 'take its protection away first, with updateVirtualMachine',
  });
  const { availableActions } = (await shapeOf(machine.id)) as {
    availableActions: { action: string; reason: string | null }[];
  };
  expect(availableActions.find(({ action }) => action === 'DESTROY')?.reason).toBe(
    'it is protected against deletion',
  );
  const update =
    'mutation ($input: UpdateVirtualMachineInput!) { updateVirtualMachine(input: $input) { virtualMachine { version } } }';
  const { version } = await getMachine(admin, machine.id);
  await admin.ask(update, {
    input: {
      id: machine.id,
      name: 'relabelled',
      group: '',
      tags: [],
      isDeleteProtected: false,
      expectedVersion: version,
    },
  });
  expect(await shapeOf(machine.id)).toMatchObject({
    group: null,
    tags: [],
    isDeleteProtected: false,
    details: [{ key: 'owner/mail', value: 'ops@example.org' }],
  });
  const late = await admin.send(update, {
    input: { id: machine.id, name: 'late', expectedVersion: version },
  });
  expect(late.errors?.[0]?.extensions).toMatchObject({ code: 'VERSION_CONFLICT' });
  for (const [input, path] of [
    [
      {
        tags: [
          { key: 'a', value: '1' },
          { key: 'a', value: '2' },
        ],
      },
      'input.tags',
    ],
    [{ tags: [{ key: '-a', value: '1' }] }, 'input.tags.key'],
    [{ details: [{ key: 'a', value: 'two\nlines' }] }, 'input.details.value'],
    [{ group: '<b>' }, 'input.group'],
  ] as const) {
    const refused = await admin.send(update, { input: { id: machine.id, ...input } });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: 'VALIDATION_FAILED', details: { path } });
  }
  expect(await change(admin, 'destroyVirtualMachine', { id: machine.id })).toMatchObject({
    status: 'SUCCEEDED',
  });
});

test('an offering that is deleted stays with its machines, is offered no more, and leaves its name', async () => {
  const id = await createOffering({ name: 'passing' });
  const { machine } = await deploy(server.admin, { ...common, name: 'heir', serviceOfferingId: id });
  const remove =
    'mutation ($input: DeleteServiceOfferingInput!) { deleteServiceOffering(input: $input) { serviceOfferingId } }';
  expect(await refusalOf(server.admin, remove, { input: { id, expectedVersion: 99 } })).toMatchObject({
    code: 'VERSION_CONFLICT',
  });
  await server.admin.ask(remove, { input: { id } });
  expect(await refusalOf(server.admin, remove, { input: { id } })).toMatchObject({ code: 'NOT_FOUND' });
  const query = `query ($id: ID!) {
    serviceOfferings(search: "passing") { totalCount }
    virtualMachine(id: $id) { serviceOffering { name } }
  }`;
  expect(await server.admin.ask(query, { id: machine.id })).toEqual({
    serviceOfferings: { totalCount: 0 },
    virtualMachine: { serviceOffering: { name: 'passing' } },
  });
  const another = deploy(server.admin, { ...common, name: 'late', serviceOfferingId: id });
  await expect(another).rejects.toThrow('service offering');
  await change(server.admin, 'stopVirtualMachine', { id: machine.id });
  await change(server.admin, 'startVirtualMachine', { id: machine.id });
  await createOffering({ name: 'passing' });
});

import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB } from '@nephos/model/kernel/units.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { followJob } from '../support/jobs.ts';
import { change, deploy, getMachine, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSnapshot, snapshot } from '../support/snapshots.ts';
import { aTenant, roleId } from '../support/tenancy.ts';
import { usageOf } from '../support/usage.ts';
import { UsageProcess } from '../support/usage-process.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let common: Record<string, unknown>;
const offerings: Record<'small' | 'tiny', string> = { small: '', tiny: '' };

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  templateId = await registerTemplate(server.admin, zone.zoneId, GiB);
  for (const name of ['small', 'tiny'] as const)
    offerings[name] = await serviceOfferingId(server.admin, name);
  common = { zoneId: zone.zoneId, serviceOfferingId: offerings.small, templateId };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const usage = (id: string) => usageOf(server.db, id);

async function dataDisk(): Promise<{ diskOfferingId: string | undefined }> {
  const { diskOfferings } = await server.admin.ask<{ diskOfferings: { nodes: { id: string }[] } }>(
    '{ diskOfferings(search: "1 GiB") { nodes { id } } }',
  );
  return { diskOfferingId: diskOfferings.nodes[0]?.id };
}

const expunge = async (id: string) => {
  await change(server.admin, 'destroyVirtualMachine', { id });
  await change(server.admin, 'expungeVirtualMachine', { id });
};

async function assign(id: string, accountId: Id<'Account'>): Promise<void> {
  await server.admin.ask(
    'mutation ($input: AssignVirtualMachineInput!) { assignVirtualMachine(input: $input) { __typename } }',
    { input: { id, accountId } },
  );
}

/** Removes a template and follows the job to the end. */
async function deleteTemplate(id: string): Promise<void> {
  const { deleteTemplate: deleted } = await server.admin.ask<{ deleteTemplate: { job: { id: string } } }>(
    'mutation ($input: DeleteTemplateInput!) { deleteTemplate(input: $input) { job { id } } }',
    { input: { id } },
  );
  await followJob(server.admin, deleted.job.id);
}

describe('of each thing that happens to a machine there is one event', () => {
  test('from its making to its end', async () => {
    const { admin } = server;
    const taker = await aTenant(server, 'taker');
    const { machine } = await deploy(admin, { ...common, name: 'web', dataDisks: [await dataDisk()] });
    const { id } = machine;
    const [root, data] = machine.volumes.map((volume) => volume.id);
    const nic = await server.db.selectFrom('Nic').select('id').executeTakeFirstOrThrow();
    await change(admin, 'rebootVirtualMachine', { id });
    const { snapshotId } = await snapshot(admin, id, { name: 'before', withMemory: true });
    await changeSnapshot(admin, 'deleteVirtualMachineSnapshot', snapshotId);
    await change(admin, 'suspendVirtualMachine', { id });
    await change(admin, 'resumeVirtualMachine', { id });
    await change(admin, 'stopVirtualMachine', { id });
    await admin.ask(
      'mutation ($input: ScaleVirtualMachineInput!) { scaleVirtualMachine(input: $input) { __typename } }',
      { input: { id, serviceOfferingId: offerings.tiny } },
    );
    await change(admin, 'reinstallVirtualMachine', { id, templateId });
    const newRoot = (await getMachine(admin, id)).volumes[0]!.id;
    await assign(id, taker.accountId);
    await change(taker.client, 'startVirtualMachine', { id });
    await expunge(id);

    expect(await usage(id)).toEqual([
      ...['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_SCALE', 'VM_ASSIGN', 'VM_START', 'VM_STOP', 'VM_EXPUNGE'],
    ]);
    const { rows: called } = await sql<{ kind: string; offering: string }>`
      select "kind", "attributes"->>'offeringName' as "offering" from "UsageEvent"
      where "resourceId" = ${id} and "kind" in ('VM_START', 'VM_SCALE') union all
      select "kind", "attributes"->>'offeringName' from "UsageEventPending"
      where "resourceId" = ${id} and "kind" in ('VM_START', 'VM_SCALE')`.execute(server.db);
    expect(called.map(({ kind, offering }) => `${kind} ${offering}`).sort()).toEqual([
      ...['VM_SCALE tiny', 'VM_START small', 'VM_START tiny'],
    ]);
    expect(await usage(root!)).toEqual(['VOLUME_CREATE', 'VOLUME_DELETE']);
    expect(await usage(data!)).toEqual(['VOLUME_CREATE', 'VOLUME_ASSIGN', 'VOLUME_DELETE']);
    expect(await usage(newRoot)).toEqual(['VOLUME_CREATE', 'VOLUME_ASSIGN', 'VOLUME_DELETE']);
    expect(await usage(nic.id)).toEqual(['IP_ADDRESS_TAKE', 'IP_ADDRESS_ASSIGN', 'IP_ADDRESS_RELEASE']);
    expect(await usage(snapshotId)).toEqual([
      ...['VM_SNAPSHOT_CREATE', 'VM_SNAPSHOT_ON_PRIMARY', 'VM_SNAPSHOT_DELETE', 'VM_SNAPSHOT_OFF_PRIMARY'],
    ]);
  });

  test('a guest that shuts itself down is metered no longer, and one that somebody starts is', async () => {
    const { machine } = await deploy(server.admin, { ...common, name: 'alone' });
    const host = (await zone.simulator.ask({ ask: 'state' })).findIndex(
      ({ machines }) => machine.id in machines,
    );
    const seen = async (state: string) => {
      while ((await getMachine(server.admin, machine.id)).state !== state)
        await new Promise((resolve) => setTimeout(resolve, 20));
    };
    await zone.simulator.ask({ ask: 'powerOff', host, machineId: parseId('VirtualMachine', machine.id) });
    await seen('STOPPED');
    await zone.simulator.ask({ ask: 'powerOn', host, machineId: parseId('VirtualMachine', machine.id) });
    await seen('RUNNING');
    expect(await usage(machine.id)).toEqual(['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_START']);
    await expunge(machine.id);
  });

  test('a template is metered from when it lies there until it is gone', async () => {
    const id = await registerTemplate(server.admin, zone.zoneId);
    await deleteTemplate(id);
    expect(await usage(id)).toEqual(['TEMPLATE_CREATE', 'TEMPLATE_DELETE']);
  });
});

test('a deployment that fails costs nothing', async () => {
  const { machine, job } = await deploy(server.admin, { ...common, name: 'fail-at-start' });
  expect(job.status).toBe('FAILED');
  await expunge(machine.id);
  const { rows } = await sql<{ resourceId: string }>`
    select "resourceId" from "UsageEvent" where "resourceName" like '%fail-at-start%'
    union all select "resourceId" from "UsageEventPending" where "resourceName" like '%fail-at-start%'`.execute(
    server.db,
  );
  expect(rows).toEqual([]);
});

const generateMutation =
  'mutation ($input: GenerateUsageInput!) { generateUsage(input: $input) { job { id } } }';

describe('summing up on demand', () => {
  const generate = async (input: { until?: Date; idempotencyKey?: string } = {}) => {
    const { generateUsage } = await server.admin.ask<{ generateUsage: { job: { id: string } } }>(
      generateMutation,
      { input },
    );
    return followJob(server.admin, generateUsage.job.id);
  };

  test('closes what there is, up to a moment, by the daemon; twice is not more', async () => {
    const { machine } = await deploy(server.admin, { ...common, name: 'summed' });
    await expunge(machine.id);
    const until = new Date();
    await using daemon = new UsageProcess(server.databaseUrl);
    await daemon.leads();
    expect(await generate({ until })).toMatchObject({ status: 'SUCCEEDED' });
    expect(await generate({ until })).toMatchObject({ status: 'SUCCEEDED' });
    const [last] = await server.db
      .selectFrom('UsagePeriod')
      .selectAll()
      .orderBy('startsAt', 'desc')
      .execute();
    expect(last).toMatchObject({ endsAt: until, findings: [] });
    const records = await server.db
      .selectFrom('UsageRecord')
      .select(['usageType', 'quantity'])
      .where('resourceId', '=', machine.id)
      .orderBy('usageType')
      .execute();
    expect(records.filter(({ usageType }) => usageType <= 2)).toMatchObject([
      { usageType: 1 },
      { usageType: 2 },
    ]);
    expect(records.every(({ quantity }) => quantity > 0n)).toBe(true);
  });

  test('without a daemon it waits, and can be cancelled', async () => {
    const { generateUsage } = await server.admin.ask<{ generateUsage: { job: { id: string } } }>(
      generateMutation,
      { input: {} },
    );
    await server.admin.ask('mutation ($input: JobInput!) { cancelJob(input: $input) { job { id } } }', {
      input: { id: generateUsage.job.id },
    });
    expect(await followJob(server.admin, generateUsage.job.id)).toMatchObject({ status: 'CANCELLED' });
    expect(
      await server.db.selectFrom('UsageCloseRequest').selectAll().where('finishedAt', 'is', null).execute(),
    ).toEqual([]);
  });

  test('is for operators, and for what has been', async () => {
    const input = { until: new Date(Date.now() + 60_000) };
    expect(await refusalOf(server.admin, generateMutation, { input })).toMatchObject({
      code: 'VALIDATION_FAILED',
    });
    const tenant = await aTenant(server, 'asker', { role: roleId('Domain Admin') });
    expect(await refusalOf(tenant.client, generateMutation, { input: {} })).toMatchObject({
      code: 'FORBIDDEN',
    });
  });
});

import { newId, parseId } from '@nephos/model/kernel/ids.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { expectBalancedBooks } from '../support/books.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import { eventually } from '../support/eventually.ts';
import {
  change,
  deploy,
  findMachine,
  getMachine,
  registerTemplate,
  serviceOfferingId,
} from '../support/machines.ts';
import { makeProject } from '../support/projects.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { usageOf } from '../support/usage.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let template: string;
let offering: string;
let giver: Tenant;
let taker: Tenant;
let above: Tenant;
let outside: Tenant;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  template = await registerTemplate(server.admin, zone.zoneId);
  offering = await serviceOfferingId(server.admin, 'tiny');
  const region = await aDomain(server.db, 'region');
  giver = await aTenant(server, 'giver', { domainId: await aDomain(server.db, 'here', region) });
  taker = await aTenant(server, 'taker', { domainId: await aDomain(server.db, 'there', region) });
  above = await aTenant(server, 'above', { domainId: region, role: roleId('Domain Admin') });
  outside = await aTenant(server, 'outside');
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const assignMutation = `mutation ($input: AssignVirtualMachineInput!) {
  assignVirtualMachine(input: $input) { virtualMachine { id account { id } group availableActions { action isAllowed } } }
}`;

const assign = (client: ApiClient, id: string, to: Tenant) =>
  client.ask(assignMutation, { input: { id, accountId: to.accountId } });
const refusal = (client: ApiClient, id: string, to: Tenant) =>
  refusalOf(client, assignMutation, { input: { id, accountId: to.accountId } });

/** A stopped machine of the giver's. */
async function aMachine(name: string, input: Record<string, unknown> = {}, owner = giver): Promise<string> {
  const { machine } = await deploy(owner.client, {
    ...{ name, zoneId: zone.zoneId, serviceOfferingId: offering, templateId: template, startsNow: false },
    ...input,
  });
  return machine.id;
}

const expunge = async (client: ApiClient, id: string) => {
  await change(client, 'destroyVirtualMachine', { id });
  await change(client, 'expungeVirtualMachine', { id });
};

/** What the feed tells somebody of a thing from a cursor on, until it tells of a change. */
async function told(client: ApiClient, after: string, id: string, last: string): Promise<string[]> {
  const operations: string[] = [];
  const feed = client.follow<{ changes: { changes: { operation: string; node: object | null }[] } }>(
    `subscription ($after: Cursor, $id: ID!) {
      changes(after: $after, filter: { ids: [$id] }) { changes { operation node { id } } }
    }`,
    { after, id },
  );
  for await (const { changes } of feed) {
    operations.push(...changes.changes.map(({ operation }) => operation));
    if (operations.at(-1) === last) break;
  }
  // Leaving its groups is a change of its own.
  return [...new Set(operations)];
}

test('a machine goes over with all that is part of it, and is counted and metered there', async () => {
  const { db, admin } = server;
  const grouped = await giver.client.ask<{ createAffinityGroup: { affinityGroup: { id: string } } }>(
    'mutation ($input: CreateAffinityGroupInput!) { createAffinityGroup(input: $input) { affinityGroup { id } } }',
    { input: { name: 'near', kind: 'HOST_AFFINITY', enforcement: 'SOFT' } },
  );
  const id = await aMachine('web', {
    ...{ startsNow: true, group: 'shop', affinityGroupIds: [grouped.createAffinityGroup.affinityGroup.id] },
  });
  await giver.client.ask(
    'mutation ($input: CreateVirtualMachineScheduleInput!) { createVirtualMachineSchedule(input: $input) { __typename } }',
    { input: { virtualMachineId: id, action: 'START', cron: '0 7 * * *', timeZone: 'UTC' } },
  );
  expect(await refusal(above.client, id, taker)).toMatchObject({
    code: 'INVALID_STATE',
    message: 'web is RUNNING; to be given to another account it must be STOPPED',
  });
  await change(giver.client, 'stopVirtualMachine', { id });
  // All that came of it has its place in the feed, and the server has heard of it.
  const { feed } = server.application.platform;
  await eventually(
    async () => ({
      pending: await db.selectFrom('ChangePending').select('resourceId').execute(),
      newest: await db.selectFrom('Change').select('seq').orderBy('seq', 'desc').executeTakeFirst(),
    }),
    ({ pending, newest }) =>
      pending.every(({ resourceId }) => resourceId !== id) && feed.latest >= (newest?.seq ?? 0n),
  );
  const { changeCursor } = await admin.ask<{ changeCursor: string }>('{ changeCursor }');
  expect(await assign(above.client, id, taker)).toMatchObject({
    assignVirtualMachine: { virtualMachine: { account: { id: taker.accountId }, group: null } },
  });
  expect(await findMachine(giver.client, id)).toBeNull();
  const machine = await getMachine(taker.client, id);
  expect(machine.volumes).toHaveLength(1);
  const machineId = parseId('VirtualMachine', id);
  for (const table of ['Nic', 'Volume', 'VirtualMachineSchedule'] as const) {
    const owners = await db
      .selectFrom(table)
      .select('accountId')
      .where('virtualMachineId', '=', machineId)
      .execute();
    expect(owners, table).toEqual([{ accountId: taker.accountId }]);
  }
  expect(await db.selectFrom('AffinityGroupMember').selectAll().execute()).toEqual([]);
  const events = await db
    .selectFrom('AuditEvent')
    .select(['accountId', 'targetId'])
    .where('action', '=', 'virtualMachine.assign')
    .where('outcome', '=', 'SUCCEEDED')
    .orderBy('id')
    .execute();
  expect(events.map(({ accountId }) => accountId).sort()).toEqual([giver.accountId, taker.accountId].sort());

  expect(await told(giver.client, changeCursor, id, 'DELETED')).toEqual(['DELETED']);
  expect(await told(taker.client, changeCursor, id, 'UPDATED')).toEqual(['UPDATED']);
  expect(await told(above.client, changeCursor, id, 'UPDATED')).toEqual(['UPDATED']);
  expect(await told(admin, changeCursor, id, 'UPDATED')).toEqual(['DELETED', 'UPDATED']);

  await change(taker.client, 'startVirtualMachine', { id });
  await expectBalancedBooks(db, await seenInSimulator(zone));
  expect(await usageOf(db, id)).toEqual(['VM_CREATE', 'VM_START', 'VM_STOP', 'VM_ASSIGN', 'VM_START']);
  await eventually(
    () => db.selectFrom('UsageEventPending').select('id').execute(),
    (pending) => pending.length === 0,
  );
  const endsAt = new Date();
  const startsAt = new Date(endsAt.getTime() - 3_600_000);
  const goingOn = await db.transaction().execute(async (tx) => {
    await closePeriod(tx, { startsAt, endsAt, timeZone: 'UTC' });
    return tx
      .selectFrom('UsageRecord')
      .select(['accountId', 'usageType'])
      .where('resourceId', 'in', [id, machine.volumes[0]!.id])
      .where('endedAt', '=', endsAt)
      .execute();
  });
  expect(goingOn.map(({ accountId, usageType }) => [accountId, usageType]).sort()).toEqual([
    [taker.accountId, 1],
    [taker.accountId, 2],
    [taker.accountId, 6],
  ]);
  await expunge(taker.client, id);
});

test('what is not open to the new owner is refused by name, and nothing changes', async () => {
  const { db, admin } = server;
  const id = await aMachine('shop');
  const limit = (maximum: number | null) =>
    admin.ask(
      'mutation ($input: UpdateResourceLimitInput!) { updateResourceLimit(input: $input) { __typename } }',
      {
        input: { ownerId: taker.accountId, resource: 'VIRTUAL_MACHINE', maximum },
      },
    );
  await limit(0);
  expect(await refusal(above.client, id, taker)).toMatchObject({
    code: 'RESOURCE_LIMIT_EXCEEDED',
    message: expect.stringContaining('account taker may have 0 virtual machines') as string,
  });
  await limit(null);

  await db
    .updateTable('ServiceOffering')
    .set({ domainIds: [giver.domainId] })
    .where('name', '=', 'tiny')
    .execute();
  expect(await refusal(above.client, id, taker)).toMatchObject({
    code: 'VALIDATION_FAILED',
    message: expect.stringMatching(/must be offered to account taker: tiny/) as string,
  });
  await db.updateTable('ServiceOffering').set({ domainIds: [] }).where('name', '=', 'tiny').execute();

  await db.updateTable('Image').set({ isPublic: false }).execute();
  expect(await refusal(above.client, id, taker)).toMatchObject({
    message: expect.stringMatching(/must be shared with account taker: tiny is private/) as string,
  });
  await db.updateTable('Image').set({ isPublic: true }).execute();

  await db.updateTable('Zone').set({ dedicatedDomainId: giver.domainId }).execute();
  expect(await refusal(above.client, id, taker)).toMatchObject({
    message: expect.stringMatching(/must be open to account taker: zone test-zone/) as string,
  });
  await db.updateTable('Zone').set({ dedicatedDomainId: null }).execute();

  const same = await aMachine('shop', {}, taker);
  expect(await refusal(above.client, id, taker)).toMatchObject({
    code: 'VALIDATION_FAILED',
    message: expect.stringMatching(/must have no machine called shop/) as string,
  });
  await expunge(taker.client, same);
  expect(await refusal(above.client, id, giver)).toMatchObject({ code: 'VALIDATION_FAILED' });

  const { poolId, id: volumeId } = await db
    .selectFrom('Volume')
    .selectAll()
    .where('virtualMachineId', '=', parseId('VirtualMachine', id))
    .executeTakeFirstOrThrow();
  await db
    .insertInto('VirtualMachineSnapshot')
    .values({
      ...{ id: newId('VirtualMachineSnapshot'), virtualMachineId: parseId('VirtualMachine', id), poolId },
      ...{ accountId: giver.accountId, name: 'before', withMemory: false, cpuCount: 1, cpuMhz: 1 },
      ...{ serviceOfferingId: parseId('ServiceOffering', offering), memoryBytes: 1n, diskBytes: 1n },
      ...{ volumeIds: [volumeId], state: 'READY' },
    })
    .execute();
  expect(await refusal(above.client, id, taker)).toMatchObject({
    code: 'INVALID_STATE',
    message: 'shop has snapshots, before for one',
  });
  await db.deleteFrom('VirtualMachineSnapshot').execute();

  expect((await getMachine(giver.client, id)).name).toBe('shop');
  await expectBalancedBooks(db, await seenInSimulator(zone));
  await expunge(giver.client, id);
});

test('it is for administrators above both accounts', async () => {
  const { db } = server;
  const id = await aMachine('lent');
  expect(await refusal(giver.client, id, taker)).toMatchObject({ code: 'FORBIDDEN' });
  expect(await refusal(above.client, id, outside)).toMatchObject({ code: 'NOT_FOUND' });
  expect(await refusal(outside.client, id, outside)).toMatchObject({ code: 'FORBIDDEN' });
  // One who outranks the administrator, though in the branch.
  const chief = await aTenant(server, 'chief', { domainId: giver.domainId, role: roleId('Root Admin') });
  expect(await refusal(above.client, id, chief)).toMatchObject({ code: 'FORBIDDEN' });
  // Taking part in a project elsewhere is not to administer it.
  const project = await makeProject(outside.client, 'elsewhere');
  const elsewhere = { ...outside, accountId: parseId('Account', project.accountId) };
  await db
    .insertInto('ProjectMember')
    .values({ projectId: parseId('Project', project.id), accountId: above.accountId, role: 'ADMIN' })
    .execute();
  expect(await refusal(above.client, id, elsewhere)).toMatchObject({
    code: 'FORBIDDEN',
    message: 'account project-elsewhere is not in the branch that you administer',
  });
  await assign(server.admin, id, elsewhere);
  await expunge(server.admin, id);
});

test('machines that change places at once both arrive, and one that two reach for is one of theirs', async () => {
  const [one, other] = [await aMachine('one'), await aMachine('other', {}, taker)];
  await Promise.all([assign(above.client, one, taker), assign(above.client, other, giver)]);
  expect((await getMachine(taker.client, one)).name).toBe('one');
  expect((await getMachine(giver.client, other)).name).toBe('other');
  await Promise.all([assign(above.client, one, giver), assign(above.client, one, above)]);
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});

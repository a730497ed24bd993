import { countedThings } from '@nephos/server/identity/limit/counted-things.ts';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { seenInSimulator } from '../support/books-of-simulator.ts';
import { expectBalancedBooks } from '../support/books.ts';
import { eventually } from '../support/eventually.ts';
import { followJob, type JobView } from '../support/jobs.ts';
import {
  change,
  deploy,
  findMachine,
  registerIso,
  registerTemplate,
  serviceOfferingId,
  type MachineView,
} from '../support/machines.ts';
import { openSocket } from '../support/open-socket.ts';
import { makeProject } from '../support/projects.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let offeringId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 2 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  offeringId = await serviceOfferingId(server.admin, 'tiny');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const deleteMutation = `mutation ($input: DeleteAccountInput!) {
  deleteAccount(input: $input) { account { isDeleting } job { id } }
}`;

async function deleteAccount(client: ApiClient, id: string): Promise<JobView> {
  const { deleteAccount: answer } = await client.ask<{ deleteAccount: { job: { id: string } } }>(
    deleteMutation,
    { input: { id } },
  );
  return followJob(client, answer.job.id);
}

async function aMachine(client: ApiClient, name: string, accountId?: string): Promise<MachineView> {
  const { machine, job } = await deploy(client, {
    name,
    zoneId: zone.zoneId,
    serviceOfferingId: offeringId,
    templateId,
    ...(accountId !== undefined && { accountId }),
  });
  expect(job.status).toBe('SUCCEEDED');
  return machine;
}

/** Rows of every table that has an owner. */
async function rowsOf(accountIds: readonly string[]): Promise<Record<string, number>> {
  const owners: [table: string, column: string][] = [
    ['Account', 'id'],
    ['User', 'accountId'],
    ['VirtualMachine', 'accountId'],
    ['Volume', 'accountId'],
    ['Image', 'accountId'],
    ['ImageGrant', 'accountId'],
    ['Project', 'accountId'],
    ['ProjectMember', 'accountId'],
    ['ResourceCount', 'accountId'],
    ['ResourceLimit', 'ownerId'],
  ];
  const counts = await Promise.all(
    owners.map(async ([table, column]) => {
      const { rows } = await sql<{ count: number }>`
        select count(*)::int as "count" from ${sql.table(table)} where ${sql.ref(column)} = any(${accountIds}::text[])`.execute(
        server.db,
      );
      return [table, rows[0]?.count ?? 0] as const;
    }),
  );
  return Object.fromEntries(counts.filter(([, count]) => count > 0));
}

async function expectExactCounters(): Promise<void> {
  const { rows } = await sql`
    select * from "ResourceCount" c
    full join (select * from (${countedThings}) as t where "amount" > 0) as t
      on t."accountId" = c."accountId" and t."resource" = c."resource"::text
    where coalesce(c."used", 0) <> coalesce(t."amount", 0)`.execute(server.db);
  expect(rows, 'counters that do not say what is there').toEqual([]);
}

afterEach(async () => {
  await expectExactCounters();
  await expectBalancedBooks(server.db, await seenInSimulator(zone));
});

/** An account with a running, a stopped and a destroyed machine, a template, a disc and a project with a machine. */
async function aRichTenant(name: string, domainId?: Tenant['domainId']) {
  const tenant = await aTenant(server, name, domainId === undefined ? {} : { domainId });
  const { client } = tenant;
  await aMachine(client, `${name}-on`);
  const off = await aMachine(client, `${name}-off`);
  await change(client, 'stopVirtualMachine', { id: off.id, isForced: true });
  const binned = await aMachine(client, `${name}-bin`);
  await change(client, 'destroyVirtualMachine', { id: binned.id });
  const { accountId } = tenant;
  await registerTemplate(server.admin, zone.zoneId, undefined, { isPublic: false, accountId });
  await registerIso(server.admin, zone.zoneId, { isPublic: false, accountId });
  const project = await makeProject(client, `${name}-project`);
  await aMachine(client, `${name}-shared`, project.accountId);
  return { tenant, project, accountIds: [tenant.accountId, project.accountId] };
}

describe('deleting an account', () => {
  test('says first what goes, then removes all of it', async () => {
    const { tenant, accountIds } = await aRichTenant('rich');
    const { planDeleteAccount } = await server.admin.ask<{ planDeleteAccount: unknown }>(
      `query ($id: ID!) { planDeleteAccount(id: $id) {
        accountCount projectCount userCount apiKeyCount virtualMachineCount volumeCount templateCount isoCount
        subdomainCount virtualMachineNames } }`,
      { id: tenant.accountId },
    );
    expect(planDeleteAccount).toEqual({
      accountCount: 1,
      projectCount: 1,
      userCount: 1,
      apiKeyCount: 1,
      virtualMachineCount: 4,
      volumeCount: 4,
      templateCount: 1,
      isoCount: 1,
      subdomainCount: 0,
      virtualMachineNames: ['rich-on', 'rich-off', 'rich-bin', 'rich-shared'],
    });
    expect(await rowsOf(accountIds)).toMatchObject({ Account: 2, VirtualMachine: 4 });
    const socket = await openSocket(tenant.client);
    const job = await deleteAccount(server.admin, tenant.accountId);
    expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
    expect(await socket.closed()).toBe(4403);
    expect(await rowsOf(accountIds)).toEqual({});
  });

  test('of a project’s maker ends the project for its members, and not their account', async () => {
    const { tenant, project } = await aRichTenant('maker');
    const member = await aTenant(server, 'taking-part');
    await server.db
      .insertInto('ProjectMember')
      .values({ projectId: project.id as never, accountId: member.accountId, role: 'MEMBER' })
      .execute();
    const own = await aMachine(member.client, 'own');
    expect((await deleteAccount(server.admin, tenant.accountId)).status).toBe('SUCCEEDED');
    expect((await findMachine(member.client, own.id))?.state).toBe('RUNNING');
    expect(await rowsOf([member.accountId])).toMatchObject({ Account: 1, VirtualMachine: 1 });
    expect(await rowsOf([project.accountId])).toEqual({});
  });

  test('leaves a template that machines of others stand on until they are gone', async () => {
    const publisher = await aTenant(server, 'publisher', { role: roleId('Root Admin') });
    const shared = await registerTemplate(publisher.client, zone.zoneId);
    const other = await aTenant(server, 'stands-on-it');
    const { machine } = await deploy(other.client, {
      name: 'on-shared',
      zoneId: zone.zoneId,
      serviceOfferingId: offeringId,
      templateId: shared,
    });
    expect((await deleteAccount(server.admin, publisher.accountId)).status).toBe('SUCCEEDED');
    expect(await rowsOf([publisher.accountId])).toEqual({});
    const { templates } = await server.admin.ask<{ templates: { nodes: { id: string }[] } }>(
      '{ templates { nodes { id } } }',
    );
    expect(templates.nodes.map(({ id }) => id)).not.toContain(shared);
    await change(other.client, 'stopVirtualMachine', { id: machine.id, isForced: true });
    await change(other.client, 'startVirtualMachine', { id: machine.id });
    expect((await findMachine(other.client, machine.id))?.state).toBe('RUNNING');
  });

  test('goes on after something was in the way, and says what it was', async () => {
    const publisher = await aTenant(server, 'lends-a-disc', { role: roleId('Root Admin') });
    const isoId = await registerIso(publisher.client, zone.zoneId);
    const gone = await aMachine(publisher.client, 'goes-first');
    const borrower = await aTenant(server, 'borrows-a-disc');
    const machine = await aMachine(borrower.client, 'with-disc');
    await change(borrower.client, 'attachIso', { id: machine.id, isoId });

    const failed = await deleteAccount(server.admin, publisher.accountId);
    expect(failed).toMatchObject({ status: 'FAILED', error: { code: 'RESOURCE_IN_USE' } });
    expect(failed.error?.message).toContain('with-disc');
    expect(await findMachine(server.admin, gone.id)).toBeNull();
    // What is left stays closed.
    const { account } = await server.admin.ask<{ account: unknown }>(
      'query ($id: ID!) { account(id: $id) { state isDeleting } }',
      { id: publisher.accountId },
    );
    expect(account).toEqual({ state: 'DISABLED', isDeleting: false });

    await change(borrower.client, 'detachIso', { id: machine.id });
    expect((await deleteAccount(server.admin, publisher.accountId)).status).toBe('SUCCEEDED');
    expect(await rowsOf([publisher.accountId])).toEqual({});
  });

  test('is asked for once', async () => {
    const tenant = await aTenant(server, 'twice');
    await server.db
      .updateTable('Account')
      .set({ isDeleting: true })
      .where('id', '=', tenant.accountId)
      .execute();
    expect(await refusalOf(server.admin, deleteMutation, { input: { id: tenant.accountId } })).toMatchObject({
      code: 'INVALID_STATE',
    });
  });
});

test('deleting a domain removes all that is in the branch', async () => {
  const domainId = await aDomain(server.db, 'doomed');
  const below = await aDomain(server.db, 'below', domainId);
  const admin = await aTenant(server, 'doomed-admin', { role: roleId('Domain Admin'), domainId });
  const rich = await aRichTenant('branch', below);
  const socket = await openSocket(rich.tenant.client);
  const { deleteDomain } = await server.admin.ask<{ deleteDomain: { job: { id: string } } }>(
    'mutation ($input: DeleteDomainInput!) { deleteDomain(input: $input) { job { id } } }',
    { input: { id: domainId, cascade: true } },
  );
  expect(await socket.closed()).toBe(4403);
  const job = await followJob(server.admin, deleteDomain.job.id);
  expect(job).toMatchObject({ status: 'SUCCEEDED', error: null });
  expect(await rowsOf([admin.accountId, ...rich.accountIds])).toEqual({});
  const domains = await server.db
    .selectFrom('Domain')
    .select('path')
    .where('path', 'like', '/doomed%')
    .execute();
  expect(domains).toEqual([]);
});

test('a domain administrator follows the deletion of an account to its end', async () => {
  const domainId = await aDomain(server.db, 'followed');
  const admin = await aTenant(server, 'followed-admin', { role: roleId('Domain Admin'), domainId });
  const tenant = await aTenant(server, 'followed-tenant', { domainId });
  await aMachine(tenant.client, 'followed-on');
  const job = await deleteAccount(admin.client, tenant.accountId);
  expect(job.status).toBe('SUCCEEDED');
  expect(job.steps.map(({ name }) => name)).toEqual(['removeMachines', 'removeImages', 'removeAccount']);
});

test('machines on a silent host are named, and the account stays', async () => {
  const tenant = await aTenant(server, 'silent');
  const machine = await aMachine(tenant.client, 'unreachable');
  await server.db
    .updateTable('VirtualMachine')
    .set({ state: 'UNKNOWN' })
    .where('id', '=', machine.id as never)
    .execute();
  const failed = await deleteAccount(server.admin, tenant.accountId);
  expect(failed).toMatchObject({ status: 'FAILED', error: { code: 'INVALID_STATE' } });
  expect(failed.error?.message).toContain('unreachable is UNKNOWN');
  await server.db
    .updateTable('VirtualMachine')
    .set({ state: 'RUNNING' })
    .where('id', '=', machine.id as never)
    .execute();
  expect((await deleteAccount(server.admin, tenant.accountId)).status).toBe('SUCCEEDED');
  await eventually(
    () => rowsOf([tenant.accountId]),
    (rows) => Object.keys(rows).length === 0,
    5,
  );
});

import type { Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { followJob } from '../support/jobs.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aTenant, roleId, rootDomainId, type Tenant } from '../support/tenancy.ts';

let server: TestServer;
let root: Id<'Domain'>;

beforeAll(async () => {
  server = await startTestServer();
  root = await rootDomainId(server.db);
});

afterAll(() => server[Symbol.asyncDispose]());

interface DomainView {
  id: Id<'Domain'>;
  name: string;
  path: string;
  state: string;
  version: number;
}

const createMutation = `mutation ($input: CreateDomainInput!) {
  createDomain(input: $input) { domain { id name path state version } }
}`;
const updateMutation = `mutation ($input: UpdateDomainInput!) {
  updateDomain(input: $input) { domain { id name path state version } }
}`;
const deleteMutation = `mutation ($input: DeleteDomainInput!) {
  deleteDomain(input: $input) { domain { state } job { id } }
}`;

async function makeDomain(client: ApiClient, name: string, parentId: string = root): Promise<DomainView> {
  const { createDomain } = await client.ask<{ createDomain: { domain: DomainView } }>(createMutation, {
    input: { name, parentId },
  });
  return createDomain.domain;
}

async function deleteDomain(client: ApiClient, id: string, cascade = false) {
  const { deleteDomain: answer } = await client.ask<{ deleteDomain: { job: { id: string } } }>(
    deleteMutation,
    { input: { id, cascade } },
  );
  return followJob(client, answer.job.id);
}

async function pathsBelow(client: ApiClient): Promise<string[]> {
  const { domains } = await client.ask<{ domains: { nodes: { path: string }[] } }>(
    '{ domains(orderBy: { field: PATH }) { nodes { path } } }',
  );
  return domains.nodes.map(({ path }) => path);
}

/** An administrator of a domain. */
const adminOf = (name: string, domainId: Id<'Domain'>): Promise<Tenant> =>
  aTenant(server, name, { role: roleId('Domain Admin'), domainId });

describe('the tree', () => {
  test('paths are made of names', async () => {
    const region = await makeDomain(server.admin, 'north');
    const customer = await makeDomain(server.admin, 'acme.example', region.id);
    expect([region.path, customer.path]).toEqual(['/north', '/north/acme.example']);
    const { domain } = await server.admin.ask<{ domain: unknown }>(
      'query ($id: ID!) { domain(id: $id) { parent { path } children { path } subdomainCount accountCount } }',
      { id: region.id },
    );
    expect(domain).toEqual({
      parent: { path: '/' },
      children: [{ path: '/north/acme.example' }],
      subdomainCount: 1,
      accountCount: 0,
    });
  });

  test.each(['', 'a/b', '..', '-a', 'a b', 'ä', 'a'.repeat(65)])('%j is no name', async (name) => {
    expect(await refusalOf(server.admin, createMutation, { input: { name, parentId: root } })).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
    });
  });

  test('siblings have different names, cousins may share one', async () => {
    const one = await makeDomain(server.admin, 'one');
    const other = await makeDomain(server.admin, 'other');
    await makeDomain(server.admin, 'same', one.id);
    await makeDomain(server.admin, 'same', other.id);
    const twice = { input: { name: 'same', parentId: one.id } };
    expect(await refusalOf(server.admin, createMutation, twice)).toMatchObject({
      code: 'VALIDATION_FAILED',
      path: 'input.name',
      rule: 'is the name of another domain beside it',
    });
    expect(
      await refusalOf(server.admin, updateMutation, { input: { id: one.id, name: 'other' } }),
    ).toMatchObject({ code: 'VALIDATION_FAILED', path: 'input.name' });
  });

  test('another name of a domain is in the paths of all below it, and of no other', async () => {
    const region = await makeDomain(server.admin, 'asia');
    const country = await makeDomain(server.admin, 'asia', region.id);
    await makeDomain(server.admin, 'city', country.id);
    await makeDomain(server.admin, 'asia2');
    const { updateDomain } = await server.admin.ask<{ updateDomain: { domain: DomainView } }>(
      updateMutation,
      { input: { id: region.id, name: 'orient', expectedVersion: region.version } },
    );
    expect(updateDomain.domain).toMatchObject({ path: '/orient', name: 'orient' });
    const paths = await pathsBelow(server.admin);
    expect(paths).toEqual(expect.arrayContaining(['/asia2', '/orient', '/orient/asia', '/orient/asia/city']));
    expect(paths).not.toContain('/asia');
    const stale = { id: region.id, name: 'east', expectedVersion: region.version };
    expect(await refusalOf(server.admin, updateMutation, { input: stale })).toMatchObject({
      code: 'VERSION_CONFLICT',
    });
  });

  test('domains that are made while one above is renamed have the new path', async () => {
    const region = await makeDomain(server.admin, 'before');
    const made = Array.from({ length: 10 }, (_, index) => makeDomain(server.admin, `c${index}`, region.id));
    const renamed = server.admin.ask(updateMutation, { input: { id: region.id, name: 'after' } });
    await Promise.all([...made, renamed]);
    const paths = await pathsBelow(server.admin);
    expect(paths.filter((path) => path.startsWith('/before'))).toEqual([]);
    expect(paths.filter((path) => path.startsWith('/after/'))).toHaveLength(10);
  });

  test('ROOT keeps its name and stays', async () => {
    expect(await refusalOf(server.admin, updateMutation, { input: { id: root, name: 'TOP' } })).toMatchObject(
      { code: 'INVALID_STATE' },
    );
    expect(
      await refusalOf(server.admin, deleteMutation, { input: { id: root, cascade: true } }),
    ).toMatchObject({ code: 'INVALID_STATE' });
  });
});

describe('the administrator of a domain', () => {
  test('sees and makes domains in the own branch only', async () => {
    const region = await makeDomain(server.admin, 'region-a');
    const beside = await makeDomain(server.admin, 'region-b');
    const admin = await adminOf('region-a-admin', region.id);
    await makeDomain(admin.client, 'customer', region.id);
    expect(await pathsBelow(admin.client)).toEqual(['/region-a', '/region-a/customer']);
    for (const parentId of [beside.id, root]) {
      expect(await refusalOf(admin.client, createMutation, { input: { name: 'x', parentId } })).toMatchObject(
        { code: 'NOT_FOUND' },
      );
    }
    expect(
      await refusalOf(admin.client, updateMutation, { input: { id: beside.id, name: 'x' } }),
    ).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusalOf(admin.client, deleteMutation, { input: { id: beside.id } })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });

  test('does not delete the domain that the account is in', async () => {
    const region = await makeDomain(server.admin, 'own-seat');
    const admin = await adminOf('own-seat-admin', region.id);
    const input = { id: region.id, cascade: true };
    expect(await refusalOf(admin.client, deleteMutation, { input })).toMatchObject({ code: 'INVALID_STATE' });
  });

  test('does not delete a domain with an account that may do more', async () => {
    const region = await makeDomain(server.admin, 'with-root');
    const below = await makeDomain(server.admin, 'below', region.id);
    const admin = await adminOf('with-root-admin', region.id);
    await aTenant(server, 'hidden-root', { role: roleId('Root Admin'), domainId: below.id });
    const input = { id: below.id, cascade: true };
    expect(await refusalOf(admin.client, deleteMutation, { input })).toMatchObject({ code: 'FORBIDDEN' });
  });
});

describe('deleting', () => {
  test('an empty domain goes', async () => {
    const domain = await makeDomain(server.admin, 'empty');
    const job = await deleteDomain(server.admin, domain.id);
    expect(job.status).toBe('SUCCEEDED');
    expect(await pathsBelow(server.admin)).not.toContain('/empty');
  });

  test('what is in a domain keeps it, unless all of it is to go', async () => {
    const region = await makeDomain(server.admin, 'full');
    const below = await makeDomain(server.admin, 'below', region.id);
    const tenant = await aTenant(server, 'full-tenant', { domainId: below.id });
    const { planDeleteDomain } = await server.admin.ask<{ planDeleteDomain: unknown }>(
      `query ($id: ID!) { planDeleteDomain(id: $id) {
        accountCount subdomainCount userCount apiKeyCount projectCount virtualMachineCount } }`,
      { id: region.id },
    );
    expect(planDeleteDomain).toEqual({
      accountCount: 1,
      subdomainCount: 1,
      userCount: 1,
      apiKeyCount: 1,
      projectCount: 0,
      virtualMachineCount: 0,
    });
    const refusal = await refusalOf(server.admin, deleteMutation, { input: { id: region.id } });
    expect(refusal).toMatchObject({ code: 'RESOURCE_IN_USE' });
    expect(refusal.message).toContain('1 accounts, 0 projects, 1 domains');
    // Being refused changed nothing.
    await tenant.client.ask('{ viewer { user { username } } }');

    const job = await deleteDomain(server.admin, region.id, true);
    expect(job.status).toBe('SUCCEEDED');
    expect((await tenant.client.send('{ accounts { totalCount } }')).errors?.[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
    const left = await server.db
      .selectFrom('Domain')
      .leftJoin('Account', 'Account.domainId', 'Domain.id')
      .select(['path', 'Account.name'])
      .where('path', 'like', '/full%')
      .execute();
    expect(left).toEqual([]);
  });

  test('nothing new comes into a domain that is being deleted', async () => {
    const domain = await makeDomain(server.admin, 'closing');
    await server.db.updateTable('Domain').set({ state: 'DELETING' }).where('id', '=', domain.id).execute();
    expect(
      await refusalOf(server.admin, createMutation, { input: { name: 'late', parentId: domain.id } }),
    ).toMatchObject({ code: 'INVALID_STATE' });
    expect(
      await refusalOf(
        server.admin,
        'mutation ($input: CreateAccountInput!) { createAccount(input: $input) { account { id } } }',
        { input: { name: 'late', username: 'late', domainId: domain.id } },
      ),
    ).toMatchObject({ code: 'INVALID_STATE' });
  });
});

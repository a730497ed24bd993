import { afterAll, beforeAll, expect, test } from 'vitest';
import { countedThings } from '@nephos/server/identity/limit/counted-things.ts';
import { sql } from 'kysely';
import type { ApiClient } from '../support/api-client.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { aDomain, aTenant, roleId, type Tenant } from '../support/tenancy.ts';
import {
  change,
  deploy,
  deployMutation,
  registerTemplate,
  serviceOfferingId,
  type Deployed,
} from '../support/machines.ts';
import { followJob } from '../support/jobs.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let templateId: string;
let offeringId: string;
let bigOfferingId: string;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { cores: 256, memoryMib: 1_048_576 });
  templateId = await registerTemplate(server.admin, zone.zoneId);
  offeringId = await serviceOfferingId(server.admin, 'tiny');
  bigOfferingId = await serviceOfferingId(server.admin, 'large');
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const setLimit = (client: ApiClient, ownerId: string, resource: string, maximum: number | null) =>
  client.ask(
    'mutation ($input: UpdateResourceLimitInput!) { updateResourceLimit(input: $input) { resourceLimit { maximum } } }',
    { input: { ownerId, resource, maximum } },
  );

const machine = (name: string, serviceOfferingIdOf = offeringId) => ({
  name,
  zoneId: zone.zoneId,
  serviceOfferingId: serviceOfferingIdOf,
  templateId,
});

/** Counters and things of every account must say the same. */
async function expectExactCounters(): Promise<void> {
  const { rows } = await sql`
    select * from "ResourceCount" c
    full join (select * from (${countedThings}) as t where "amount" > 0) as t
      on t."accountId" = c."accountId" and t."resource" = c."resource"::text
    where coalesce(c."used", 0) <> coalesce(t."amount", 0)`.execute(server.db);
  expect(rows, 'counters that do not say what is there').toEqual([]);
}

async function used(tenant: Tenant, resource: string): Promise<string> {
  const { resourceLimits } = await tenant.client.ask<{
    resourceLimits: { resource: string; used: number | string }[];
  }>('query ($ownerId: ID!) { resourceLimits(ownerId: $ownerId) { resource used } }', {
    ownerId: tenant.accountId,
  });
  return String(resourceLimits.find((limit) => limit.resource === resource)?.used);
}

/** Sends 100 requests at once. @returns how many were answered, and the codes and details of those that were not */
async function sendHundred(send: (index: number) => Promise<{ errors: unknown }>) {
  const answers = await Promise.all(Array.from({ length: 100 }, (_, index) => send(index)));
  const refusals = answers.flatMap(
    ({ errors }) =>
      (errors as { extensions: { code: string; details: { resource: string } } }[] | undefined) ?? [],
  );
  return {
    made: answers.length - refusals.length,
    refused: new Set(refusals.map(({ extensions }) => `${extensions.code} ${extensions.details.resource}`)),
  };
}

test.each([
  { what: 'machines', resource: 'VIRTUAL_MACHINE', limit: 10, offering: () => offeringId, each: 1 },
  { what: 'processors', resource: 'CPU', limit: 40, offering: () => bigOfferingId, each: 4 },
  { what: 'volumes', resource: 'VOLUME', limit: 10, offering: () => offeringId, each: 1 },
])('100 deploys at once leave exactly 10 by the limit of $what', async (given) => {
  const { resource, limit, each } = given;
  const tenant = await aTenant(server, `hundred-${given.what}`);
  for (const other of ['VIRTUAL_MACHINE', 'CPU', 'VOLUME', 'MEMORY', 'PRIMARY_STORAGE'])
    await setLimit(server.admin, tenant.accountId, other, null);
  await setLimit(server.admin, tenant.accountId, resource, limit);

  const jobs: string[] = [];
  const { made, refused } = await sendHundred(async (index) => {
    const answer = await tenant.client.send(deployMutation, {
      input: machine(`m-${index}`, given.offering()),
    });
    if (answer.errors === undefined) jobs.push((answer.data as Deployed).deployVirtualMachine.job.id);
    return { errors: answer.errors };
  });
  expect(made).toBe(10);
  expect(refused).toEqual(new Set([`RESOURCE_LIMIT_EXCEEDED ${resource}`]));
  const ended = await Promise.all(jobs.map((id) => followJob(tenant.client, id)));
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
  expect(await used(tenant, resource)).toBe(String(10 * each));
  await expectExactCounters();
});

test('100 API keys at once leave exactly 10', async () => {
  const tenant = await aTenant(server, 'hundred-keys');
  await setLimit(server.admin, tenant.accountId, 'API_KEY', 10);
  const { made, refused } = await sendHundred((index) =>
    tenant.client.send('mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { token } }', {
      input: { name: `key ${index}` },
    }),
  );
  // The one it came with counts too.
  expect(made).toBe(9);
  expect(refused).toEqual(new Set(['RESOURCE_LIMIT_EXCEEDED API_KEY']));
  expect(await used(tenant, 'API_KEY')).toBe('10');
  await expectExactCounters();
});

test('100 projects at once leave exactly 10', async () => {
  const tenant = await aTenant(server, 'hundred-projects');
  await setLimit(server.admin, tenant.accountId, 'PROJECT', 10);
  const { made, refused } = await sendHundred((index) =>
    tenant.client.send(
      'mutation ($input: CreateProjectInput!) { createProject(input: $input) { project { id } } }',
      { input: { name: `project ${index}` } },
    ),
  );
  expect(made).toBe(10);
  expect(refused).toEqual(new Set(['RESOURCE_LIMIT_EXCEEDED PROJECT']));
  expect(await used(tenant, 'PROJECT')).toBe('10');
  await expectExactCounters();
});

test('a domain’s limit bounds the sum of the accounts below it', async () => {
  const region = await aDomain(server.db, 'limited-region');
  const customer = await aDomain(server.db, 'customer', region);
  const tenants = [
    await aTenant(server, 'limited-above', { domainId: region }),
    await aTenant(server, 'limited-below', { domainId: customer }),
  ];
  await setLimit(server.admin, region, 'VIRTUAL_MACHINE', 5);
  const answers = await Promise.all(
    tenants.flatMap(({ client }) =>
      Array.from({ length: 10 }, (_, index) => client.send(deployMutation, { input: machine(`d-${index}`) })),
    ),
  );
  const refused = answers.flatMap(({ errors }) => errors ?? []);
  expect(answers.length - refused.length).toBe(5);
  expect(refused[0]?.extensions).toMatchObject({
    code: 'RESOURCE_LIMIT_EXCEEDED',
    details: { resource: 'VIRTUAL_MACHINE', scope: 'DOMAIN', ownerName: '/limited-region', limit: '5' },
  });
  await expectExactCounters();
});

test('what is removed counts no more, what fails never did', async () => {
  const tenant = await aTenant(server, 'comes-and-goes');
  await setLimit(server.admin, tenant.accountId, 'VIRTUAL_MACHINE', 1);
  const { machine: first } = await deploy(tenant.client, machine('first'));
  const refusal = await refusalOf(tenant.client, deployMutation, { input: machine('second') });
  expect(refusal.message).toBe(
    'account comes-and-goes may have 1 virtual machines, has 1, and would need 1 more',
  );
  await change(tenant.client, 'destroyVirtualMachine', { id: first.id });
  expect(await used(tenant, 'VIRTUAL_MACHINE'), 'in the recycle bin it counts').toBe('1');
  await change(tenant.client, 'expungeVirtualMachine', { id: first.id });
  expect(await used(tenant, 'VIRTUAL_MACHINE')).toBe('0');

  const { job, machine: failed } = await deploy(tenant.client, machine('fail-at-start'));
  expect(job.status).toBe('FAILED');
  expect(await used(tenant, 'VIRTUAL_MACHINE')).toBe('0');
  await change(tenant.client, 'destroyVirtualMachine', { id: failed.id });
  await change(tenant.client, 'expungeVirtualMachine', { id: failed.id });
  expect(await used(tenant, 'VIRTUAL_MACHINE'), 'it is given back once').toBe('0');
  await expectExactCounters();
});

test('nobody raises the limits that bound themselves', async () => {
  const region = await aDomain(server.db, 'bounded-region');
  const admin = await aTenant(server, 'bounded-admin', { domainId: region, role: roleId('Domain Admin') });
  const tenant = await aTenant(server, 'bounded-tenant', { domainId: region });
  for (const ownerId of [region, admin.accountId]) {
    const refusal = await refusalOf(
      admin.client,
      'mutation ($input: UpdateResourceLimitInput!) { updateResourceLimit(input: $input) { resourceLimit { used } } }',
      { input: { ownerId, resource: 'CPU', maximum: 1000 } },
    );
    expect(refusal.code).toBe('FORBIDDEN');
  }
  await setLimit(admin.client, tenant.accountId, 'CPU', 4);
  const refusal = await refusalOf(
    tenant.client,
    'mutation ($input: UpdateResourceLimitInput!) { updateResourceLimit(input: $input) { resourceLimit { used } } }',
    { input: { ownerId: tenant.accountId, resource: 'CPU', maximum: null } },
  );
  expect(refusal.code).toBe('FORBIDDEN');
});

test('a recount finds counters that are wrong, and mends them', async () => {
  const tenant = await aTenant(server, 'drifted');
  await server.db
    .insertInto('ResourceCount')
    .values({ accountId: tenant.accountId, resource: 'VOLUME', used: 7n })
    .execute();
  const recount = (isMending: boolean) =>
    server.admin.ask<{ recountResources: { drift: unknown[] } }>(
      `mutation ($input: RecountResourcesInput!) {
        recountResources(input: $input) { drift { account { id } resource counted actual } }
      }`,
      { input: { isMending } },
    );
  const drift = [{ account: { id: tenant.accountId }, resource: 'VOLUME', counted: '7', actual: '0' }];
  const shown = JSON.stringify(drift).replaceAll(/"(\d)"/g, '$1');
  const found = await recount(false);
  expect(JSON.stringify(found.recountResources.drift).replaceAll(/"(\d)"/g, '$1')).toBe(shown);
  expect((await recount(true)).recountResources.drift).toHaveLength(1);
  expect((await recount(false)).recountResources.drift).toEqual([]);
  await expectExactCounters();
});

test('a limit is not written over by somebody who saw another', async () => {
  const domainId = await aDomain(server.db, 'twice-limited');
  const update = `mutation ($input: UpdateResourceLimitInput!) {
    updateResourceLimit(input: $input) { resourceLimit { maximum version } }
  }`;
  const input = { ownerId: domainId, resource: 'NETWORK', maximum: 3, expectedVersion: 0 };
  const answer = (maximum: number | null, version: number) => ({
    updateResourceLimit: { resourceLimit: { maximum, version } },
  });
  expect(await server.admin.ask(update, { input })).toEqual(answer(3, 1));
  expect(await refusalOf(server.admin, update, { input })).toMatchObject({ code: 'VERSION_CONFLICT' });
  const next = { ...input, maximum: 4, expectedVersion: 1 };
  expect(await server.admin.ask(update, { input: next })).toEqual(answer(4, 2));
  const { maximum: _, ...reset } = { ...input, expectedVersion: 2 };
  expect(await server.admin.ask(update, { input: reset })).toEqual(answer(null, 0));
});

test('of many who set a limit that nobody has set yet, one does', async () => {
  const ownerId = await aDomain(server.db, 'often-limited');
  const update = `mutation ($input: UpdateResourceLimitInput!) {
    updateResourceLimit(input: $input) { resourceLimit { version } }
  }`;
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4, 5, 6].map((maximum) =>
      server.admin.ask(update, { input: { ownerId, resource: 'NETWORK', maximum, expectedVersion: 0 } }),
    ),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

import { newId, parseId } from '@nephos/model/kernel/ids.ts';
import { closePeriod } from '@nephos/usage/aggregate/close-period.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeExport } from '../coverage/access/exports.ts';
import { makeLaunchedDraft } from '../coverage/access/reserved.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { makeBudgets } from '../support/costs.ts';
import { makePurse } from '../support/purses.ts';
import { makePrices, makeTerm } from '../support/prices.ts';
import { snapshot } from '../support/snapshots.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { makeStatements } from '../support/statements.ts';
import { aDomain, aTenant } from '../support/tenancy.ts';
import { insertUsageLives } from '../support/usage-lives.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 3 });
  const serviceOffering = await serviceOfferingId(server.admin);
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const names = Array.from({ length: 12 }, (_, index) => `web-${index + 1}`);
  await Promise.all(
    names.map(async (name) => {
      const { machine } = await deploy(server.admin, {
        name,
        zoneId: zone.zoneId,
        serviceOfferingId: serviceOffering,
        templateId,
      });
      await snapshot(server.admin, machine.id, { name: 'first' });
    }),
  );
});

beforeAll(async () => {
  const machines = await server.db.selectFrom('VirtualMachine').select('id').orderBy('id').execute();
  for (let index = 0; index < 5; index++) {
    const domainId = await aDomain(server.db, `domain-${index}`);
    await aDomain(server.db, 'below', domainId);
    const name = `tenant-${index}`;
    const tenant = await aTenant(server, name, { domainId });
    const tariffId = await makePrices(server.db, tenant, name, parseId('Zone', zone.zoneId));
    await makeTerm(server.db, tenant.accountId, { virtualMachineId: machines[index]!.id, tariffId });
    await makeExport(server.db, tenant);
    await makeBudgets(server.db, tenant);
    await makePurse(server.db, tenant.accountId);
    await makeStatements(server.db, tenant, index + 1);
    await makeLaunchedDraft(server.db);
  }
});

beforeAll(async () => {
  const from = new Date('2026-01-10T00:00:00Z');
  await insertUsageLives(server.db, { from, days: 2, machines: 5 });
  for (const day of [0, 1]) {
    const [startsAt, endsAt] = [day, day + 1].map((days) => new Date(from.getTime() + days * 86_400_000));
    await server.db
      .transaction()
      .execute((tx) => closePeriod(tx, { startsAt: startsAt!, endsAt: endsAt!, timeZone: 'UTC' }));
  }
});

beforeAll(async () => {
  const hosts = await server.db.selectFrom('Host').select(['id', 'name', 'zoneId']).execute();
  await server.db
    .insertInto('Alert')
    .values(
      hosts.map(({ id, name, zoneId }) => ({
        ...{ id: newId('Alert'), kind: 'HOST_SILENT', severity: 'CRITICAL', message: 'something' },
        ...{ targetKind: 'Host', targetId: id, targetName: name, zoneId, openedAt: new Date() },
      })),
    )
    .execute();
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** SQL statements of one request, without the background's: the least of a few. */
async function statementsFor(query: string): Promise<number> {
  const counts: number[] = [];
  for (let round = 0; round < 5; round++) {
    const before = server.statements();
    await server.admin.ask(query);
    counts.push(server.statements() - before);
  }
  return Math.min(...counts);
}

const lists: Record<string, string> = {
  virtualMachines: `id name state allowedActions availableActions { action isAllowed }
    zone { id name } host { id name } account { id name } serviceOffering { id name } template { id name }
    nics { id ipAddress network { id name } } volumes { id size } iso { id }
    snapshots { id serviceOffering { id } availableActions { action isAllowed } }`,
  virtualMachineSnapshots: `id name isCurrent virtualMachine { id name } serviceOffering { id name }
    availableActions { action isAllowed }`,
  volumes: 'id state zone { id name }',
  zoneDrafts: 'id name state step done createdBy zone { id } job { id }',
  hosts: 'id name cluster { id name pod { id name zone { id name } } }',
  agents: 'id isConnected connectedSince host { id name }',
  guestNetworks: 'id name physicalNetwork { id traffic { type } } zone { id }',
  guestIpRanges: 'id used network { id physicalNetwork { id } } pod { id name }',
  jobs: 'id status steps { name status }',
  domains: 'id path children { id path parent { id path } } accountCount subdomainCount',
  accounts: 'id name type role { id name usedBy } domain { id path } users { id username account { name } }',
  users: 'id username account { id name domain { path } }',
  alerts: 'id kind message target { id ... on Host { name cluster { id } } } zone { id name }',
  tariffs: 'id name domain { path } zone { name } versions { validUntil tiers { price } }',
  budgets: 'id name account { name } domain { path } progress { percent alerts { percent } }',
  statements: 'id number total lines { amount } corrects { number } creditNotes { number }',
  priceAdjustments: 'id name domain { path }',
  prepaidTerms: 'id price account { name } virtualMachine { name } covers { usageType size }',
  ledgerEntries: 'id amount account { name }',
  balances: 'id amount used perHour emptyAt account { name } arrears { stage nextStage }',
  quotaPolicies: 'id account { name } domain { path }',
  notices: 'id subject',
  usageRecords: 'id usageType resourceId quantity size cpuCount memory',
  usagePeriods: 'id startsAt endsAt eventCount findings { check count examples { resourceId at } }',
  ratedLines: 'id amount quantity tariff { id name }',
  usageExportSchedules: 'id name target { destination url } nextRunAt',
  usageExportRuns: 'id state usageExport { id state downloadPath }',
  roles: 'id name usedBy permissions rules { pattern effect }',
};

describe.each(Object.entries(lists))('the list %s', (field, selection) => {
  test('costs as many statements for one row as for many', async () => {
    const one = await statementsFor(`{ ${field}(first: 1) { nodes { ${selection} } } }`);
    const many = await statementsFor(`{ ${field}(first: 50) { nodes { ${selection} } } }`);
    expect(many).toBe(one);
  });
});

test('a list of machines with their host and zone takes four statements', async () => {
  const query = '{ virtualMachines(first: 50) { nodes { id name state zone { name } host { name } } } }';
  expect(await statementsFor(query)).toBeLessThanOrEqual(4);
});

test('a count costs one statement more', async () => {
  const without = await statementsFor('{ virtualMachines(first: 5) { nodes { id } } }');
  const withCount = await statementsFor('{ virtualMachines(first: 5) { nodes { id } totalCount } }');
  expect(withCount - without).toBe(1);
});

test('the place of a page costs one statement more, and that of the first none', async () => {
  const first = (more: string) => `{ virtualMachines(first: 5) { nodes { id } ${more} } }`;
  const last = (more: string) => `{ virtualMachines(last: 5) { nodes { id } ${more} } }`;
  expect(await statementsFor(first('startPosition'))).toBe(await statementsFor(first('')));
  expect((await statementsFor(last('startPosition'))) - (await statementsFor(last('')))).toBe(1);
});

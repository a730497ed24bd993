import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { snapshot } from '../support/snapshots.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let clusterId: string;
let choice: Record<string, string>;

beforeAll(async () => {
  server = await startTestServer();
  zone = await createTestZone(server, { hosts: 1 });
  ({ id: clusterId } = await server.db.selectFrom('Cluster').select('id').executeTakeFirstOrThrow());
  choice = {
    zoneId: zone.zoneId,
    templateId: await registerTemplate(server.admin, zone.zoneId),
    serviceOfferingId: await serviceOfferingId(server.admin),
  };
});

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const fields = `key value version isChanged setBy { scope scopeId changedByName }
  overrides { scope scopeId scopeName value changedByName }`;

async function change(key: string, value: string | null, scopeId?: string): Promise<unknown> {
  const { updateSetting } = await server.admin.ask<{ updateSetting: { setting: unknown } }>(
    `mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { ${fields} } } }`,
    { input: { key, value, scopeId } },
  );
  return updateSetting.setting;
}

async function settingsOf(scopeId?: string): Promise<{ key: string; value: string }[]> {
  const { settings } = await server.admin.ask<{ settings: { key: string; value: string }[] }>(
    `query ($scopeId: ID) { settings(scopeId: $scopeId) { ${fields} } }`,
    { scopeId },
  );
  return settings;
}

const cpu = 'cluster.cpu.allocated.capacity.disablethreshold';

test('a cluster has its own value, or its zone’s, or everybody’s: the nearest wins', async () => {
  await change(cpu, '90');
  await change(cpu, '80', zone.zoneId);
  const find = async (scopeId?: string) => (await settingsOf(scopeId)).find(({ key }) => key === cpu);
  expect(await find()).toMatchObject({ value: '90', setBy: { scope: null, changedByName: 'admin' } });
  expect(await find(clusterId)).toMatchObject({ value: '80', isChanged: false, setBy: { scope: 'ZONE' } });
  expect(await change(cpu, '1', clusterId)).toMatchObject({ value: '1', isChanged: true });
  expect(await find()).toMatchObject({
    value: '90',
    overrides: [
      { scope: 'ZONE', scopeId: zone.zoneId, value: '80' },
      { scope: 'CLUSTER', scopeId: clusterId, value: '1', changedByName: 'admin' },
    ],
  });
  expect((await settingsOf(clusterId)).map(({ key }) => key)).not.toContain('expunge.delay');

  // And it is obeyed.
  await server.db
    .updateTable('HostCapacity')
    .set(({ ref }) => ({ cpuMhzReserved: sql`${ref('cpuMhzTotal')} / 2` }))
    .execute();
  await expect(deploy(server.admin, { ...choice, name: 'second' })).rejects.toThrow();
  await change(cpu, null, clusterId);
  await change(cpu, null, zone.zoneId);
  expect(await find(clusterId)).toMatchObject({ value: '90', isChanged: false });
  await deploy(server.admin, { ...choice, name: 'third' });
});

test('an account has what its domain has, until it has its own', async () => {
  const { machine } = await deploy(server.admin, { ...choice, name: 'snapped', startsNow: false });
  const { accountId, domainId } = await server.db
    .selectFrom('VirtualMachine')
    .innerJoin('Account', 'Account.id', 'VirtualMachine.accountId')
    .select(['accountId', 'domainId'])
    .where('VirtualMachine.id', '=', machine.id as never)
    .executeTakeFirstOrThrow();
  await change('vm.snapshot.max', '0', domainId);
  await expect(snapshot(server.admin, machine.id, { name: 'none' })).rejects.toThrow('allows 0');
  await change('vm.snapshot.max', '1', accountId);
  await snapshot(server.admin, machine.id, { name: 'one' });
  await expect(snapshot(server.admin, machine.id, { name: 'two' })).rejects.toThrow('allows 1');
});

test.each<[string, string, () => string, string]>([
  ['expunge.delay', '60', () => zone.zoneId, 'input.scopeId'],
  [cpu, '60', () => 'zone_00000000000000000000000000', 'there is no zone'],
  [cpu, '60', () => 'nonsense', 'must be the id of a zone, cluster'],
  [cpu, '101', () => clusterId, 'must be a whole number from 1 to 100'],
])('refuses %s = %s for what it cannot hold for', async (key, value, scopeId, message) => {
  await expect(change(key, value, scopeId())).rejects.toThrow(message);
});

test('a value is not written over by somebody who saw another', async () => {
  const update =
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { version } } }';
  const input = { key: cpu, scopeId: clusterId, expectedVersion: 0 };
  const conflict = { code: 'VERSION_CONFLICT' };
  const first = { input: { ...input, value: '70' } };
  await server.admin.ask(update, first);
  expect(await refusalOf(server.admin, update, first)).toMatchObject(conflict);
  expect(await refusalOf(server.admin, update, { input: { ...input, value: null } })).toMatchObject(conflict);
  expect((await settingsOf(clusterId)).find(({ key }) => key === cpu)).toMatchObject({
    value: '70',
    version: 1,
  });
  await server.admin.ask(update, { input: { ...input, value: '71', expectedVersion: 1 } });
  const now = { ...input, value: null, expectedVersion: 2 };
  expect(await server.admin.ask(update, { input: now })).toEqual({
    updateSetting: { setting: { version: 0 } },
  });
});

test('of many who set what nobody has set yet, one does', async () => {
  const update =
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }';
  const values = ['61', '62', '63', '64', '65', '66'];
  const outcomes = await Promise.allSettled(
    values.map((value) =>
      server.admin.ask(update, { input: { key: cpu, scopeId: clusterId, value, expectedVersion: 0 } }),
    ),
  );
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

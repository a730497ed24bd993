import type { Database, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { alertRules } from '@nephos/server/alert/alert-watch.ts';
import { readFindings } from '@nephos/server/alert/conditions/all-conditions.ts';
import { sentenceOf } from '@nephos/server/alert/sentences.ts';
import { AuditChain } from '@nephos/server/platform/audit/chain.ts';
import { Housekeeping } from '@nephos/server/platform/housekeeping.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiClient } from '../support/api-client.ts';
import { eventually } from '../support/eventually.ts';
import { deploy, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { aTenant, roleId } from '../support/tenancy.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let machineId: string;
let hosts: { id: Id<'Host'>; name: string; agentId: Id<'Agent'>; clusterId: Id<'Cluster'> }[];

beforeAll(async () => {
  server = await startTestServer();
  // What a pool uses is measured again with every sample.
  await changeSetting(server.admin, 'vm.stats.interval', '3600');
  zone = await createTestZone(server, { hosts: 2 });
  const { machine } = await deploy(server.admin, {
    name: 'web',
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin, 'tiny'),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  });
  machineId = machine.id;
  hosts = await server.db
    .selectFrom('Host')
    .select(['id', 'name', 'agentId', 'clusterId'])
    .orderBy('name')
    .execute();
}, 60_000);

afterAll(async () => {
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

const longAgo = sql`now() - interval '3 hours'`;

/** What would be found if something were so, which it never is. */
async function foundWhen(make: (tx: Transaction) => Promise<void>): Promise<Record<string, string>> {
  const { settings } = server.application.platform;
  let found: [string, string][] = [];
  const isOver = new Error('is over');
  await server.db
    .transaction()
    .execute(async (tx) => {
      // Neither versions nor changes, and moments of one's own.
      await sql`set local session_replication_role = replica`.execute(tx);
      await make(tx);
      const findings = await readFindings(tx, alertRules(settings, new Date()));
      found = findings.map((finding) => [
        `${finding.severity} ${finding.kind}`,
        sentenceOf(finding).replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d UTC/g, 'THEN'),
      ]);
      throw isOver;
    })
    .catch((error: unknown) => {
      if (error !== isOver) throw error;
    });
  return Object.fromEntries(found);
}

const insertForeigner = (tx: Transaction, hostId: Id<'Host'>, name: string) =>
  tx
    .insertInto('ForeignMachine')
    .values({
      ...{ id: newId('ForeignMachine'), hostId, uuid: name, name, power: 'ON', bootMode: 'BIOS' },
      ...{ cpuCount: 1, memoryBytes: 1n, disks: '[]', nics: '[]' },
    })
    .execute();

const set = (tx: Database | Transaction, table: string, column: string, value: unknown, id: string) =>
  sql`update ${sql.table(table)} set ${sql.ref(column)} = ${value} where "id" = ${id}`.execute(tx);

test('nothing is found where nothing is the matter', async () => {
  expect(await foundWhen(() => Promise.resolve())).toEqual({});
});

test('hosts and agents that have to be looked after are found', async () => {
  const [one, other] = [hosts[0]!, hosts[1]!];
  const { hostId } = await server.db.selectFrom('VirtualMachine').select('hostId').executeTakeFirstOrThrow();
  const machines = (host: { id: string }) => (host.id === hostId ? 1 : 0);
  const found = await foundWhen(async (tx) => {
    await set(tx, 'Host', 'linkState', sql`'ALERT'`, one.id);
    await set(tx, 'Host', 'linkState', sql`'DOWN'`, other.id);
    await set(tx, 'Host', 'adminState', sql`'ERROR_IN_MAINTENANCE'`, other.id);
    await set(tx, 'Host', 'adminStateReason', sql`'web would not move'`, other.id);
    await set(tx, 'Agent', 'certificateUntil', sql`now() + interval '14 days'`, one.agentId);
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) await insertForeigner(tx, one.id, name);
  });
  expect(found).toEqual({
    'CRITICAL HOST_SILENT': `Host ${one.name} has been silent since THEN; nobody knows whether its machines run (${machines(one)}).`,
    'CRITICAL HOST_DOWN': `Host ${other.name} has been off since THEN, and its machines with it (${machines(other)}).`,
    'WARNING HOST_NOT_EMPTIED': `Host ${other.name} could not be emptied for maintenance: web would not move.`,
    'WARNING CERTIFICATE_ENDS': `The certificate of agent ${one.name} ends on THEN; it should long have been renewed.`,
    'WARNING FOREIGN_MACHINES': `Host ${one.name} has machines that are none of ours (6): a, b, c, d, e and others.`,
  });
});

test('what is used up, or nearly, is found', async () => {
  const fill = (tx: Transaction, memory: number) =>
    sql`update "HostCapacity" set "cpuMhzReserved" = "cpuMhzTotal" * 0.8, "memoryBytesReserved" = "memoryBytesTotal" * ${memory}::float8`.execute(
      tx,
    );
  const found = await foundWhen(async (tx) => {
    await fill(tx, 0.9);
    await sql`update "StoragePoolCapacity" set "usedBytes" = "totalBytes" * 0.78, "allocatedBytes" = "totalBytes" * 1.8`.execute(
      tx,
    );
    await sql`update "ImageStore" set "totalBytes" = 1000, "usedBytes" = 951`.execute(tx);
    await sql`update "GuestIpAddress" set "nicId" = "rangeId" || "address" where "nicId" is null`.execute(tx);
  });
  expect(found).toEqual({
    'WARNING CPU_PROMISED':
      'Cluster cluster-1 has promised 80 % of its processors; above 85 % it gets no new machines.',
    'CRITICAL MEMORY_PROMISED':
      'Cluster cluster-1 has promised 90 % of its memory; above 85 % it gets no new machines.',
    'WARNING POOL_USED': 'Storage pool primary is 78 % full; above 85 % it gets no new disks.',
    'WARNING POOL_PROMISED': 'Storage pool primary has promised 90 % of what it may promise.',
    'WARNING IMAGE_STORE_USED': 'Image store images is 95 % full.',
    'CRITICAL ADDRESSES_TAKEN': 'Of the guest addresses of pod rack-1 100 % are taken; free: 0.',
  });
  // Four of five are taken.
  const addresses = await foundWhen(async (tx) => {
    await sql`update "GuestIpAddress" set "nicId" = "rangeId" || "address"
      where "nicId" is null and ("address" - '10.0.0.0'::inet) % 5 > 0`.execute(tx);
  });
  expect(Object.keys(addresses)).toEqual(['WARNING ADDRESSES_TAKEN']);
});

test('machines and jobs that nothing moves any more are found', async () => {
  const machineIs = (tx: Transaction, state: string) =>
    sql`update "VirtualMachine" set "state" = ${state}::"VirtualMachineState", "updatedAt" = ${longAgo}, "destroyedAt" = now() - interval '2 days'`.execute(
      tx,
    );
  const stuck = await foundWhen(async (tx) => {
    await machineIs(tx, 'MIGRATING');
  });
  expect(stuck).toEqual({
    'WARNING MACHINE_STUCK': 'Machine web has been MIGRATING since THEN, and nothing works on it.',
  });
  const worked = await foundWhen(async (tx) => {
    await machineIs(tx, 'MIGRATING');
    await sql`update "Job" set "status" = 'STUCK', "error" = '{"message": "the host said no"}' where "lane" = ${machineId}`.execute(
      tx,
    );
  });
  expect(worked).toEqual({
    'CRITICAL JOB_STUCK': 'What job virtualMachine.deploy began could not be taken back: the host said no.',
  });
  const unknown = await foundWhen(async (tx) => {
    await machineIs(tx, 'UNKNOWN');
  });
  expect(Object.keys(unknown)).toEqual(['CRITICAL MACHINE_UNKNOWN']);
  const drifted = await foundWhen(async (tx) => {
    const drift = JSON.stringify([{ field: 'CPU_COUNT', expected: '2', found: '3' }]);
    await set(tx, 'VirtualMachine', 'drift', sql`${drift}::jsonb`, machineId);
  });
  expect(Object.values(drifted)).toEqual([
    expect.stringMatching(
      /^Machine web is not what it should be on host .+: CPU_COUNT is 3, and should be 2\.$/,
    ),
  ]);
  const overdue = await foundWhen(async (tx) => {
    await machineIs(tx, 'DESTROYED');
  });
  expect(overdue).toEqual({
    'WARNING EXPUNGE_OVERDUE': 'Machine web was destroyed on THEN and is still not expunged.',
  });
});

test('usage that nobody sums up is found, whether that was ever done or not', async () => {
  const hoursAgo = (hours: number) => sql`now() - make_interval(hours => ${hours})`;
  const overdue = {
    'CRITICAL USAGE_OVERDUE':
      'Usage has not been summed up since THEN: balances stand still, and nothing is billed.',
  };
  // What the machine did has a number before anybody can sum it up.
  await eventually(
    () => server.db.selectFrom('UsageEvent').select('id').limit(1).execute(),
    ({ length }) => length > 0,
  );
  const neverDone = await foundWhen(async (tx) => {
    await sql`update "UsageEvent" set "at" = ${hoursAgo(2)}`.execute(tx);
  });
  expect(neverDone).toEqual(overdue);
  for (const [hours, found] of [
    [0, {}],
    [2, overdue],
  ] as const) {
    expect(
      await foundWhen(async (tx) => {
        await sql`update "LiveCostRun" set "asOf" = ${hoursAgo(hours)}`.execute(tx);
      }),
    ).toEqual(found);
  }
});

interface AlertView {
  id: string;
  kind: string;
  severity: string;
  message: string;
  target: { id: string } | null;
  zone: { id: string } | null;
  facts: { name: string; value: string }[];
  clearedAt: string | null;
  acknowledgedBy: string | null;
  isAcknowledgeable: boolean;
}

const fields =
  'id kind severity message target { id } zone { id } facts { name value } clearedAt acknowledgedBy isAcknowledgeable';

async function alertsFor(client: ApiClient, filter: Record<string, unknown> = { isOpen: true }) {
  const { alerts } = await client.ask<{ alerts: { nodes: AlertView[] } }>(
    `query ($filter: AlertFilter) { alerts(filter: $filter) { nodes { ${fields} } } }`,
    { filter },
  );
  return alerts.nodes;
}

const countsQuery = '{ alertCounts { open critical warning unacknowledged } }';
const acknowledgeMutation = `mutation ($input: AcknowledgeAlertsInput!) {
  acknowledgeAlerts(input: $input) { alerts { ${fields} } }
}`;

test('an alert opens, is acknowledged, grows worse, and clears with what it tells of', async () => {
  const { admin, db } = server;
  const pool = await db.selectFrom('StoragePoolCapacity').selectAll().executeTakeFirstOrThrow();
  const use = (percent: bigint) =>
    db
      .updateTable('StoragePoolCapacity')
      .set({ usedBytes: (pool.totalBytes * percent) / 100n })
      .execute();
  const { changeCursor } = await admin.ask<{ changeCursor: string }>('{ changeCursor }');
  await use(80n);
  // A changed setting has everything looked at.
  await changeSetting(admin, 'alert.interval', '1');
  const [opened] = await eventually(
    () => alertsFor(admin),
    ({ length }) => length === 1,
  );
  expect(opened).toMatchObject({
    kind: 'POOL_USED',
    severity: 'WARNING',
    target: { id: pool.poolId },
    zone: { id: zone.zoneId },
    facts: expect.arrayContaining([{ name: 'percent', value: '80' }]) as unknown,
    acknowledgedBy: null,
    isAcknowledgeable: true,
  });
  expect(await admin.ask(countsQuery)).toEqual({
    alertCounts: { open: 1, critical: 0, warning: 1, unacknowledged: 1 },
  });
  const { acknowledgeAlerts } = await admin.ask<{ acknowledgeAlerts: { alerts: AlertView[] } }>(
    acknowledgeMutation,
    { input: { ids: [opened!.id] } },
  );
  expect(acknowledgeAlerts.alerts).toMatchObject([{ acknowledgedBy: 'admin', isAcknowledgeable: false }]);

  await use(90n);
  const worse = await eventually(
    () => alertsFor(admin),
    ([alert]) => alert?.severity === 'CRITICAL',
  );
  expect(worse).toMatchObject([{ id: opened!.id, acknowledgedBy: null }]);
  const metrics = await eventually(
    async () => (await fetch(`${server.url}/metrics`)).text(),
    (text) => text.includes('nephos_alerts_open{kind="POOL_USED",severity="CRITICAL"} 1'),
  );
  expect(metrics).not.toContain('severity="WARNING"');

  // Hardly below the threshold it stays what it was.
  await use(74n);
  const hardly = await eventually(
    () => alertsFor(admin),
    ([alert]) => alert?.severity === 'WARNING',
  );
  expect(hardly).toMatchObject([{ id: opened!.id }]);
  await use(70n);
  await eventually(
    () => alertsFor(admin),
    ({ length }) => length === 0,
  );
  const [cleared] = await alertsFor(admin, { isOpen: false, kind: ['POOL_USED'], targetId: pool.poolId });
  expect(cleared).toMatchObject({ clearedAt: expect.any(String) as string, isAcknowledgeable: false });
  await admin.ask(acknowledgeMutation, { input: { ids: [opened!.id] } });
  expect(await alertsFor(admin, { isOpen: false })).toMatchObject([{ acknowledgedBy: null }]);

  await use(80n);
  const [again] = await eventually(
    () => alertsFor(admin),
    ({ length }) => length === 1,
  );
  expect(again!.id).not.toBe(opened!.id);
  await use(1n);
  await eventually(
    () => alertsFor(admin),
    ({ length }) => length === 0,
  );
  expect(await operationsSince(changeCursor, 2)).toMatch(/^CREATED (UPDATED )+CREATED (UPDATED )*UPDATED$/);
});

/** What the feed told of alerts since then, up to a change of the last of those that opened. */
async function operationsSince(after: string, opened: number): Promise<string> {
  const feed = server.admin.follow<{
    changes: { changes: { operation: string; node: { id: string } | null }[] };
  }>(
    `subscription ($after: Cursor) {
      changes(after: $after, filter: { kinds: ["Alert"] }) {
        changes { operation node { id } }
      }
    }`,
    { after },
  );
  const told: string[] = [];
  for await (const { changes } of feed) {
    told.push(...changes.changes.map(({ operation }) => operation));
    if (told.filter((operation) => operation === 'CREATED').length === opened && told.at(-1) === 'UPDATED')
      break;
  }
  return told.join(' ');
}

test('operators see alerts; of what tenants have only those who see tenants', async () => {
  const { admin, db } = server;
  const hardware = await aTenant(server, 'hardware', { role: roleId('Resource Admin (read-only)') });
  const support = await aTenant(server, 'support', { role: roleId('Resource Admin (support)') });
  const tenant = await aTenant(server, 'tenant');
  await set(db, 'Host', 'linkState', sql`'ALERT'`, hosts[0]!.id);
  const job = await db
    .updateTable('Job')
    .set({ status: 'STUCK' })
    .where('kind', '=', 'virtualMachine.deploy')
    .returning('id')
    .executeTakeFirstOrThrow();
  const alerts = await eventually(
    () => alertsFor(admin),
    ({ length }) => length === 2,
  );
  const idOf = (targetId: string) => alerts.find(({ target }) => target?.id === targetId)!.id;
  const ids = [idOf(hosts[0]!.id), idOf(job.id)] as const;
  expect(await alertsFor(hardware.client)).toMatchObject([{ id: ids[0], isAcknowledgeable: false }]);
  expect(await hardware.client.ask(countsQuery)).toMatchObject({ alertCounts: { open: 1 } });
  const listQuery = '{ alerts { nodes { id } } }';
  expect(await refusalOf(tenant.client, listQuery)).toMatchObject({ code: 'FORBIDDEN' });
  const take = (client: ApiClient, id: string) =>
    refusalOf(client, acknowledgeMutation, { input: { ids: [id] } });
  expect(await take(hardware.client, ids[0])).toMatchObject({ code: 'FORBIDDEN' });
  expect(await take(support.client, ids[1])).toMatchObject({ code: 'NOT_FOUND' });
  await support.client.ask(acknowledgeMutation, { input: { ids: [ids[0]] } });
  expect(await alertsFor(admin, { isAcknowledged: true, isOpen: true })).toMatchObject([
    { id: ids[0], acknowledgedBy: 'support' },
  ]);
});

test('those that cleared long ago are forgotten', async () => {
  const { db, clock, settings, log, sealing } = server.application.platform;
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
  const cleared = [29, 31].map((days) => ({ id: newId('Alert'), clearedAt: daysAgo(days) }));
  await db
    .insertInto('Alert')
    .values(
      cleared.map((each) => ({
        ...{ ...each, kind: 'HOST_DOWN', severity: 'CRITICAL', message: 'something' },
        ...{ targetKind: 'Host', targetId: hosts[0]!.id, targetName: 'gone', openedAt: daysAgo(40) },
      })),
    )
    .execute();
  const chain = await AuditChain.open(db, sealing);
  await new Housekeeping({ db, clock, settings, chain, log }).run();
  const left = await db.selectFrom('Alert').select('id').where('targetName', '=', 'gone').execute();
  expect(left).toEqual([{ id: cleared[0]!.id }]);
});

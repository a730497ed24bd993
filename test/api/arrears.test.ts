import { createHmac } from 'node:crypto';
import { postEntry } from '@nephos/server/billing/ledger/post-entry.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { MailSink } from '../support/mail-sink.ts';
import { deploy, getMachine, registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { refusalOf } from '../support/refusals.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { changeSetting } from '../support/settings.ts';
import { ShiftedClock } from '../support/shifted-clock.ts';
import { aTenant, type Tenant } from '../support/tenancy.ts';
import { WebhookSink } from '../support/webhook-sink.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

let server: TestServer;
let zone: TestZone;
let tenant: Tenant;
let mail: MailSink;
let webhook: WebhookSink;
let secret: string;
let newMachine: Record<string, unknown>;
const clock = new ShiftedClock();
/** The watch looks every second, the sender every few. */
const patience = { timeout: 30_000, interval: 100 };

beforeAll(async () => {
  server = await startTestServer({ clock });
  zone = await createTestZone(server, { hosts: 1 });
  tenant = await aTenant(server, 'payer');
  [mail, webhook] = [await MailSink.start(), await WebhookSink.start()];
  newMachine = {
    zoneId: zone.zoneId,
    serviceOfferingId: await serviceOfferingId(server.admin),
    templateId: await registerTemplate(server.admin, zone.zoneId),
  };
  await changeSetting(server.admin, 'quota.usage.smtp.host', '127.0.0.1');
  await changeSetting(server.admin, 'quota.usage.smtp.port', String(mail.port));
  await changeSetting(server.admin, 'quota.webhook.allowed.internal.sites', '127.0.0.0/8');
  await changeSetting(server.admin, 'quota.check.interval', '1');
  const { updateNoticeContact } = await tenant.client.ask<{ updateNoticeContact: { webhookSecret: string } }>(
    `mutation ($input: UpdateNoticeContactInput!) { updateNoticeContact(input: $input) { webhookSecret } }`,
    {
      input: {
        accountId: tenant.accountId,
        language: 'zh',
        emails: ['payer@example.org'],
        webhookUrl: webhook.url,
      },
    },
  );
  secret = updateNoticeContact.webhookSecret;
}, 60_000);

afterAll(async () => {
  await mail[Symbol.asyncDispose]();
  await webhook[Symbol.asyncDispose]();
  await zone[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** Money goes, as a statement takes it. */
const take = (amount: string) =>
  server.db.transaction().execute((tx) =>
    postEntry(tx, {
      ...{ accountId: tenant.accountId, currency: 'CNY', amount: `-${amount}`, kind: 'STATEMENT' },
      ...{ referenceId: newId('Job'), actor: null, at: clock.now() },
    }),
  );

const grant = (amount: string) =>
  server.admin.ask('mutation ($input: GrantCreditInput!) { grantCredit(input: $input) { entry { id } } }', {
    input: { accountId: tenant.accountId, amount, currency: 'CNY' },
  });

const setPolicy = (input: Record<string, unknown>) =>
  server.admin.ask(
    'mutation ($input: SetQuotaPolicyInput!) { setQuotaPolicy(input: $input) { policy { id } } }',
    { input },
  );

interface Shown {
  amount: string;
  arrears: { stage: string; nextStage: string | null; jobId: string } | null;
}

async function balance(): Promise<Shown | undefined> {
  const { balances } = await server.admin.ask<{ balances: { nodes: Shown[] } }>(
    `query ($id: ID!) { balances(accountId: $id) { nodes { amount arrears { stage nextStage nextStageAt jobId } } } }`,
    { id: tenant.accountId },
  );
  return balances.nodes[0];
}

/** The account has come to a stage, and the job of it is done. */
async function comesTo(stage: string): Promise<void> {
  await vi.waitFor(async () => {
    const arrears = (await balance())?.arrears;
    expect(arrears?.stage).toBe(stage);
    const { job } = await server.admin.ask<{ job: { status: string } }>(
      'query ($id: ID!) { job(id: $id) { status } }',
      { id: arrears?.jobId },
    );
    expect(job.status).toBe('SUCCEEDED');
  }, patience);
}

const kindsTold = () => webhook.posts.map(({ body }) => (JSON.parse(body) as { kind: string }).kind);
const subjects = () => mail.mails.map(({ to, messageId }) => `${to.join()} ${messageId}`);

test('an account without a policy may owe, and is told nothing', async () => {
  await take('5');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await balance())?.arrears).toBeNull();
  expect(await server.db.selectFrom('Notice').selectAll().execute()).toEqual([]);
  await grant('105');
});

test('the owner is told once of each fall below an amount, by mail and by a signed webhook', async () => {
  await setPolicy({
    accountId: tenant.accountId,
    alertBelow: ['50', '20'],
    ...{ graceAfterHours: 24, stopAfterHours: 72, lockAfterHours: 168 },
  });
  await take('55');
  await vi.waitFor(() => expect(kindsTold()).toEqual(['BALANCE_LOW']), patience);
  await vi.waitFor(() => expect(mail.mails).toHaveLength(1), patience);
  const [first] = mail.mails;
  expect(first?.to).toEqual(['payer@example.org']);
  expect(first?.source).toContain('Content-Type: text/html');
  expect(first?.source).toContain('Content-Type: text/plain');
  const [posted] = webhook.posts;
  const { headers, body } = posted!;
  const signed = `${headers['nephos-timestamp'] as string}.${headers['nephos-delivery'] as string}.${body}`;
  expect(headers['nephos-signature']).toBe(
    `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`,
  );
  expect(JSON.parse(body)).toMatchObject({
    facts: { balance: '45.00', below: '50', currency: 'CNY', account: 'payer' },
    subject: 'payer 的余额低于 50 CNY',
  });
  // Up and down again is another fall; further down in one go is one.
  await grant('10');
  await vi.waitFor(
    async () =>
      expect(
        (await server.db.selectFrom('Balance').select('alertedBelow').executeTakeFirstOrThrow()).alertedBelow,
      ).toBeNull(),
    patience,
  );
  await take('40');
  await vi.waitFor(() => expect(kindsTold()).toEqual(['BALANCE_LOW', 'BALANCE_LOW']), patience);
  expect(new Set(subjects()).size).toBe(subjects().length);
});

test('step by step, and back by credit: only what the policy stopped starts again', async () => {
  const machines = [];
  for (const name of ['one', 'two', 'three']) {
    const { machine } = await deploy(tenant.client, { ...newMachine, name });
    machines.push(machine.id);
  }
  const [one = '', two = '', off = ''] = machines;
  await tenant.client.ask(
    'mutation ($input: StopVirtualMachineInput!) { stopVirtualMachine(input: $input) { job { id } } }',
    { input: { id: off } },
  );
  const states = () =>
    Promise.all([one, two, off].map(async (id) => (await getMachine(server.admin, id)).state));
  await vi.waitFor(async () => expect(await states()).toEqual(['RUNNING', 'RUNNING', 'STOPPED']), patience);

  await take('25');
  await comesTo('WARNED');
  expect((await balance())?.arrears?.nextStage).toBe('GRACE');
  expect(await states()).toEqual(['RUNNING', 'RUNNING', 'STOPPED']);

  clock.pass(25 * 3600);
  await comesTo('GRACE');
  expect(await states()).toEqual(['RUNNING', 'RUNNING', 'STOPPED']);
  const start =
    'mutation ($input: StartVirtualMachineInput!) { startVirtualMachine(input: $input) { job { id } } }';
  const refusal = await refusalOf(tenant.client, start, { input: { id: off } });
  expect(refusal).toMatchObject({ code: 'INVALID_STATE' });
  expect(refusal.message).toContain('in arrears');

  clock.pass(48 * 3600);
  await comesTo('STOPPED');
  expect(await states()).toEqual(['STOPPED', 'STOPPED', 'STOPPED']);

  clock.pass(96 * 3600);
  await comesTo('LOCKED');
  expect(await tenant.client.ask('{ viewer { user { id } } }')).toEqual({ viewer: null });

  await grant('4.99');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await balance())?.arrears?.stage).toBe('LOCKED');
  await grant('100');
  await vi.waitFor(async () => expect((await balance())?.arrears).toBeNull(), patience);
  expect(await states()).toEqual(['RUNNING', 'RUNNING', 'STOPPED']);
  await tenant.client.ask(start, { input: { id: off } });
  await vi.waitFor(
    () =>
      expect(kindsTold().filter((kind) => kind.startsWith('ARREARS'))).toEqual([
        'ARREARS_WARNED',
        'ARREARS_GRACE',
        'ARREARS_STOPPED',
        'ARREARS_LOCKED',
        'ARREARS_LIFTED',
      ]),
    patience,
  );
}, 90_000);

test('whom an administrator had locked stays locked, and nothing is lifted that was not done', async () => {
  await setPolicy({ accountId: tenant.accountId, graceAfterHours: 0, lockAfterHours: 0 });
  await server.db
    .updateTable('Account')
    .set({ state: 'LOCKED' })
    .where('id', '=', tenant.accountId)
    .execute();
  await take('500');
  await comesTo('LOCKED');
  await grant('1000');
  await vi.waitFor(async () => expect((await balance())?.arrears).toBeNull(), patience);
  const { state, isInArrears } = await server.db
    .selectFrom('Account')
    .select(['state', 'isInArrears'])
    .where('id', '=', tenant.accountId)
    .executeTakeFirstOrThrow();
  expect([state, isInArrears]).toEqual(['LOCKED', false]);
});

test('whom arrears locked, and then an administrator, stays locked too', async () => {
  const decide = (what: 'lock' | 'enable') =>
    server.admin.ask(
      `mutation ($input: AccountInput!) { ${what}Account(input: $input) { account { id } } }`,
      { input: { id: tenant.accountId } },
    );
  await decide('enable');
  await take('600');
  await comesTo('LOCKED');
  await decide('lock');
  await grant('1000');
  await vi.waitFor(async () => expect((await balance())?.arrears).toBeNull(), patience);
  const { account } = await server.admin.ask<{ account: { state: string } }>(
    'query ($id: ID!) { account(id: $id) { state } }',
    { id: tenant.accountId },
  );
  expect(account.state).toBe('LOCKED');
});

test('a webhook at a private address is not told', async () => {
  await changeSetting(server.admin, 'quota.webhook.allowed.internal.sites', null);
  const before = webhook.posts.length;
  await setPolicy({ accountId: tenant.accountId, alertBelow: ['1000000'] });
  const problem = await vi.waitFor(async () => {
    const { notices } = await server.admin.ask<{ notices: { nodes: { problem: string; state: string }[] } }>(
      'query ($id: ID!) { notices(accountId: $id, filter: { state: [QUEUED] }) { nodes { problem state } } }',
      { id: tenant.accountId },
    );
    expect(notices.nodes[0]?.problem).toBeTruthy();
    return notices.nodes[0]?.problem;
  }, patience);
  expect(problem).toContain('private addresses');
  expect(webhook.posts).toHaveLength(before);
});

/** Another tenant with a machine that takes some seconds to stop, and nothing left. */
async function owes(name: string, before?: (machineId: string) => Promise<unknown>): Promise<string> {
  tenant = await aTenant(server, name);
  await setPolicy({ accountId: tenant.accountId, alertBelow: [], graceAfterHours: 0, stopAfterHours: 0 });
  await changeSetting(server.admin, 'vm.stop.grace', '3');
  const { machine } = await deploy(tenant.client, { ...newMachine, name: 'ignores-power-button' });
  await before?.(machine.id);
  await take('1');
  return machine.id;
}

const comesOut = () =>
  vi.waitFor(async () => expect((await balance())?.arrears).toBeNull(), { timeout: 30_000, interval: 100 });

test('a machine that is just being stopped when its owner pays starts again', async () => {
  const id = await owes('late-payer');
  const state = async () => (await getMachine(server.admin, id)).state;
  await vi.waitFor(async () => expect(await state()).toBe('STOPPING'), patience);
  await grant('5');
  await comesOut();
  expect(await state()).toBe('RUNNING');
}, 60_000);

test('an account that is being deleted stays in arrears; others come out where nobody watches balances any more', async () => {
  const id = await owes('leaver');
  await comesTo('STOPPED');
  const deleting = (isDeleting: boolean) =>
    server.db.updateTable('Account').set({ isDeleting }).where('id', '=', tenant.accountId).execute();
  await deleting(true);
  await grant('5');
  await changeSetting(server.admin, 'quota.enable.service', 'false');
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect((await balance())?.arrears?.stage).toBe('STOPPED');
  await take('5');
  await deleting(false);
  await comesOut();
  expect((await getMachine(server.admin, id)).state).toBe('RUNNING');
  await changeSetting(server.admin, 'quota.enable.service', null);
}, 60_000);

test('what is paid for in advance runs on, as long as it is', async () => {
  const hourMs = 3_600_000;
  const id = await owes('prepayer', (machineId) =>
    server.db
      .insertInto('PrepaidTerm')
      .values({
        ...{ id: newId('PrepaidTerm'), accountId: tenant.accountId, virtualMachineName: 'web', months: 1 },
        ...{ virtualMachineId: machineId as Id<'VirtualMachine'>, startsAt: clock.now(), currency: 'CNY' },
        ...{ endsAt: new Date(clock.now().getTime() + hourMs), monthPrice: '1', price: '1' },
        discountPercent: '0',
      })
      .execute(),
  );
  const state = async () => (await getMachine(server.admin, id)).state;
  await comesTo('STOPPED');
  expect(await state()).toBe('RUNNING');
  clock.pass(3600);
  await vi.waitFor(async () => expect(await state()).toBe('STOPPED'), patience);
  await grant('5');
  await comesOut();
  expect(await state()).toBe('RUNNING');
}, 60_000);

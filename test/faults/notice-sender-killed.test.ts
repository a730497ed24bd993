import { newId } from '@nephos/model/kernel/ids.ts';
import { postEntry } from '@nephos/server/billing/ledger/post-entry.ts';
import { expect, test, vi } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { freePort } from '../support/free-port.ts';
import { MailSink } from '../support/mail-sink.ts';
import { ServerProcess } from '../support/server-process.ts';
import { changeSetting } from '../support/settings.ts';
import { aTenant } from '../support/tenancy.ts';
import { WebhookSink } from '../support/webhook-sink.ts';

const patience = { timeout: 60_000, interval: 100 };

test('a server that is killed between a fall of a balance and what is told of it loses and doubles nothing', async () => {
  await using database = await createTestDatabase();
  const { db } = database;
  await using server = await ServerProcess.start({ databaseUrl: database.url, leaseSeconds: 3 });
  await using webhook = await WebhookSink.start();
  const mailPort = await freePort();
  const { accountId } = await aTenant({ db, url: server.url }, 'payer');
  await changeSetting(server.admin, 'quota.usage.smtp.host', '127.0.0.1');
  await changeSetting(server.admin, 'quota.usage.smtp.port', String(mailPort));
  await changeSetting(server.admin, 'quota.webhook.allowed.internal.sites', '127.0.0.0/8');
  await changeSetting(server.admin, 'quota.check.interval', '1');
  await server.admin.ask(
    `mutation ($input: UpdateNoticeContactInput!) { updateNoticeContact(input: $input) { webhookSecret } }`,
    { input: { accountId, language: 'en', emails: ['payer@example.org'], webhookUrl: webhook.url } },
  );
  // Nobody answers: neither there is a mail server yet, nor does the program take it.
  webhook.status = 503;
  await server.admin.ask(
    'mutation ($input: SetQuotaPolicyInput!) { setQuotaPolicy(input: $input) { policy { id } } }',
    { input: { accountId, alertBelow: ['10'] } },
  );
  await db.transaction().execute((tx) =>
    postEntry(tx, {
      ...{ accountId, currency: 'CNY', amount: '5', kind: 'CREDIT', referenceId: newId('LedgerEntry') },
      ...{ actor: null, at: new Date() },
    }),
  );
  const notices = () => db.selectFrom('Notice').selectAll().orderBy('channel').execute();
  await vi.waitFor(async () => {
    const tried = await notices();
    expect(tried.map(({ attempt }) => attempt)).toEqual([1, 1]);
    expect(tried.every(({ problem }) => problem !== null)).toBe(true);
  }, patience);

  await server.kill();
  // As if it had died while it sent them, and their time had come.
  await db.updateTable('Notice').set({ attempt: 2, nextAttemptAt: new Date() }).execute();
  await using mail = await MailSink.start(mailPort);
  webhook.status = 200;
  const refused = webhook.posts.length;
  await server.launch();
  await vi.waitFor(
    async () => expect((await notices()).map(({ state }) => state)).toEqual(['SENT', 'SENT']),
    patience,
  );
  // The watch has looked some times more since.
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await notices()).toHaveLength(2);
  expect(mail.mails).toHaveLength(1);
  expect(webhook.posts.slice(refused)).toHaveLength(1);
  // Whoever got the first one knows by this that it is the same.
  const deliveries = new Set(webhook.posts.map(({ headers }) => headers['nephos-delivery']));
  expect(deliveries.size).toBe(1);
  expect(mail.mails[0]?.messageId).toContain((await notices()).find(({ channel }) => channel === 'MAIL')?.id);
}, 180_000);

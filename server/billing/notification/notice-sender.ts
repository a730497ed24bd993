import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { openWebhookSecret } from './webhook-secret.ts';
import { sendMail } from './mail.ts';
import { sendWebhook } from './webhook.ts';

const batch = 20;
/** What is sent by a server that dies is sent anew after this. */
const leaseMs = 120_000;
const firstPauseMs = 60_000;
const longestPauseMs = 6 * 3_600_000;
/** What was not taken for so long is given up. */
const giveUpMs = 3 * 86_400_000;
const longestProblem = 500;

/** Sends what owners of accounts are to be told: each server what no other is about to send. */
export function createNoticeSender(platform: Platform): Reconciler {
  return new Reconciler({
    name: 'notices',
    everySeconds: () => 5,
    look: () => sendNotices(platform),
    log: platform.log,
  });
}

/** Sends all that is due. */
export async function sendNotices(platform: Platform): Promise<void> {
  for (;;) {
    const due = await claimDue(platform);
    await Promise.all(due.map((notice) => deliver(platform, notice)));
    if (due.length < batch) return;
  }
}

/** Notices that this server is to send: written down before it does, so that nobody else sends them too. */
async function claimDue({ db, clock }: Platform): Promise<Row<'Notice'>[]> {
  const now = clock.now();
  const { rows } = await sql<Row<'Notice'>>`
    update "Notice" set "attempt" = "attempt" + 1, "nextAttemptAt" = ${new Date(now.getTime() + leaseMs)}
    where "id" in (
      select "id" from "Notice" where "state" = 'QUEUED' and "nextAttemptAt" <= ${now}
      order by "nextAttemptAt" limit ${batch} for update skip locked)
    returning *`.execute(db);
  return rows;
}

async function deliver(platform: Platform, notice: Row<'Notice'>): Promise<void> {
  const { clock, log } = platform;
  try {
    if (notice.channel === 'MAIL') await sendMail(platform, notice);
    else await post(platform, notice);
    await finish(platform, notice, { state: 'SENT', sentAt: clock.now(), problem: null });
  } catch (error) {
    const problem = (error instanceof Error ? error.message : String(error)).slice(0, longestProblem);
    log.warn({ err: error, notice: notice.id }, 'a notice could not be sent');
    const now = clock.now().getTime();
    const pauseMs = Math.min(firstPauseMs * 2 ** (notice.attempt - 1), longestPauseMs);
    const isOver = now + pauseMs > notice.createdAt.getTime() + giveUpMs;
    await finish(platform, notice, {
      ...{ state: isOver ? 'FAILED' : 'QUEUED', problem },
      nextAttemptAt: new Date(now + pauseMs),
    });
  }
}

async function post(platform: Platform, notice: Row<'Notice'>): Promise<void> {
  const { db, clock, settings, sealing } = platform;
  const contact = await db
    .selectFrom('NoticeContact')
    .selectAll()
    .where('accountId', '=', notice.accountId)
    .executeTakeFirst();
  if (contact?.webhookSecret == null || contact.webhookUrl !== notice.recipient)
    throw new Error('the account has another webhook now, or none');
  await sendWebhook(notice, {
    secret: openWebhookSecret(sealing, notice.accountId, contact.webhookSecret),
    allowedNetworks: settings.get('quota.webhook.allowed.internal.sites'),
    now: clock.now(),
  });
}

/** Unless another server took it meanwhile: this one was too slow. */
async function finish(
  { db }: Platform,
  { id, attempt }: Row<'Notice'>,
  change: Partial<Pick<Row<'Notice'>, 'state' | 'sentAt' | 'problem' | 'nextAttemptAt'>>,
): Promise<void> {
  await db.updateTable('Notice').set(change).where('id', '=', id).where('attempt', '=', attempt).execute();
}

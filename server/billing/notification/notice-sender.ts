import type { Row } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import type { Platform } from '../../platform/platform.ts';
import { Reconciler } from '../../platform/reconciler.ts';
import { openWebhookSecret } from './webhook-secret.ts';
import { sendMail } from './mail.ts';
import { sendWebhook } from './webhook.ts';

const batch = 20;
/** What is sent by a server that dies is sent anew so long after it should have been sent, or given up. */
const leaseMs = 120_000;
/** A program that has not answered by then did not take it. */
const longestAnswerMs = 15_000;
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
    const byRecipient = Map.groupBy(due, ({ channel, recipient }) => `${channel} ${recipient}`);
    await Promise.all([...byRecipient.values()].map((notices) => deliverInOrder(platform, notices)));
    if (due.length < batch) return;
  }
}

/** Notices that this server is to send: written down before it does, so that nobody else sends them too. */
async function claimDue({ db, clock, settings }: Platform): Promise<Row<'Notice'>[]> {
  const now = clock.now();
  const heldMs = leaseMs + settings.get('quota.usage.smtp.connection.timeout') * 1000;
  const { rows } = await sql<Row<'Notice'>>`
    update "Notice" set "attempt" = "attempt" + 1, "nextAttemptAt" = ${new Date(now.getTime() + heldMs)}
    where "id" in (
      select "id" from "Notice" where "state" = 'QUEUED' and "nextAttemptAt" <= ${now}
      order by "nextAttemptAt" limit ${batch} for update skip locked)
    returning *`.execute(db);
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** Whoever does not take one is left in peace with the others for a while. */
async function deliverInOrder(platform: Platform, notices: readonly Row<'Notice'>[]): Promise<void> {
  const { clock } = platform;
  let isTaken = true;
  for (const notice of notices) {
    if (isTaken) isTaken = await deliver(platform, notice);
    else await finish(platform, notice, { nextAttemptAt: new Date(clock.now().getTime() + firstPauseMs) });
  }
}

/** @returns whether it was taken */
async function deliver(platform: Platform, notice: Row<'Notice'>): Promise<boolean> {
  const { clock, log } = platform;
  try {
    if (notice.channel === 'MAIL') await sendMail(platform, notice);
    else await post(platform, notice);
    await finish(platform, notice, { state: 'SENT', sentAt: clock.now(), problem: null });
    return true;
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
    return false;
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
    signal: AbortSignal.timeout(longestAnswerMs),
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

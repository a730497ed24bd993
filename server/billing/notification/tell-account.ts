import type { Transaction } from '@nephos/model/database.ts';
import type { NoticeChannel, NoticeKind } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';

/** Something that the owner of an account is to be told. */
export interface News {
  accountId: Id<'Account'>;
  kind: NoticeKind;
  /** What is told of: each is told once to each recipient, however often this is called. */
  occasion: string;
  /** What the text is made of; texts.ts says which. */
  facts: Record<string, string>;
  at: Date;
}

interface Recipient {
  channel: NoticeChannel;
  recipient: string;
}

/**
 * Has the owner of an account told, by mail and by webhook, as it wishes: written in the transaction of what is told of,
 * and sent afterwards, by whichever server comes first.
 */
export async function tellAccount(tx: Transaction, { accountId, kind, occasion, facts, at }: News) {
  const contact = await tx
    .selectFrom('NoticeContact')
    .selectAll()
    .where('accountId', '=', accountId)
    .executeTakeFirst();
  const emails =
    contact === undefined || contact.emails.length === 0
      ? await emailsOfUsers(tx, accountId)
      : contact.emails;
  const recipients: Recipient[] = emails.map((recipient) => ({ channel: 'MAIL', recipient }));
  if (contact?.webhookUrl != null) recipients.push({ channel: 'WEBHOOK', recipient: contact.webhookUrl });
  if (recipients.length === 0) return;
  await tx
    .insertInto('Notice')
    .values(
      recipients.map((each) => ({
        ...{ id: newId('Notice'), accountId, kind, occasion, ...each, language: contact?.language ?? 'en' },
        ...{ facts: JSON.stringify(facts), createdAt: at, nextAttemptAt: at },
      })),
    )
    .onConflict((conflict) => conflict.columns(['occasion', 'channel', 'recipient']).doNothing())
    .execute();
}

/** Of a project, those of the users of the account that made it. */
async function emailsOfUsers(tx: Transaction, accountId: Id<'Account'>): Promise<string[]> {
  const users = await tx
    .selectFrom('User')
    .select('email')
    .distinct()
    .where(({ eb, selectFrom }) =>
      eb(
        'accountId',
        '=',
        eb.fn.coalesce(
          selectFrom('Project').select('creatorAccountId').where('accountId', '=', accountId),
          eb.val(accountId),
        ),
      ),
    )
    .where('state', '=', 'ENABLED')
    .where('email', 'is not', null)
    .orderBy('email')
    .execute();
  return users.flatMap(({ email }) => (email === null ? [] : [email]));
}

import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';

/** What an account has of the ledger: an entry and its balance, a notice, and a policy that is not in force. */
export async function makePurse(db: Database, accountId: Id<'Account'>): Promise<void> {
  const at = new Date();
  const referenceId = newId('LedgerEntry');
  const entry = { accountId, currency: 'CNY', amount: '1', kind: 'CREDIT', actorName: 'system', at } as const;
  await db
    .insertInto('LedgerEntry')
    .values({ ...entry, id: newId('LedgerEntry'), referenceId })
    .execute();
  await db
    .insertInto('Balance')
    .values({ id: newId('Balance'), accountId, currency: 'CNY', settled: '1' })
    .execute();
  await db
    .insertInto('Notice')
    .values({
      ...{ id: newId('Notice'), accountId, kind: 'BALANCE_LOW', occasion: referenceId, channel: 'MAIL' },
      ...{ recipient: 'someone@example.org', language: 'en', facts: '{}', state: 'SENT' },
      ...{ nextAttemptAt: at, createdAt: at },
    })
    .execute();
  await db
    .insertInto('QuotaPolicy')
    .values({ id: newId('QuotaPolicy'), accountId, isEnforced: false, alertBelow: [] })
    .execute();
}

/** What is done about the accounts of a domain that have nothing left: nothing. */
export async function makeDomainPolicy(db: Database, domainId: Id<'Domain'>): Promise<void> {
  await db
    .insertInto('QuotaPolicy')
    .values({ id: newId('QuotaPolicy'), domainId, isEnforced: false, alertBelow: [] })
    .execute();
}

import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';

/** A statement of an account, and a credit note on it. @param serial their numbers in the year */
export async function makeStatements(
  db: Database,
  { accountId, domainId }: { accountId: Id<'Account'>; domainId: Id<'Domain'> },
  serial: number,
): Promise<void> {
  // A list of one has the credit note, which knows both.
  const noteId = newId('Statement');
  const id = newId('Statement');
  const [startsAt, endsAt] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')];
  const shared = {
    ...{
      usage: '1.00',
      discount: '0.00',
      tax: '0.00',
      total: '1.00',
      year: 2026,
      serial,
      accountId,
      domainId,
    },
    ...{ month: '2026-01', currency: 'CNY', startsAt, endsAt, timeZone: 'UTC', ratedUntil: endsAt },
    parties: JSON.stringify({
      issuer: { name: 'Nephos', address: '', taxId: '', contact: '' },
      customer: { account: accountId, domain: domainId },
    }),
    adjustments: JSON.stringify({ lineage: [domainId], adjustments: [] }),
    issuedAt: endsAt,
  };
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('Statement')
      .values([
        { ...shared, id, kind: 'STATEMENT', number: `2026-${serial}` },
        { ...shared, id: noteId, kind: 'CREDIT_NOTE', number: `CN-2026-${serial}`, correctsId: id },
      ])
      .execute();
    await tx
      .insertInto('StatementLine')
      .values(
        [id, noteId].map((statementId) => ({
          ...{ statementId, position: 1, kind: 'USAGE' as const, label: 'machines', usageType: 1 },
          amount: '1.00',
        })),
      )
      .execute();
  });
}

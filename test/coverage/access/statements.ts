import type { Database } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import type { AccountFacts } from './tenants.ts';

/** A statement of an account. @param serial its number in the year */
export async function makeStatement(
  db: Database,
  { accountId, domainId, lineage }: Pick<AccountFacts, 'accountId' | 'domainId' | 'lineage'>,
  serial: number,
): Promise<void> {
  const id = newId('Statement');
  const [startsAt, endsAt] = [new Date('2026-01-01T00:00:00Z'), new Date('2026-02-01T00:00:00Z')];
  const sums = { usage: '1.00', discount: '0.00', tax: '0.00', total: '1.00' };
  await db.transaction().execute(async (tx) => {
    await tx
      .insertInto('Statement')
      .values({
        ...{
          ...sums,
          id,
          kind: 'STATEMENT',
          year: 2026,
          serial,
          number: `2026-${serial}`,
          accountId,
          domainId,
        },
        ...{ month: '2026-01', currency: 'CNY', startsAt, endsAt, timeZone: 'UTC', ratedUntil: endsAt },
        parties: JSON.stringify({
          issuer: { name: 'Nephos', address: '', taxId: '', contact: '' },
          customer: { account: accountId, domain: domainId },
        }),
        adjustments: JSON.stringify({ lineage, adjustments: [] }),
        issuedAt: endsAt,
      })
      .execute();
    await tx
      .insertInto('StatementLine')
      .values({
        statementId: id,
        position: 1,
        kind: 'USAGE',
        label: 'machines',
        usageType: 1,
        amount: '1.00',
      })
      .execute();
  });
}

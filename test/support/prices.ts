import type { Database } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';

/**
 * A price for an account's domain and those below in a zone, one for itself alone, and a line that the second gave; a
 * discount and a tax likewise.
 * @returns the price for itself alone
 */
export async function makePrices(
  db: Database,
  { accountId, domainId }: { accountId: Id<'Account'>; domainId: Id<'Domain'> },
  name: string,
  zoneId: Id<'Zone'>,
): Promise<Id<'Tariff'>> {
  const shared = newId('Tariff');
  const own = newId('Tariff');
  const usageType = 2;
  const currency = 'CNY';
  await db
    .insertInto('Tariff')
    .values([
      { id: shared, name: `for the domain of ${name}`, usageType, currency, domainId, zoneId },
      { id: own, name: `for ${name}`, usageType, currency, accountId },
    ])
    .execute();
  const tariffVersionId = newId('TariffVersion');
  await db
    .insertInto('TariffVersion')
    .values({
      id: tariffVersionId,
      tariffId: own,
      validFrom: new Date('2026-01-01T00:00:00Z'),
      unit: 'HOUR',
      tiers: '[{ "price": "1" }]',
    })
    .execute();
  const usedAt = new Date();
  await makeAdjustments(db, { accountId, domainId }, name);
  await sql`select nephos_ensure_partitions('RatedLine', 'month', ${usedAt}::timestamptz,
    ${usedAt}::timestamptz + interval '1 ms')`.execute(db);
  await db
    .insertInto('RatedLine')
    .values({
      ...{ id: newId('RatedLine'), recordId: newId('UsageRecord'), periodStartsAt: usedAt, usedAt },
      month: usedAt.toISOString().slice(0, 7),
      ...{ accountId, domainId, zoneId, usageType, resourceId: newId('VirtualMachine'), resourceName: name },
      ...{ tariffId: own, tariffVersionId, currency, baseAmount: '1', amount: '1', unitSize: '1' },
    })
    .execute();
  return own;
}

async function makeAdjustments(
  db: Database,
  { accountId, domainId }: { accountId: Id<'Account'>; domainId: Id<'Domain'> },
  name: string,
): Promise<void> {
  const facts = { percent: '6', usageTypes: [], validFrom: '2026-01' };
  await db
    .insertInto('PriceAdjustment')
    .values([
      {
        ...{ ...facts, id: newId('PriceAdjustment'), name: `tax in the domain of ${name}` },
        ...{ kind: 'TAX', label: 'VAT', domainId },
      },
      {
        ...{ ...facts, id: newId('PriceAdjustment'), name: `discount of ${name}` },
        ...{ kind: 'DISCOUNT', label: 'loyal', accountId },
      },
    ])
    .execute();
}

/** A machine that is paid for in advance from now on, for a month. */
export async function makeTerm(
  db: Database,
  accountId: Id<'Account'>,
  { virtualMachineId, tariffId }: { virtualMachineId: Id<'VirtualMachine'>; tariffId: Id<'Tariff'> },
): Promise<void> {
  const termId = newId('PrepaidTerm');
  const startsAt = new Date();
  const endsAt = new Date(startsAt.getTime() + 30 * 86_400_000);
  const name = 'web-1';
  await db
    .insertInto('PrepaidTerm')
    .values({
      ...{ id: termId, accountId, virtualMachineId, virtualMachineName: name, months: 1 },
      ...{ startsAt, endsAt, currency: 'CNY', monthPrice: '730', discountPercent: '0', price: '730' },
    })
    .execute();
  await db
    .insertInto('PrepaidCover')
    .values({
      ...{ termId, usageType: 2, charge: 'use', tariffId },
      ...{ resourceId: virtualMachineId, resourceName: name },
    })
    .execute();
}

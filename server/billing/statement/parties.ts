import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { StatementParties } from '@nephos/model/shapes/statement.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** Whose statement it is. */
export interface Customer {
  domainId: Id<'Domain'>;
  /** Ids from ROOT down to the account's domain. */
  lineage: readonly Id<'Domain'>[];
  names: StatementParties['customer'];
}

/** Who sends statements, by the settings. */
export function readIssuer(settings: Settings): StatementParties['issuer'] {
  return {
    name: settings.get('usage.provider.name'),
    address: settings.get('billing.issuer.address'),
    taxId: settings.get('billing.issuer.tax.id'),
    contact: settings.get('billing.issuer.contact'),
  };
}

/** An account as it is now. One that was deleted is billed by its id, in the domain that its usage was in last. */
export async function readCustomer(db: Database | Transaction, accountId: Id<'Account'>): Promise<Customer> {
  const account = await db
    .selectFrom('Account')
    .innerJoin('Domain', 'Domain.id', 'Account.domainId')
    .select(['Account.name', 'Domain.id as domainId', 'Domain.path', 'Domain.lineage'])
    .where('Account.id', '=', accountId)
    .executeTakeFirst();
  if (account !== undefined) {
    const { name, domainId, path, lineage } = account;
    return { domainId, lineage, names: { account: name, domain: path } };
  }
  const last = await db
    .selectFrom('RatedLine')
    .leftJoin('Domain', 'Domain.id', 'RatedLine.domainId')
    .select(['RatedLine.domainId', 'Domain.path', 'Domain.lineage'])
    .where('RatedLine.accountId', '=', accountId)
    .orderBy('RatedLine.id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  const { domainId, path, lineage } = last;
  return {
    domainId,
    lineage: lineage ?? [domainId],
    names: { account: accountId, domain: path ?? domainId },
  };
}

import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { StatementParties } from '@nephos/model/shapes/statement.ts';
import { sql } from 'kysely';
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

/** An account as it is now. One that was deleted is billed by the name that it had, in the domain that its usage was in last. */
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
  return readFormerCustomer(db, accountId);
}

async function readFormerCustomer(db: Database | Transaction, accountId: Id<'Account'>): Promise<Customer> {
  const { domainId, path, lineage } = await db
    .selectFrom('RatedLine')
    .leftJoin('Domain', 'Domain.id', 'RatedLine.domainId')
    .leftJoin('EarlierDomain', 'EarlierDomain.id', 'RatedLine.domainId')
    .select(({ fn }) => [
      'RatedLine.domainId',
      fn.coalesce('Domain.path', 'EarlierDomain.path').as('path'),
      fn.coalesce('Domain.lineage', 'EarlierDomain.lineage').as('lineage'),
    ])
    .where('RatedLine.accountId', '=', accountId)
    .orderBy('RatedLine.id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return {
    domainId,
    lineage: lineage ?? [domainId],
    names: { account: (await findFormerName(db, accountId)) ?? accountId, domain: path ?? domainId },
  };
}

/** What an account that is gone was called, as the audit log or an earlier statement knows. */
async function findFormerName(
  db: Database | Transaction,
  accountId: Id<'Account'>,
): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    (select "details"->>'name' as "name" from "AuditEvent"
      where "targetId" = ${accountId} and "outcome" = 'SUCCEEDED' and jsonb_typeof("details"->'name') = 'string'
      order by "at" desc limit 1)
    union all
    (select "parties"->'customer'->>'account' from "Statement" where "accountId" = ${accountId} order by "id" desc limit 1)
    limit 1`.execute(db);
  return rows[0]?.name;
}

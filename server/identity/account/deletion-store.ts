import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';

/** What is to be deleted: an account, or a domain with all below it. */
export type Doomed = { accountId: Id<'Account'> } | { domainId: Id<'Domain'> };

function isInside(doomed: Doomed): RawBuilder<boolean> {
  return 'accountId' in doomed
    ? sql<boolean>`a."id" = ${doomed.accountId}`
    : sql<boolean>`a."domainId" in (select d."id" from "Domain" d where d."lineage" @> array[${doomed.domainId}]::text[])`;
}

/** A statement that gives the ids of the accounts that go: those inside, and those of the projects that they made. */
function goingAccounts(doomed: Doomed): RawBuilder<{ id: Id<'Account'> }> {
  const inside = sql<{ id: Id<'Account'> }>`select a."id" from "Account" a where ${isInside(doomed)}`;
  return sql`${inside} union select p."accountId" from "Project" p where p."creatorAccountId" in (${inside})`;
}

export async function accountsThatGo(db: Database | Transaction, doomed: Doomed): Promise<Id<'Account'>[]> {
  const { rows } = await goingAccounts(doomed).execute(db);
  return rows.map(({ id }) => id);
}

/**
 * Closes the accounts that go: nobody signs in to them or works in their projects any more, and nothing new comes.
 * @returns accounts of others that took part in those projects
 */
export async function closeAccounts(tx: Transaction, doomed: Doomed): Promise<Id<'Account'>[]> {
  const ids = await accountsThatGo(tx, doomed);
  if (ids.length === 0) return [];
  await tx.updateTable('Account').set({ isDeleting: true }).where('id', 'in', ids).execute();
  const projects = await tx
    .updateTable('Project')
    .set({ state: 'DELETING' })
    .where('accountId', 'in', ids)
    .returning('id')
    .execute();
  if (projects.length === 0) return [];
  const members = await tx
    .selectFrom('ProjectMember')
    .select('accountId')
    .distinct()
    .where(
      'projectId',
      'in',
      projects.map(({ id }) => id),
    )
    .where('accountId', 'not in', ids)
    .execute();
  return members.map(({ accountId }) => accountId);
}

/** After a deletion that could not be finished: what is left stays, and stays closed until somebody opens it. */
export async function keepDisabled(tx: Transaction, doomed: Doomed): Promise<void> {
  const ids = await accountsThatGo(tx, doomed);
  if (ids.length === 0) return;
  await tx
    .updateTable('Account')
    .set((account) => ({
      isDeleting: false,
      state: account
        .case()
        .when('roleId', 'is', null)
        .then(account.ref('state'))
        .else(sql<'DISABLED'>`'DISABLED'::"AccountState"`)
        .end(),
    }))
    .where('id', 'in', ids)
    .execute();
  await tx.updateTable('Project').set({ state: 'SUSPENDED' }).where('accountId', 'in', ids).execute();
}

/** What a deletion would remove. */
export interface DeletionPlan {
  accountCount: number;
  subdomainCount: number;
  projectCount: number;
  userCount: number;
  apiKeyCount: number;
  identityProviderCount: number;
  virtualMachineCount: number;
  volumeCount: number;
  templateCount: number;
  isoCount: number;
  /** Of a few. */
  virtualMachineNames: string[];
}

const mostNamed = 5;

export async function planDeletion(tx: Transaction, doomed: Doomed): Promise<DeletionPlan> {
  const domainId = 'domainId' in doomed ? doomed.domainId : null;
  const gone = sql`(select "id" from gone)`;
  const branch = sql`(select d."id" from "Domain" d where d."lineage" @> array[${domainId}]::text[])`;
  const count = (from: RawBuilder<unknown>) => sql`(select count(*)::int from ${from})`;
  const { rows } = await sql<DeletionPlan>`
    with gone as (${goingAccounts(doomed)})
    select
      ${count(sql`"Account" where "id" in ${gone} and "roleId" is not null`)} as "accountCount",
      ${count(sql`"Domain" where "id" in ${branch} and "id" <> ${domainId}`)} as "subdomainCount",
      ${count(sql`"Project" where "accountId" in ${gone}`)} as "projectCount",
      ${count(sql`"User" where "accountId" in ${gone}`)} as "userCount",
      ${count(sql`"ApiKey" k join "User" u on u."id" = k."userId" where u."accountId" in ${gone}`)} as "apiKeyCount",
      ${count(sql`"IdentityProvider" where "domainId" in ${branch}`)} as "identityProviderCount",
      ${count(sql`"VirtualMachine" where "accountId" in ${gone}`)} as "virtualMachineCount",
      ${count(sql`"Volume" where "accountId" in ${gone}`)} as "volumeCount",
      ${count(sql`"Image" where "accountId" in ${gone} and "removedAt" is null and "kind" = 'TEMPLATE'`)} as "templateCount",
      ${count(sql`"Image" where "accountId" in ${gone} and "removedAt" is null and "kind" = 'ISO'`)} as "isoCount",
      array(select "name" from "VirtualMachine" where "accountId" in ${gone} order by "id" limit ${mostNamed})
        as "virtualMachineNames"`.execute(tx);
  const [plan] = rows;
  if (plan === undefined) throw new Error('counting gave no row');
  return plan;
}

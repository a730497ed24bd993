import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { getForChange } from '../access/guarded-loader.ts';
import { assertMayRule } from '../access/rank.ts';
import type { AccountRemoval } from '../account/account-removal.ts';
import { accountsThatGo, closeAccounts, planDeletion, type DeletionPlan } from '../account/deletion-store.ts';
import { assertAdminRemains } from '../user/last-admin.ts';
import { deleteDomainSaga } from './sagas/delete.ts';
import { checkDomainName, holdOpenDomain, lockTree, nameTaken, pathBelow } from './store.ts';

type Idempotent = { idempotencyKey?: string | null | undefined };

/** The tree of domains. */
export class DomainService {
  readonly #platform: Platform;
  readonly #access: AccessNotices;
  readonly #delete: ReturnType<typeof deleteDomainSaga>;

  constructor(platform: Platform, options: { access: AccessNotices; removal: AccountRemoval }) {
    this.#platform = platform;
    this.#access = options.access;
    this.#delete = deleteDomainSaga({ db: platform.db, removal: options.removal });
    platform.runner.register(this.#delete);
  }

  create(
    actor: Actor,
    input: { parentId: Id<'Domain'>; name: string } & Idempotent,
  ): Promise<{ domainId: string }> {
    const { name } = input;
    const check = new Check();
    checkDomainName(check, 'input.name', name);
    check.done();
    const action = 'domain.create';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      await lockTree(tx);
      const parent = await getForChange(tx, actor, 'Domain', input.parentId, action);
      await holdOpenDomain(tx, parent.id);
      const id = newId('Domain');
      const path = pathBelow(parent, name);
      try {
        await tx
          .insertInto('Domain')
          .values({ id, parentId: parent.id, name, path, lineage: [...parent.lineage, id] })
          .execute();
      } catch (error) {
        throw nameTaken(error, name);
      }
      mutation.concerns('Domain', id, null, { path: { before: null, after: path } });
      return { domainId: id };
    });
  }

  /** Gives a domain another name; the paths of all below it follow. */
  update(
    actor: Actor,
    input: { id: Id<'Domain'>; name: string } & ExpectsVersion,
  ): Promise<{ domainId: string }> {
    const { id, name } = input;
    const check = new Check();
    checkDomainName(check, 'input.name', name);
    check.done();
    const action = 'domain.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      await lockTree(tx);
      const domain = await getForChange(tx, actor, 'Domain', id, action);
      assertVersion(`domain ${domain.path}`, domain, input);
      assertNotRoot(domain, 'keeps its name');
      await holdOpenDomain(tx, id);
      const path = `${domain.path.slice(0, -domain.name.length)}${name}`;
      try {
        await sql`
          update "Domain" set "path" = ${path} || substr("path", length(${domain.path}) + 1),
            "name" = case when "id" = ${id} then ${name} else "name" end
          where "lineage" @> array[${id}]::text[]`.execute(tx);
      } catch (error) {
        throw nameTaken(error, name);
      }
      mutation.concerns('Domain', id, null, { path: { before: domain.path, after: path } });
      return { domainId: id };
    });
  }

  /** What would go with a domain. */
  async planDelete(actor: Actor, id: Id<'Domain'>): Promise<DeletionPlan> {
    return this.#platform.db.transaction().execute(async (tx) => {
      const domain = await getForChange(tx, actor, 'Domain', id, 'domain.delete');
      assertMayGo(actor, domain);
      return planDeletion(tx, { domainId: domain.id });
    });
  }

  /**
   * Has a job remove a domain; with `cascade` also all accounts, projects and domains in it. Nobody in it can sign in
   * from now on.
   */
  async delete(
    actor: Actor,
    input: { id: Id<'Domain'>; cascade: boolean } & ExpectsVersion & Idempotent,
  ): Promise<{ domainId: string; jobId: string }> {
    const { id, cascade } = input;
    const action = 'domain.delete';
    let members: Id<'Account'>[] = [];
    const answer = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      await lockTree(tx);
      const domain = await getForChange(tx, actor, 'Domain', id, action);
      assertVersion(`domain ${domain.path}`, domain, input);
      assertMayGo(actor, domain);
      await tx
        .updateTable('Domain')
        .set({ state: 'DELETING' })
        .where(sql<boolean>`"lineage" @> array[${id}]::text[]`)
        .execute();
      if (!cascade) assertEmpty(domain, await planDeletion(tx, { domainId: id }));
      const ruled = await rulesOverAll(tx, actor, id);
      members = await closeAccounts(tx, { domainId: id });
      for (const account of ruled) await assertAdminRemains(tx, account);
      mutation.concerns('Domain', id, null, { path: domain.path, cascade });
      const target = { kind: 'Domain', id, accountId: actor.accountId };
      const job = await mutation.startJob(this.#delete, { domainId: id }, target);
      return { domainId: id, jobId: job.id };
    });
    await this.#access.announce({ domainId: id });
    for (const accountId of members) await this.#access.announce({ accountId });
    return answer;
  }
}

function assertNotRoot(domain: Row<'Domain'>, rule: string): void {
  if (domain.parentId !== null) return;
  throw new PlatformError('INVALID_STATE', `${domain.name} is the root of the tree, and ${rule}`, {
    details: { id: domain.id },
  });
}

function assertMayGo(actor: Actor, domain: Row<'Domain'>): void {
  assertNotRoot(domain, 'stays');
  if (actor.lineage.includes(domain.id)) {
    throw new PlatformError('INVALID_STATE', `your own account is in ${domain.path}; it would go with it`, {
      details: { id: domain.id },
      remedy: 'let an administrator of the domain above do it',
    });
  }
}

/** One account of each role in a branch. @throws PlatformError FORBIDDEN when one may do more than the actor */
async function rulesOverAll(
  tx: Transaction,
  actor: Actor,
  domainId: Id<'Domain'>,
): Promise<Row<'Account'>[]> {
  const ids = await accountsThatGo(tx, { domainId });
  if (ids.length === 0) return [];
  const accounts = await tx
    .selectFrom('Account')
    .selectAll()
    .distinctOn('roleId')
    .where('id', 'in', ids)
    .where('roleId', 'is not', null)
    .execute();
  for (const account of accounts) await assertMayRule(tx, actor, account);
  return accounts;
}

function assertEmpty(domain: Row<'Domain'>, plan: DeletionPlan): void {
  const { accountCount, projectCount, subdomainCount, identityProviderCount } = plan;
  const held = { accountCount, projectCount, subdomainCount, identityProviderCount };
  if (Object.values(held).every((count) => count === 0)) return;
  throw new PlatformError(
    'RESOURCE_IN_USE',
    `${domain.path} is not empty: ${accountCount} accounts, ${projectCount} projects, ${subdomainCount} domains and ${identityProviderCount} identity providers are in it`,
    { details: held, remedy: 'delete them first, or delete all of it with cascade: true' },
  );
}

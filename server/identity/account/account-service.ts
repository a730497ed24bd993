import type { Row, Transaction } from '@nephos/model/database.ts';
import type { AccountState } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { leaveStateAlone } from '../../billing/arrears/arrears-store.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { getForChange } from '../access/guarded-loader.ts';
import type { Permission } from '../access/permissions.ts';
import { assertMayAdmit, assertMayGiveRole, assertMayRule } from '../access/rank.ts';
import { holdOpenDomain } from '../domain/store.ts';
import { userRoleId } from '../role/built-in-roles.ts';
import { assertAdminRemains } from '../user/last-admin.ts';
import {
  checkPerson,
  checkUsername,
  insertUser,
  prepareUser,
  withoutPassword,
  type NewUser,
} from '../user/new-user.ts';
import { assertNotProject, assertOpenAccount } from './account-kind.ts';
import type { AccountRemoval } from './account-removal.ts';
import type { AccountStops } from './account-stops.ts';
import { closeAccounts, planDeletion, type DeletionPlan } from './deletion-store.ts';
import { deleteAccountSaga } from './sagas/delete.ts';

export interface CreateAccountInput extends NewUser {
  name: string;
  domainId?: Id<'Domain'> | null | undefined;
  roleId?: Id<'Role'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface AccountInput extends ExpectsVersion {
  id: Id<'Account'>;
}

export type UpdateAccountInput = AccountInput & {
  name?: string | null | undefined;
  roleId?: Id<'Role'> | null | undefined;
};

export interface NewAccount {
  accountId: string;
  userId: string;
  setupToken: string | null;
}

/** Accounts of people. Sockets of whoever it concerns are looked at again. */
export class AccountService {
  readonly #platform: Platform;
  readonly #access: AccessNotices;
  readonly #stops: AccountStops;
  readonly #delete: ReturnType<typeof deleteAccountSaga>;

  constructor(
    platform: Platform,
    options: { access: AccessNotices; stops: AccountStops; removal: AccountRemoval },
  ) {
    this.#platform = platform;
    this.#access = options.access;
    this.#stops = options.stops;
    this.#delete = deleteAccountSaga({ db: platform.db, removal: options.removal });
    platform.runner.register(this.#delete);
  }

  /**
   * Makes an account with its first user.
   * @returns both and, without a password, the secret of a one-time link: shown now and never again
   */
  async create(actor: Actor, input: CreateAccountInput): Promise<NewAccount> {
    const check = new Check();
    check.name('input.name', input.name);
    checkUsername(check, 'input.username', input.username);
    checkPerson(check, input);
    check.done();
    const prepared = await prepareUser(input, this.#platform.settings);
    const action = 'account.create';
    const facts = { action, actor, input: withoutPassword(input) };
    let setupToken: string | null = null;
    const made = await this.#platform.mutations.run(facts, async (mutation) => {
      const { tx } = mutation;
      const domain = await getForChange(tx, actor, 'Domain', input.domainId ?? actor.domainId, action);
      await holdOpenDomain(tx, domain.id);
      const role = await assertMayGiveRole(tx, actor, input.roleId ?? userRoleId, 'input.roleId');
      const accountId = newId('Account');
      try {
        await tx
          .insertInto('Account')
          .values({ id: accountId, domainId: domain.id, name: input.name, roleId: role.id })
          .execute();
      } catch (error) {
        throw nameTaken(error, input.name);
      }
      const user = await insertUser(tx, mutation.at, accountId, prepared);
      ({ setupToken } = user);
      mutation.concerns('Account', accountId, accountId, {
        name: input.name,
        domain: domain.path,
        role: role.name,
        username: input.username,
      });
      return { accountId, userId: user.userId };
    });
    return { ...made, setupToken };
  }

  /** Another role counts from the next request on, and on open sockets at once. */
  async update(actor: Actor, input: UpdateAccountInput): Promise<{ accountId: string }> {
    const check = new Check();
    if (input.name != null) check.name('input.name', input.name);
    check.done();
    const action = 'account.update';
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const account = await this.#load(tx, actor, input, action);
      const name = input.name ?? account.name;
      const roleId =
        input.roleId == null
          ? account.roleId
          : (await assertMayGiveRole(tx, actor, input.roleId, 'input.roleId')).id;
      try {
        await tx.updateTable('Account').set({ name, roleId }).where('id', '=', account.id).execute();
      } catch (error) {
        throw nameTaken(error, name);
      }
      await assertAdminRemains(tx, account);
      mutation.concerns('Account', account.id, account.id, {
        name: { before: account.name, after: name },
        roleId: { before: account.roleId, after: roleId },
      });
      return { accountId: account.id };
    });
    await this.#access.announce({ accountId: input.id });
    return answer;
  }

  /** Ends sign-ins, keys and sockets at once; its machines run on. */
  lock(actor: Actor, input: AccountInput): Promise<{ accountId: string; jobId?: string }> {
    return this.#setState(actor, input, 'LOCKED', 'account.lock');
  }

  /** Ends sign-ins, keys and sockets at once, and has a job stop its machines. */
  disable(actor: Actor, input: AccountInput): Promise<{ accountId: string; jobId?: string }> {
    return this.#setState(actor, input, 'DISABLED', 'account.disable');
  }

  /** Its machines stay as they are. */
  enable(actor: Actor, input: AccountInput): Promise<{ accountId: string; jobId?: string }> {
    return this.#setState(actor, input, 'ENABLED', 'account.enable');
  }

  /** What would go with an account. */
  planDelete(actor: Actor, id: Id<'Account'>): Promise<DeletionPlan> {
    return this.#platform.db.transaction().execute(async (tx) => {
      await this.#load(tx, actor, { id }, 'account.delete');
      return planDeletion(tx, { accountId: id });
    });
  }

  /** Has a job remove an account and all that it owns. Nobody signs in to it from now on. */
  async delete(
    actor: Actor,
    input: AccountInput & { idempotencyKey?: string | null | undefined },
  ): Promise<{ accountId: string; jobId: string }> {
    const action = 'account.delete';
    let members: Id<'Account'>[] = [];
    const answer = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const account = await this.#load(tx, actor, input, action);
      assertOpenAccount(account);
      assertNotOwn(actor, account);
      members = await closeAccounts(tx, { accountId: account.id });
      await assertAdminRemains(tx, account);
      mutation.concerns('Account', account.id, account.id, { name: account.name });
      // The job is shown to who asked for it: the account will be gone.
      const target = { kind: 'Account', id: account.id, accountId: actor.accountId };
      const job = await mutation.startJob(this.#delete, { accountId: account.id }, target);
      return { accountId: account.id, jobId: job.id };
    });
    for (const accountId of [input.id, ...members]) await this.#access.announce({ accountId });
    return answer;
  }

  async #setState(
    actor: Actor,
    input: AccountInput,
    state: AccountState,
    action: 'account.lock' | 'account.disable' | 'account.enable',
  ): Promise<{ accountId: string; jobId?: string }> {
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const account = await this.#load(tx, actor, input, action);
      if (state !== 'ENABLED') assertNotOwn(actor, account);
      await tx.updateTable('Account').set({ state }).where('id', '=', account.id).execute();
      await leaveStateAlone(tx, account.id);
      mutation.concerns('Account', account.id, account.id, {
        state: { before: account.state, after: state },
      });
      if (state === 'ENABLED') return { accountId: account.id };
      await assertAdminRemains(tx, account);
      await endSessions(tx, account.id);
      if (state === 'LOCKED') return { accountId: account.id };
      const job = await this.#stops.start(mutation, account.id);
      return { accountId: account.id, jobId: job.id };
    });
    await this.#access.announce({ accountId: input.id });
    return answer;
  }

  /** An account that the actor sees and rules over, held until the transaction ends. */
  async #load(
    tx: Transaction,
    actor: Actor,
    input: AccountInput,
    permission: Permission,
  ): Promise<Row<'Account'>> {
    await tx.selectFrom('Account').select('id').where('id', '=', input.id).forUpdate().execute();
    const account = await getForChange(tx, actor, 'Account', input.id, permission);
    assertNotProject(account);
    const assertMay = permission === 'account.enable' ? assertMayAdmit : assertMayRule;
    await assertMay(tx, actor, account);
    assertVersion(`account ${account.name}`, account, input);
    return account;
  }
}

/** Also the sign-ins that only wait for a second factor. */
async function endSessions(tx: Transaction, accountId: Id<'Account'>): Promise<void> {
  const users = tx.selectFrom('User').select('User.id').where('accountId', '=', accountId);
  await tx.deleteFrom('UserSession').where('userId', 'in', users).execute();
  await tx.deleteFrom('SignInChallenge').where('userId', 'in', users).execute();
}

function nameTaken(error: unknown, name: string): unknown {
  return isUniqueViolation(error, 'Account_domainId_name_key')
    ? invalid('input.name', name, 'is the name of another account of this domain')
    : error;
}

function assertNotOwn(actor: Actor, account: Row<'Account'>): void {
  if (account.id !== actor.accountId) return;
  throw new PlatformError('INVALID_STATE', `${account.name} is your own account; it would lock you out`, {
    details: { id: account.id },
    remedy: 'let another administrator do it',
  });
}

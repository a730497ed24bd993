import type { Row, RowChange, Transaction } from '@nephos/model/database.ts';
import type { AccountState } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { getForChange } from '../access/guarded-loader.ts';
import type { Permission } from '../access/permissions.ts';
import { assertMayAdmit, assertMayRule } from '../access/rank.ts';
import { assertOpenAccount } from '../account/account-kind.ts';
import { holdOpenDomain } from '../domain/store.ts';
import { releaseLimits } from '../limit/limits.ts';
import { assertAdminRemains } from './last-admin.ts';
import {
  checkPerson,
  checkUsername,
  insertUser,
  prepareUser,
  textOrNull,
  usernameTaken,
  withoutPassword,
  type NewUser,
} from './new-user.ts';
import { assertGoodPassword, hashPassword } from './password.ts';
import { makeSetupLink } from './setup-link.ts';

export interface UserInput extends ExpectsVersion {
  id: Id<'User'>;
}

export type CreateUserInput = NewUser & {
  accountId: Id<'Account'>;
  idempotencyKey?: string | null | undefined;
};

export type UpdateUserInput = UserInput & {
  username?: string | null | undefined;
  displayName?: string | null | undefined;
  email?: string | null | undefined;
};

export type ResetPasswordInput = UserInput & Pick<NewUser, 'password' | 'mustChangePassword'>;

interface Ruled {
  user: Row<'User'>;
  account: Row<'Account'>;
}

/** What administrators do to users. Sockets of whoever it concerns are looked at again. */
export class UserService {
  readonly #platform: Platform;
  readonly #access: AccessNotices;

  constructor(platform: Platform, access: AccessNotices) {
    this.#platform = platform;
    this.#access = access;
  }

  /** @returns the user and, without a password, the secret of a one-time link: shown now and never again */
  async create(actor: Actor, input: CreateUserInput): Promise<{ userId: string; setupToken: string | null }> {
    const check = new Check();
    checkUsername(check, 'input.username', input.username);
    checkPerson(check, input);
    check.done();
    const prepared = await prepareUser(input, this.#platform.settings);
    const action = 'user.create';
    let setupToken: string | null = null;
    const facts = { action, actor, input: withoutPassword(input) };
    const { userId } = await this.#platform.mutations.run(facts, async (mutation) => {
      const { tx } = mutation;
      const account = await getForChange(tx, actor, 'Account', input.accountId, action);
      assertOpenAccount(account);
      await assertMayRule(tx, actor, account);
      await holdOpenDomain(tx, account.domainId);
      const made = await insertUser(tx, mutation.at, account.id, prepared);
      ({ setupToken } = made);
      mutation.concerns('User', made.userId, account.id, { username: input.username });
      return { userId: made.userId };
    });
    return { userId, setupToken };
  }

  async update(actor: Actor, input: UpdateUserInput): Promise<{ userId: string }> {
    const check = new Check();
    if (input.username != null) checkUsername(check, 'input.username', input.username);
    checkPerson(check, input);
    check.done();
    return this.#change(actor, input, 'user.update', async ({ tx }, { user }) => {
      const before = { username: user.username, displayName: user.displayName, email: user.email };
      const after = { username: input.username ?? user.username, ...personAfter(user, input) };
      await setUser(tx, user.id, after);
      return differences(before, after);
    });
  }

  /** What people say of themselves; who signs in by which name is for administrators. */
  async updateProfile(
    actor: Actor,
    input: Pick<UpdateUserInput, 'displayName' | 'email' | 'expectedVersion'>,
  ): Promise<{ userId: string }> {
    if (actor.sessionId === null) {
      throw new PlatformError('FORBIDDEN', 'an API key cannot change a profile', { remedy: 'sign in first' });
    }
    const check = new Check();
    checkPerson(check, input);
    check.done();
    const { mutations } = this.#platform;
    return mutations.run({ action: 'user.updateProfile', actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const user = await tx
        .selectFrom('User')
        .selectAll()
        .where('id', '=', actor.userId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      assertVersion(`user ${user.username}`, user, input);
      const before = { displayName: user.displayName, email: user.email };
      const after = personAfter(user, input);
      await setUser(tx, user.id, after);
      mutation.concerns('User', user.id, user.accountId, differences(before, after));
      return { userId: user.id };
    });
  }

  /** Whoever is locked or disabled loses all sessions; API keys do not work until they are enabled again. */
  async setState(
    actor: Actor,
    input: UserInput,
    state: AccountState,
    action: 'user.lock' | 'user.disable' | 'user.enable',
  ): Promise<{ userId: string }> {
    return this.#change(actor, input, action, async ({ tx }, { user, account }) => {
      if (state === 'ENABLED') {
        await setUser(tx, user.id, { state, failedSignIns: 0, lockedUntil: null });
      } else {
        assertNotOneself(actor, user);
        await setUser(tx, user.id, { state });
        await endSessions(tx, user.id);
        await assertAdminRemains(tx, account);
      }
      return { state: { before: user.state, after: state } };
    });
  }

  /**
   * Sets a new password that has to be changed, or makes a one-time link. The old one is void, all sessions end.
   * @throws PlatformError INVALID_STATE for a user of an identity provider, who has none here
   */
  async resetPassword(
    actor: Actor,
    input: ResetPasswordInput,
  ): Promise<{ userId: string; setupToken: string | null }> {
    const { password } = input;
    // Hashed for nothing if it is refused, but never while the transaction holds rows.
    const passwordHash = password == null ? null : await hashPassword(password);
    let setupToken: string | null = null;
    const answer = await this.#change(actor, input, 'user.resetPassword', async ({ tx, at }, { user }) => {
      assertNotOneself(actor, user, 'change it with changePassword');
      if (user.identityProviderId !== null) {
        throw new PlatformError('INVALID_STATE', `${user.username} signs in at an identity provider`, {
          details: { id: user.id },
          remedy: 'have the password reset there',
        });
      }
      if (password != null) {
        const shortest = this.#platform.settings.get('password.min.length');
        assertGoodPassword('input.password', password, user.username, shortest);
      }
      await setUser(tx, user.id, {
        passwordHash,
        mustChangePassword: password != null && (input.mustChangePassword ?? true),
        failedSignIns: 0,
        lockedUntil: null,
      });
      await endSessions(tx, user.id);
      await tx.deleteFrom('SetupLink').where('userId', '=', user.id).execute();
      if (password == null) setupToken = await makeSetupLink(tx, user.id, at);
      return { password: 'changed', byLink: password == null };
    });
    return { ...answer, setupToken };
  }

  /** For those who lost it: they sign in with the password alone until they set one up again. All sessions end. */
  async resetSecondFactor(actor: Actor, input: UserInput): Promise<{ userId: string }> {
    return this.#change(actor, input, 'user.resetSecondFactor', async ({ tx }, { user }) => {
      await setUser(tx, user.id, { totpSecret: null, totpConfirmedAt: null, totpLastStep: null });
      await tx.deleteFrom('RecoveryCode').where('userId', '=', user.id).execute();
      await endSessions(tx, user.id);
      return { secondFactor: { before: user.totpConfirmedAt !== null, after: false } };
    });
  }

  /** With keys and sessions. @throws PlatformError INVALID_STATE for oneself and the last Root Admin */
  async delete(actor: Actor, input: UserInput): Promise<{ userId: string }> {
    return this.#change(actor, input, 'user.delete', async ({ tx }, { user, account }) => {
      assertNotOneself(actor, user);
      const keys = await tx.deleteFrom('ApiKey').where('userId', '=', user.id).returning('id').execute();
      await tx.deleteFrom('User').where('id', '=', user.id).execute();
      await assertAdminRemains(tx, account);
      await releaseLimits(tx, account.id, { API_KEY: BigInt(keys.length) });
      return { username: user.username };
    });
  }

  async #change(
    actor: Actor,
    input: UserInput,
    action: Permission,
    body: (mutation: Mutation, ruled: Ruled) => Promise<Record<string, unknown>>,
  ): Promise<{ userId: string }> {
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const ruled = await this.#load(mutation.tx, actor, input, action);
      const details = await body(mutation, ruled);
      mutation.concerns('User', ruled.user.id, ruled.account.id, details);
      return { userId: ruled.user.id };
    });
    await this.#access.announce({ userId: input.id });
    return answer;
  }

  /** A user whom the actor sees and rules over, held until the transaction ends. */
  async #load(tx: Transaction, actor: Actor, input: UserInput, permission: Permission): Promise<Ruled> {
    await tx.selectFrom('User').select('id').where('id', '=', input.id).forUpdate().execute();
    const user = await getForChange(tx, actor, 'User', input.id, permission);
    const account = await tx
      .selectFrom('Account')
      .selectAll()
      .where('id', '=', user.accountId)
      .executeTakeFirstOrThrow();
    const assertMay = permission === 'user.enable' ? assertMayAdmit : assertMayRule;
    await assertMay(tx, actor, account);
    assertVersion(`user ${user.username}`, user, input);
    return { user, account };
  }
}

/** Also the sign-ins that only wait for a second factor. */
async function endSessions(tx: Transaction, userId: Id<'User'>): Promise<void> {
  await tx.deleteFrom('UserSession').where('userId', '=', userId).execute();
  await tx.deleteFrom('SignInChallenge').where('userId', '=', userId).execute();
}

/** Left out: as it was. Empty, or null: none. */
function personAfter(
  user: Row<'User'>,
  { displayName, email }: Pick<NewUser, 'displayName' | 'email'>,
): { displayName: string | null; email: string | null } {
  return {
    displayName: displayName === undefined ? user.displayName : textOrNull(displayName),
    email: email === undefined ? user.email : textOrNull(email),
  };
}

async function setUser(tx: Transaction, id: Id<'User'>, change: RowChange<'User'>): Promise<void> {
  try {
    await tx.updateTable('User').set(change).where('id', '=', id).execute();
  } catch (error) {
    throw usernameTaken(error, typeof change.username === 'string' ? change.username : '');
  }
}

function assertNotOneself(actor: Actor, user: Row<'User'>, remedy = 'let another administrator do it'): void {
  if (user.id !== actor.userId) return;
  throw new PlatformError('INVALID_STATE', 'nobody does this to themselves', {
    details: { id: user.id },
    remedy,
  });
}

/** Only what changed, as `{ field: { before, after } }`. */
function differences<Fields extends Record<string, unknown>>(
  before: Fields,
  after: Fields,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(before)
      .filter((field) => before[field] !== after[field])
      .map((field) => [field, { before: before[field], after: after[field] }]),
  );
}

import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import type { Platform } from '../../platform/platform.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import type { Person, RefusalReason } from './person.ts';

/** A person that gets in has a user; one that does not has a reason. */
export type Admission = { userId: Id<'User'> } | { problem: RefusalReason };

/** What a mapping gives. */
interface Place {
  roleId: Id<'Role'>;
  domainId: Id<'Domain'>;
}

const usernamePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/;
const longestText = 255;

const isRefusal = (value: object): value is { problem: RefusalReason } => 'problem' in value;

/** Rolls back what was begun for somebody who does not get in after all. */
class Refused extends Error {
  readonly problem: RefusalReason;
  constructor(problem: RefusalReason) {
    super(problem);
    this.problem = problem;
  }
}

/** Users of identity providers: made at their first sign-in, and given what the mappings say at every one. */
export class ProviderUsers {
  readonly #platform: Platform;
  readonly #access: AccessNotices;

  constructor(platform: Platform, access: AccessNotices) {
    this.#platform = platform;
    this.#access = access;
  }

  /** The user of a provider's person, as far as there is one yet. */
  async find(providerId: Id<'IdentityProvider'>, externalId: string): Promise<Row<'User'> | undefined> {
    return findUser(this.#platform.db, providerId, externalId);
  }

  /**
   * Lets a person in as the user they are: known by the provider's own id for them, never by name. Somebody with the
   * name of another user is refused, and so is somebody for whom no mapping has a role.
   */
  async admit(provider: Row<'IdentityProvider'>, person: Person): Promise<Admission> {
    const place = await this.#placeOf(provider, person.groups);
    if (isRefusal(place)) return place;
    try {
      const known = await this.find(provider.id, person.externalId);
      return {
        userId: known
          ? await this.#refresh(known, person, place)
          : await this.#create(provider, person, place),
      };
    } catch (error) {
      if (error instanceof Refused) return { problem: error.problem };
      // The same person, from two browsers at once: the other was first.
      if (!isUniqueViolation(error, 'User_identityProviderId_externalId_key')) throw error;
      return this.admit(provider, person);
    }
  }

  async #placeOf(
    provider: Row<'IdentityProvider'>,
    groups: readonly string[],
  ): Promise<Place | { problem: RefusalReason }> {
    const { db } = this.#platform;
    const mappings = await db
      .selectFrom('IdentityRoleMapping')
      .selectAll()
      .where('providerId', '=', provider.id)
      .orderBy('position')
      .execute();
    const mapping = mappings.find(({ groupName }) => groupName === '*' || groups.includes(groupName));
    if (mapping === undefined) return { problem: 'NO_ROLE' };
    const domainId = mapping.domainId ?? provider.domainId;
    const domain = await db
      .selectFrom('Domain')
      .select('lineage')
      .where('id', '=', domainId)
      .where('state', '=', 'ACTIVE')
      .executeTakeFirst();
    if (!domain?.lineage.includes(provider.domainId)) return { problem: 'DOMAIN_GONE' };
    return { roleId: mapping.roleId, domainId };
  }

  async #create(provider: Row<'IdentityProvider'>, person: Person, place: Place): Promise<Id<'User'>> {
    const { username } = person;
    if (!usernamePattern.test(username)) throw new Refused('BAD_USERNAME');
    const userId = newId('User');
    await this.#platform.mutations.run(
      { action: 'user.create', actor: null, input: {} },
      async (mutation) => {
        const { tx } = mutation;
        const accountId = newId('Account');
        await refusingNames(async () => {
          await tx
            .insertInto('Account')
            .values({ id: accountId, name: username, ...place })
            .execute();
          await tx
            .insertInto('User')
            .values({
              id: userId,
              accountId,
              username,
              identityProviderId: provider.id,
              externalId: person.externalId,
              ...factsOf(person),
            })
            .execute();
        });
        mutation.concerns('User', userId, accountId, {
          username: { before: null, after: username },
          identityProvider: { before: null, after: provider.name },
          ...changes({}, place),
        });
        return {};
      },
    );
    return userId;
  }

  async #refresh(user: Row<'User'>, person: Person, place: Place): Promise<Id<'User'>> {
    const { db, mutations } = this.#platform;
    const facts = factsOf(person);
    if (user.displayName !== facts.displayName || user.email !== facts.email)
      await db.updateTable('User').set(facts).where('id', '=', user.id).execute();
    const before = await accountOf(db, user.accountId);
    if (before.roleId === place.roleId && before.domainId === place.domainId) return user.id;
    await mutations.run({ action: 'account.update', actor: null, input: {} }, async (mutation) => {
      const account = await accountOf(mutation.tx, user.accountId);
      await refusingNames(() =>
        mutation.tx.updateTable('Account').set(place).where('id', '=', account.id).execute(),
      );
      mutation.concerns('Account', account.id, account.id, changes(account, place));
      return {};
    });
    await this.#access.announce({ accountId: user.accountId });
    return user.id;
  }
}

function findUser(db: Database | Transaction, providerId: Id<'IdentityProvider'>, externalId: string) {
  return db
    .selectFrom('User')
    .selectAll()
    .where('identityProviderId', '=', providerId)
    .where('externalId', '=', externalId)
    .executeTakeFirst();
}

function accountOf(db: Database | Transaction, id: Id<'Account'>): Promise<Row<'Account'>> {
  return db.selectFrom('Account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

function factsOf({ displayName, email }: Person): { displayName: string | null; email: string | null } {
  return {
    displayName: displayName?.slice(0, longestText) ?? null,
    email: email?.slice(0, longestText) ?? null,
  };
}

function changes(
  before: { roleId?: string | null; domainId?: string },
  after: Place,
): Record<string, unknown> {
  return {
    roleId: { before: before.roleId ?? null, after: after.roleId },
    domainId: { before: before.domainId ?? null, after: after.domainId },
  };
}

/** A name that somebody else has is no name for this person; nobody is taken for somebody else. */
async function refusingNames<Result>(write: () => Promise<Result>): Promise<Result> {
  try {
    return await write();
  } catch (error) {
    if (
      isUniqueViolation(error, 'User_username_key') ||
      isUniqueViolation(error, 'Account_domainId_name_key')
    )
      throw new Refused('USERNAME_TAKEN');
    throw error;
  }
}

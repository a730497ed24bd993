import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { LdapConfiguration } from '@nephos/model/shapes/identity-provider.ts';
import type { Platform } from '../../platform/platform.ts';
import { LdapDirectory, type Answer } from './ldap-directory.ts';
import { openSecret } from './provider-secret.ts';
import type { ProviderUsers } from './provider-users.ts';

/** Nobody was found, with the reason for the audit log; `userId` of the user whose password it was not. */
export interface NotFound {
  problem: string;
  userId?: Id<'User'>;
}

export interface DirectoryQuestion {
  username: string;
  password: string;
  /** Provider of the user who has that name, if any has. */
  providerId: Id<'IdentityProvider'> | null;
  /** Path of the domain whose directories are asked as well. */
  domain: string;
}

/** No user name is longer; what is longer no directory is asked. */
const longestName = 64;

/** Users whose names and passwords LDAP directories keep. */
export class DirectoryUsers {
  readonly #platform: Platform;
  readonly #users: ProviderUsers;

  constructor(platform: Platform, users: ProviderUsers) {
    this.#platform = platform;
    this.#users = users;
  }

  /**
   * Asks directories one after the other whose name and password these are. A domain's directories are asked only
   * for those who name that domain: its administrators must not come by the passwords of others.
   */
  async find(question: DirectoryQuestion): Promise<{ userId: Id<'User'> } | NotFound> {
    const { username, password } = question;
    let problem: NotFound = { problem: 'UNKNOWN_NAME' };
    if (username.length === 0 || username.length > longestName) return problem;
    for (const provider of await this.#candidates(question)) {
      const answer = await this.#ask(provider, username, password);
      if ('person' in answer) return this.#users.admit(provider, answer.person);
      if (answer.problem === 'UNKNOWN_NAME') continue;
      problem = { problem: answer.problem };
      if (answer.problem === 'WRONG_PASSWORD') {
        const user = await this.#users.find(provider.id, answer.externalId);
        if (user !== undefined) problem.userId = user.id;
      }
    }
    return problem;
  }

  /** Whether a password is the one that the directory has for a user. */
  async isPasswordOf(user: Row<'User'>, password: string): Promise<boolean> {
    const { db } = this.#platform;
    const provider = await db
      .selectFrom('IdentityProvider')
      .selectAll()
      .where('id', '=', user.identityProviderId)
      .where('kind', '=', 'LDAP')
      .where('isEnabled', '=', true)
      .executeTakeFirst();
    if (provider === undefined) return false;
    const answer = await this.#ask(provider, user.username, password);
    return 'person' in answer && answer.person.externalId === user.externalId;
  }

  #candidates({ providerId, domain }: DirectoryQuestion): Promise<Row<'IdentityProvider'>[]> {
    return this.#platform.db
      .selectFrom('IdentityProvider')
      .innerJoin('Domain', 'Domain.id', 'IdentityProvider.domainId')
      .selectAll('IdentityProvider')
      .where('kind', '=', 'LDAP')
      .where('isEnabled', '=', true)
      .where('Domain.state', '=', 'ACTIVE')
      .where((row) => row.or([row('IdentityProvider.id', '=', providerId), row('Domain.path', '=', domain)]))
      .orderBy('IdentityProvider.id')
      .execute();
  }

  async #ask(
    provider: Row<'IdentityProvider'>,
    username: string,
    password: string,
  ): Promise<Answer | { problem: 'UNAVAILABLE' }> {
    const { sealing, log } = this.#platform;
    const directory = new LdapDirectory(
      provider.configuration as LdapConfiguration,
      openSecret(sealing, provider),
    );
    try {
      return await directory.authenticate(username, password);
    } catch (error) {
      log.warn({ err: error, provider: provider.name }, 'LDAP directory could not be asked');
      return { problem: 'UNAVAILABLE' };
    }
  }
}

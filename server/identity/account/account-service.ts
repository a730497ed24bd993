import type { Row } from '@nephos/model/database.ts';
import { newId } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { assertGoodPassword, hashPassword } from '../user/password.ts';

export interface CreateAccountInput {
  name: string;
  role: Row<'Account'>['role'];
  username: string;
  password: string;
}

const usernamePattern = /^[a-z0-9][a-z0-9._@-]{0,63}$/;

/** Accounts and their first users. */
export class AccountService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Makes an account in the actor's domain, with one user. */
  async create(actor: Actor, input: CreateAccountInput): Promise<{ accountId: string; userId: string }> {
    const check = new Check();
    check.name('input.name', input.name);
    check.that(
      usernamePattern.test(input.username),
      'input.username',
      input.username,
      'must be 1 to 64 lower-case letters, digits, dots, dashes, underscores or @, and begin with a letter or digit',
    );
    check.done();
    assertGoodPassword('input.password', input.password, input.username);
    const passwordHash = await hashPassword(input.password);
    return this.#platform.mutations.run({ action: 'account.create', actor, input: {} }, async (mutation) => {
      const accountId = newId('Account');
      const userId = newId('User');
      try {
        await mutation.tx
          .insertInto('Account')
          .values({ id: accountId, domainId: actor.domainId, name: input.name, role: input.role })
          .execute();
        await mutation.tx
          .insertInto('User')
          .values({ id: userId, accountId, username: input.username, passwordHash })
          .execute();
      } catch (error) {
        if (isUniqueViolation(error, 'User_username_key'))
          throw invalid('input.username', input.username, 'is the name of another user');
        if (isUniqueViolation(error))
          throw invalid('input.name', input.name, 'is the name of another account of this domain');
        throw error;
      }
      mutation.concerns('Account', accountId, accountId, { name: input.name, role: input.role });
      return { accountId, userId };
    });
  }
}

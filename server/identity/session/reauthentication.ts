import type { Database, Row } from '@nephos/model/database.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { DirectoryUsers } from '../identity-provider/directory-users.ts';
import { isPassword } from '../user/password.ts';
import type { LockOut } from './lock-out.ts';

/** Has somebody who is signed in show the password once more, before they change how they sign in. */
export class Reauthentication {
  readonly #options: { db: Database; lockOut: LockOut; directories: DirectoryUsers };

  constructor(options: { db: Database; lockOut: LockOut; directories: DirectoryUsers }) {
    this.#options = options;
  }

  /**
   * The actor's own row, as it is now.
   * @throws PlatformError FORBIDDEN for an API key and for users of an OpenID Connect provider, who have no password
   * here; RATE_LIMITED while the user is locked out
   */
  async self(actor: Actor): Promise<Row<'User'>> {
    if (actor.sessionId === null) {
      throw new PlatformError('FORBIDDEN', 'an API key cannot change how its owner signs in', {
        remedy: 'sign in with the password',
      });
    }
    const { kind, ...user } = await this.#options.db
      .selectFrom('User')
      .leftJoin('IdentityProvider', 'IdentityProvider.id', 'User.identityProviderId')
      .selectAll('User')
      .select('IdentityProvider.kind')
      .where('User.id', '=', actor.userId)
      .executeTakeFirstOrThrow();
    if (kind === 'OIDC') {
      throw new PlatformError('FORBIDDEN', 'how you sign in is up to your identity provider', {
        remedy: 'change it there',
      });
    }
    this.#options.lockOut.assertNotLocked(user);
    return user;
  }

  /**
   * @param path of the password in the input
   * @throws PlatformError VALIDATION_FAILED for a wrong password, which counts; those of {@link self}
   */
  async prove(actor: Actor, password: string, path = 'input.currentPassword'): Promise<Row<'User'>> {
    const user = await this.self(actor);
    if (await this.#isPasswordOf(user, password)) return user;
    await this.#options.lockOut.countFailure(user.id);
    throw invalid(path, '(not shown)', 'must be your password as it is now');
  }

  async #isPasswordOf(user: Row<'User'>, password: string): Promise<boolean> {
    if (user.identityProviderId === null) return isPassword(password, user.passwordHash);
    return this.#options.directories.isPasswordOf(user, password);
  }
}

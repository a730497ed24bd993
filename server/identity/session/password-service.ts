import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Actor } from '../../platform/actor.ts';
import { audit } from '../../platform/audit.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { assertGoodPassword, hashPassword } from '../user/password.ts';
import type { Reauthentication } from './reauthentication.ts';

/** Changing one's own password. */
export class PasswordService {
  readonly #options: {
    db: Database;
    clock: Clock;
    settings: Settings;
    access: AccessNotices;
    reauthentication: Reauthentication;
  };

  constructor(options: {
    db: Database;
    clock: Clock;
    settings: Settings;
    access: AccessNotices;
    reauthentication: Reauthentication;
  }) {
    this.#options = options;
  }

  /**
   * Changes the actor's own password, and ends every other session of theirs. API keys stay.
   * @throws PlatformError FORBIDDEN for an API key, and where the password is kept elsewhere; VALIDATION_FAILED for a
   * wrong or a weak password; RATE_LIMITED
   */
  async change(actor: Actor, current: string, wanted: string): Promise<void> {
    const { db, clock, settings, access, reauthentication } = this.#options;
    const { identityProviderId } = await reauthentication.self(actor);
    if (identityProviderId !== null) {
      throw new PlatformError('FORBIDDEN', 'your password is kept by your identity provider', {
        remedy: 'change it there',
      });
    }
    const user = await reauthentication.prove(actor, current);
    if (wanted === current) throw invalid('input.newPassword', '(not shown)', 'must be another password');
    assertGoodPassword('input.newPassword', wanted, user.username, settings.get('password.min.length'));
    const passwordHash = await hashPassword(wanted);
    const { userId } = actor;
    await db.transaction().execute(async (tx) => {
      await tx
        .updateTable('User')
        .set({ passwordHash, mustChangePassword: false, failedSignIns: 0, lockedUntil: null })
        .where('id', '=', userId)
        .execute();
      await tx
        .deleteFrom('UserSession')
        .where('userId', '=', userId)
        .where('id', '!=', actor.sessionId)
        .execute();
      await tx.deleteFrom('SignInChallenge').where('userId', '=', userId).execute();
      await audit(tx, { action: 'user.setPassword', outcome: 'SUCCEEDED', at: clock.now(), actor });
    });
    await access.announce({ userId });
  }
}

import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';

/** A user who was locked out waits this long, doubled with every further failure, at most an hour. */
const firstLockMs = 30_000;
const longestLockMs = 3_600_000;

/** Makes guessing slow: after a few wrong passwords or codes in a row a user has to wait, longer each time. */
export class LockOut {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #settings: Settings;

  constructor(options: { db: Database; clock: Clock; settings: Settings }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#settings = options.settings;
  }

  isLocked({ lockedUntil }: Pick<Row<'User'>, 'lockedUntil'>): boolean {
    return lockedUntil !== null && lockedUntil > this.#clock.now();
  }

  /** @throws PlatformError RATE_LIMITED while a user is locked out */
  assertNotLocked(user: Pick<Row<'User'>, 'lockedUntil'>): void {
    if (!this.isLocked(user)) return;
    throw new PlatformError(
      'RATE_LIMITED',
      'too many wrong passwords or codes; this user is locked out for a while',
      { details: { retryAt: user.lockedUntil?.toISOString() }, remedy: 'wait, then try again' },
    );
  }

  /** Notes a wrong password or code. */
  async countFailure(userId: Id<'User'>): Promise<void> {
    const { failedSignIns } = await this.#db
      .updateTable('User')
      .set((row) => ({ failedSignIns: row('failedSignIns', '+', 1) }))
      .where('id', '=', userId)
      .returning('failedSignIns')
      .executeTakeFirstOrThrow();
    const beyond = failedSignIns - this.#settings.get('signin.attempts.before.lock');
    if (beyond < 0) return;
    const lockMs = Math.min(longestLockMs, firstLockMs * 2 ** Math.min(beyond, 20));
    const lockedUntil = new Date(this.#clock.now().getTime() + lockMs);
    await this.#db.updateTable('User').set({ lockedUntil }).where('id', '=', userId).execute();
  }

  /** Whoever proved all that was asked for begins anew. */
  async forgive(user: Pick<Row<'User'>, 'id' | 'failedSignIns'>): Promise<void> {
    if (user.failedSignIns === 0) return;
    await this.#db
      .updateTable('User')
      .set({ failedSignIns: 0, lockedUntil: null })
      .where('id', '=', user.id)
      .execute();
  }
}

import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { audit } from '../../platform/audit.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import type { Bus } from '../../platform/servers/bus.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { assertGoodPassword, hashPassword, isPassword } from '../user/password.ts';

export interface Client {
  address: string;
  userAgent: string;
}

export interface NewSession {
  actor: Actor;
  /** For the cookie; kept nowhere else. */
  secret: string;
  expiresAt: Date;
}

/** `lastSeenAt` is written at most this often. */
const seenEveryMs = 60_000;
/** A user who was locked out waits this long, doubled with every further failure, at most an hour. */
const firstLockMs = 30_000;
const longestLockMs = 3_600_000;

/** Signing in and out, and who a cookie belongs to. */
export class SessionService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #bus: Bus;
  readonly #onEnded: (userId: Id<'User'>) => void;

  constructor(options: {
    db: Database;
    clock: Clock;
    settings: Settings;
    bus: Bus;
    /** Sockets of this user are to be looked at. */
    onEnded: (userId: Id<'User'>) => void;
  }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#bus = options.bus;
    this.#onEnded = options.onEnded;
    this.#bus.on('access.changed', ({ userId }) => this.#onEnded(userId as Id<'User'>));
  }

  /**
   * Opens a session.
   * @throws PlatformError UNAUTHENTICATED, the same for a wrong name and a wrong password; RATE_LIMITED while locked
   */
  async signIn(username: string, password: string, client: Client): Promise<NewSession> {
    const now = this.#clock.now();
    const user = await this.#db
      .selectFrom('User')
      .selectAll()
      .where('username', '=', username)
      .executeTakeFirst();
    if (user !== undefined && isLocked(user, now)) {
      await this.#refuse(username, client, 'RATE_LIMITED');
      assertNotLocked(user, now);
    }
    const isRight = await isPassword(password, user?.passwordHash ?? null);
    const mayEnter = user !== undefined && isRight && (await this.#isEnabled(user));
    if (!mayEnter) {
      if (user !== undefined && !isRight) await this.#countFailure(user.id, now);
      await this.#refuse(username, client, 'UNAUTHENTICATED');
      throw new PlatformError(
        'UNAUTHENTICATED',
        'the user name or the password is wrong, or the account is not enabled',
      );
    }
    if (user.failedSignIns > 0) {
      await this.#db
        .updateTable('User')
        .set({ failedSignIns: 0, lockedUntil: null })
        .where('id', '=', user.id)
        .execute();
    }
    return this.#open(user, client, 'session.signIn');
  }

  /**
   * Sets a password by a one-time link and signs in.
   * @throws PlatformError UNAUTHENTICATED for a link that was used, ran out or never was; VALIDATION_FAILED
   */
  async useSetupLink(secret: string, password: string, client: Client): Promise<NewSession> {
    const user = await this.#db
      .selectFrom('SetupLink')
      .innerJoin('User', 'User.id', 'SetupLink.userId')
      .selectAll('User')
      .where('SetupLink.tokenHash', '=', hashSecret(secret))
      .where('SetupLink.expiresAt', '>', this.#clock.now())
      .executeTakeFirst();
    const gone = () =>
      new PlatformError('UNAUTHENTICATED', 'this link was used already, or its time is over');
    if (user === undefined) throw gone();
    assertGoodPassword('input.password', password, user.username);
    const passwordHash = await hashPassword(password);
    await this.#db.transaction().execute(async (tx) => {
      const used = await tx
        .deleteFrom('SetupLink')
        .where('tokenHash', '=', hashSecret(secret))
        .returning('userId')
        .executeTakeFirst();
      if (used === undefined) throw gone();
      await tx
        .updateTable('User')
        .set({ passwordHash, failedSignIns: 0, lockedUntil: null })
        .where('id', '=', user.id)
        .execute();
    });
    return this.#open(user, client, 'user.setPassword');
  }

  /**
   * Changes the actor's own password, and ends every other session of theirs. API keys stay.
   * @throws PlatformError FORBIDDEN for an API key; VALIDATION_FAILED for a wrong or a weak password; RATE_LIMITED
   */
  async changePassword(actor: Actor, current: string, wanted: string): Promise<void> {
    const { userId, sessionId } = actor;
    if (sessionId === null) {
      throw new PlatformError('FORBIDDEN', 'an API key cannot change a password', {
        remedy: 'sign in with the password',
      });
    }
    const now = this.#clock.now();
    const user = await this.#db
      .selectFrom('User')
      .selectAll()
      .where('id', '=', userId)
      .executeTakeFirstOrThrow();
    assertNotLocked(user, now);
    if (!(await isPassword(current, user.passwordHash))) {
      await this.#countFailure(userId, now);
      throw invalid('input.currentPassword', '(not shown)', 'must be your password as it is now');
    }
    assertGoodPassword('input.newPassword', wanted, user.username);
    const passwordHash = await hashPassword(wanted);
    await this.#db.transaction().execute(async (tx) => {
      await tx
        .updateTable('User')
        .set({ passwordHash, failedSignIns: 0, lockedUntil: null })
        .where('id', '=', userId)
        .execute();
      await tx.deleteFrom('UserSession').where('userId', '=', userId).where('id', '!=', sessionId).execute();
      await audit(tx, { action: 'user.setPassword', outcome: 'SUCCEEDED', at: now, actor });
    });
    await this.announceChange(userId);
  }

  /** Who a session cookie belongs to; `undefined` for one that ended. */
  async findActor(secret: string, client: Client): Promise<Actor | undefined> {
    const now = this.#clock.now();
    const idleSince = new Date(now.getTime() - this.#settings.get('session.idle.minutes') * 60_000);
    const found = await this.#db
      .selectFrom('UserSession')
      .innerJoin('User', 'User.id', 'UserSession.userId')
      .innerJoin('Account', 'Account.id', 'User.accountId')
      .select([
        'UserSession.id as sessionId',
        'UserSession.lastSeenAt',
        'User.id as userId',
        'User.username',
        'User.accountId',
        'Account.domainId',
        'Account.role',
      ])
      .where('UserSession.tokenHash', '=', hashSecret(secret))
      .where('UserSession.expiresAt', '>', now)
      .where('UserSession.lastSeenAt', '>', idleSince)
      .where('User.state', '=', 'ENABLED')
      .where('Account.state', '=', 'ENABLED')
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const { lastSeenAt, ...actor } = found;
    if (now.getTime() - lastSeenAt.getTime() > seenEveryMs) {
      await this.#db
        .updateTable('UserSession')
        .set({ lastSeenAt: now })
        .where('id', '=', actor.sessionId)
        .execute();
    }
    return { ...actor, apiKeyId: null, clientAddress: client.address };
  }

  /** Ends one of the actor's own sessions. @throws PlatformError NOT_FOUND */
  async end(actor: Actor, sessionId: Id<'UserSession'>): Promise<void> {
    await this.#db.transaction().execute(async (tx) => {
      const ended = await tx
        .deleteFrom('UserSession')
        .where('id', '=', sessionId)
        .where('userId', '=', actor.userId)
        .returning('id')
        .executeTakeFirst();
      if (ended === undefined) throw new PlatformError('NOT_FOUND', `there is no session ${sessionId}`);
      await audit(tx, { action: 'session.end', outcome: 'SUCCEEDED', at: this.#clock.now(), actor });
    });
    await this.announceChange(actor.userId);
  }

  list(actor: Actor): Promise<Row<'UserSession'>[]> {
    return this.#db
      .selectFrom('UserSession')
      .selectAll()
      .where('userId', '=', actor.userId)
      .where('expiresAt', '>', this.#clock.now())
      .orderBy('lastSeenAt', 'desc')
      .execute();
  }

  /** What a user may do has changed: open sockets on every server are looked at again. */
  async announceChange(userId: Id<'User'>): Promise<void> {
    this.#onEnded(userId);
    await this.#bus.send(undefined, 'access.changed', { userId });
  }

  async #open(user: Row<'User'>, client: Client, action: string): Promise<NewSession> {
    const now = this.#clock.now();
    const secret = newSecret();
    const expiresAt = new Date(now.getTime() + this.#settings.get('session.absolute.hours') * 3_600_000);
    const account = await this.#db
      .selectFrom('Account')
      .select(['domainId', 'role'])
      .where('id', '=', user.accountId)
      .executeTakeFirstOrThrow();
    const sessionId = newId('UserSession');
    const actor: Actor = {
      userId: user.id,
      username: user.username,
      accountId: user.accountId,
      ...account,
      sessionId,
      apiKeyId: null,
      clientAddress: client.address,
    };
    await this.#db.transaction().execute(async (tx) => {
      await tx
        .insertInto('UserSession')
        .values({
          id: sessionId,
          userId: user.id,
          tokenHash: hashSecret(secret),
          clientAddress: client.address,
          userAgent: client.userAgent.slice(0, 255),
          createdAt: now,
          lastSeenAt: now,
          expiresAt,
        })
        .execute();
      await audit(tx, { action, outcome: 'SUCCEEDED', at: now, actor });
    });
    return { actor, secret, expiresAt };
  }

  async #isEnabled(user: Row<'User'>): Promise<boolean> {
    if (user.state !== 'ENABLED') return false;
    const account = await this.#db
      .selectFrom('Account')
      .select('state')
      .where('id', '=', user.accountId)
      .executeTakeFirst();
    return account?.state === 'ENABLED';
  }

  async #countFailure(userId: Id<'User'>, now: Date): Promise<void> {
    const { failedSignIns } = await this.#db
      .updateTable('User')
      .set((row) => ({ failedSignIns: row('failedSignIns', '+', 1) }))
      .where('id', '=', userId)
      .returning('failedSignIns')
      .executeTakeFirstOrThrow();
    const beyond = failedSignIns - this.#settings.get('signin.attempts.before.lock');
    if (beyond < 0) return;
    const lockedUntil = new Date(
      now.getTime() + Math.min(longestLockMs, firstLockMs * 2 ** Math.min(beyond, 20)),
    );
    await this.#db.updateTable('User').set({ lockedUntil }).where('id', '=', userId).execute();
  }

  #refuse(username: string, client: Client, outcome: string): Promise<void> {
    return audit(this.#db, {
      action: 'session.signIn',
      outcome,
      at: this.#clock.now(),
      actor: null,
      actorName: username.slice(0, 64),
      clientAddress: client.address,
      accountId: null,
    });
  }
}

function isLocked({ lockedUntil }: Row<'User'>, now: Date): boolean {
  return lockedUntil !== null && lockedUntil > now;
}

/** @throws PlatformError RATE_LIMITED while a user is locked out after wrong passwords */
function assertNotLocked(user: Row<'User'>, now: Date): void {
  if (!isLocked(user, now)) return;
  throw new PlatformError('RATE_LIMITED', 'too many wrong passwords; this user is locked out for a while', {
    details: { retryAt: user.lockedUntil?.toISOString() },
    remedy: 'wait, then try again',
  });
}

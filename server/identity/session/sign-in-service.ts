import type { Database, Row } from '@nephos/model/database.ts';
import type { SignInMethod } from '@nephos/model/generated/enums.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { audit, type AuditFacts } from '../../platform/audit.ts';
import { PlatformError, type ErrorCode } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { findActorRow } from '../access/actor-store.ts';
import type { DirectoryUsers, NotFound } from '../identity-provider/directory-users.ts';
import type { SecondFactorService } from '../second-factor/second-factor-service.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { assertGoodPassword, hashPassword, isPassword } from '../user/password.ts';
import type { LockOut } from './lock-out.ts';
import type { Client, NewSession, SessionService } from './session-service.ts';

/** What a sign-in led to: a session, or the question for a second factor. */
export interface SignInResult {
  username: string;
  session: NewSession | null;
  challenge: { secret: string; expiresAt: Date } | null;
}

export interface SignInInput {
  username: string;
  password: string;
  /** Path of the domain whose directories are asked for users that are not known; ROOT when left out. */
  domain?: string | null | undefined;
}

/** What somebody typed, with a sign that is in no name in the place of those that no database takes. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\u{fffd}');
}

export interface SignInOptions {
  db: Database;
  clock: Clock;
  settings: Settings;
  access: AccessNotices;
  sessions: SessionService;
  lockOut: LockOut;
  secondFactors: SecondFactorService;
  directories: DirectoryUsers;
}

/** A challenge waits this long for its code, and takes this many wrong ones. */
const challengeMs = 5 * 60_000;
const mostWrongCodes = 5;

/** Signing in, step by step: no step can be left out, because only the last one makes a session. */
export class SignInService {
  readonly #options: SignInOptions;

  constructor(options: SignInOptions) {
    this.#options = options;
  }

  /**
   * Signs in with name and password, of this cloud or of a directory.
   * @throws PlatformError UNAUTHENTICATED, the same for a wrong name and a wrong password; RATE_LIMITED while locked
   */
  async signIn(typed: SignInInput, client: Client): Promise<SignInResult> {
    const { db, lockOut } = this.#options;
    const input = { ...typed, username: printable(typed.username), domain: printable(typed.domain ?? '/') };
    const named = await db
      .selectFrom('User')
      .selectAll()
      // All names are in lower case; directories do not care, and must not be a way around the lock-out.
      .where('username', '=', input.username.toLowerCase())
      .executeTakeFirst();
    if (named !== undefined) await this.#assertNotLocked(named, client);
    const proved = await this.#prove(named, input);
    if ('problem' in proved) {
      const meant = proved.userId === undefined ? named : await this.#user(proved.userId);
      if (meant !== undefined) await lockOut.countFailure(meant.id);
      await this.#refused(attemptOf(input.username, client, meant), 'UNAUTHENTICATED', proved.problem);
      throw wrongCredentials();
    }
    const { user, method } = proved;
    await this.#assertNotLocked(user, client);
    if (!(await this.#isEnabled(user.id))) {
      await this.#refused(attemptOf(input.username, client, user), 'UNAUTHENTICATED', 'NOT_ENABLED');
      throw wrongCredentials();
    }
    return this.#goOn(user, method, client);
  }

  /**
   * Shows the second factor that a sign-in asked for: a code of the authenticator app, or a recovery code.
   * @throws PlatformError UNAUTHENTICATED for a wrong code, and for a challenge that is over; RATE_LIMITED
   */
  async completeSignIn(challenge: string, code: string, client: Client): Promise<SignInResult> {
    const { db, clock, lockOut, secondFactors, sessions } = this.#options;
    const tokenHash = hashSecret(challenge);
    // Counted before the code is looked at: codes sent at the same moment count one by one, too.
    const attempt = await db
      .updateTable('SignInChallenge')
      .set((row) => ({ failures: row('failures', '+', 1) }))
      .where('tokenHash', '=', tokenHash)
      .where('expiresAt', '>', clock.now())
      .where('failures', '<', mostWrongCodes)
      .returning(['userId', 'method', 'failures'])
      .executeTakeFirst();
    if (attempt === undefined) throw challengeOver();
    const user = await this.#user(attempt.userId);
    await this.#assertNotLocked(user, client);
    const secondFactor = await secondFactors.check(user, code);
    const left = mostWrongCodes - attempt.failures;
    if (secondFactor !== null || left === 0) {
      const closed = await db
        .deleteFrom('SignInChallenge')
        .where('tokenHash', '=', tokenHash)
        .returning('userId')
        .executeTakeFirst();
      if (closed === undefined) throw challengeOver();
    }
    if (secondFactor === null) {
      await lockOut.countFailure(user.id);
      await this.#refused(attemptOf(user.username, client, user), 'UNAUTHENTICATED', 'WRONG_CODE');
      throw new PlatformError('UNAUTHENTICATED', 'the code is wrong, or was used already', {
        details: { attemptsLeft: left },
        remedy: left > 0 ? 'take the code that the app shows now' : 'sign in again',
      });
    }
    const session = await sessions.open(user.id, { method: attempt.method, secondFactor }, client);
    await lockOut.forgive(user);
    return { username: user.username, session, challenge: null };
  }

  /**
   * Sets a password by a one-time link and signs in.
   * @throws PlatformError UNAUTHENTICATED for a link that was used, ran out or never was; VALIDATION_FAILED
   */
  async useSetupLink(secret: string, password: string, client: Client): Promise<SignInResult> {
    const { db, clock, settings, access } = this.#options;
    const tokenHash = hashSecret(secret);
    const user = await db
      .selectFrom('SetupLink')
      .innerJoin('User', 'User.id', 'SetupLink.userId')
      .selectAll('User')
      .where('SetupLink.tokenHash', '=', tokenHash)
      .where('SetupLink.expiresAt', '>', clock.now())
      .where('User.identityProviderId', 'is', null)
      .executeTakeFirst();
    const gone = () =>
      new PlatformError('UNAUTHENTICATED', 'this link was used already, or its time is over');
    if (user === undefined) throw gone();
    assertGoodPassword('input.password', password, user.username, settings.get('password.min.length'));
    const passwordHash = await hashPassword(password);
    await db.transaction().execute(async (tx) => {
      const used = await tx
        .deleteFrom('SetupLink')
        .where('tokenHash', '=', tokenHash)
        .returning('userId')
        .executeTakeFirst();
      if (used === undefined) throw gone();
      await tx
        .updateTable('User')
        .set({ passwordHash, mustChangePassword: false, failedSignIns: 0, lockedUntil: null })
        .where('id', '=', user.id)
        .execute();
      // Whoever knew the password before is out.
      await tx.deleteFrom('UserSession').where('userId', '=', user.id).execute();
      await tx.deleteFrom('SignInChallenge').where('userId', '=', user.id).execute();
    });
    await access.announce({ userId: user.id });
    return this.#goOn(user, 'SETUP_LINK', client);
  }

  /** The first factor is shown: asks for the second where there is one, and begins the session otherwise. */
  async #goOn(user: Row<'User'>, method: SignInMethod, client: Client): Promise<SignInResult> {
    const { db, clock, lockOut, sessions } = this.#options;
    const { username } = user;
    if (user.totpConfirmedAt === null) {
      const action = method === 'SETUP_LINK' ? 'user.setPassword' : 'session.signIn';
      const session = await sessions.open(user.id, { method, action }, client);
      await lockOut.forgive(user);
      return { username, session, challenge: null };
    }
    const at = clock.now();
    const secret = newSecret();
    const expiresAt = new Date(at.getTime() + challengeMs);
    await db
      .insertInto('SignInChallenge')
      .values({ tokenHash: hashSecret(secret), userId: user.id, method, expiresAt })
      .execute();
    await audit(db, {
      action: 'session.askSecondFactor',
      outcome: 'SUCCEEDED',
      at,
      actor: null,
      ...attemptOf(username, client, user),
      details: { method },
    });
    return { username, session: null, challenge: { secret, expiresAt } };
  }

  /**
   * Whose name and password these are. For every name about the same work is done: a hash is computed, and the
   * directories are asked. They never see the password that was tried for a user of this cloud.
   */
  async #prove(
    named: Row<'User'> | undefined,
    { username, password, domain }: SignInInput & { domain: string },
  ): Promise<{ user: Row<'User'>; method: SignInMethod } | NotFound> {
    const isLocal = named?.identityProviderId === null;
    const isRight = await isPassword(password, isLocal ? named.passwordHash : null);
    if (isLocal && isRight) return { user: named, method: 'PASSWORD' };
    const found = await this.#options.directories.find({
      username,
      password: isLocal ? newSecret() : password,
      providerId: named?.identityProviderId ?? null,
      domain,
    });
    if (isLocal) return { problem: 'WRONG_PASSWORD' };
    if ('problem' in found) return found;
    return { user: await this.#user(found.userId), method: 'LDAP' };
  }

  async #isEnabled(userId: Id<'User'>): Promise<boolean> {
    const found = await findActorRow(this.#options.db, { where: sql<boolean>`u."id" = ${userId}` });
    return found !== undefined;
  }

  #user(id: Id<'User'>): Promise<Row<'User'>> {
    return this.#options.db.selectFrom('User').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  }

  async #assertNotLocked(user: Row<'User'>, client: Client): Promise<void> {
    const { lockOut } = this.#options;
    if (lockOut.isLocked(user)) await this.#refused(attemptOf(user.username, client, user), 'RATE_LIMITED');
    lockOut.assertNotLocked(user);
  }

  #refused(attempt: Attempt, outcome: ErrorCode, problem?: string): Promise<void> {
    const { db, clock } = this.#options;
    const details = problem === undefined ? {} : { details: { problem } };
    return audit(db, {
      action: 'session.signIn',
      outcome,
      at: clock.now(),
      actor: null,
      ...attempt,
      ...details,
    });
  }
}

/** Who tried to sign in, for the audit log. */
type Attempt = Pick<AuditFacts, 'actorName' | 'userId' | 'accountId' | 'clientAddress'>;

function attemptOf(name: string, client: Client, user: Row<'User'> | undefined): Attempt {
  return {
    actorName: name.slice(0, 64),
    clientAddress: client.address,
    accountId: user?.accountId ?? null,
    ...(user && { userId: user.id }),
  };
}

function wrongCredentials(): PlatformError {
  return new PlatformError(
    'UNAUTHENTICATED',
    'the user name or the password is wrong, or the account is not enabled',
  );
}

function challengeOver(): PlatformError {
  return new PlatformError('UNAUTHENTICATED', 'this sign-in is over; it has to be begun anew', {
    remedy: 'sign in again',
  });
}

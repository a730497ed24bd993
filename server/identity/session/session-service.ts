import type { Database, Row } from '@nephos/model/database.ts';
import type { SignInMethod } from '@nephos/model/generated/enums.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { audit } from '../../platform/audit.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { findActorRow } from '../access/actor-store.ts';
import { demand, getGuarded } from '../access/guarded-loader.ts';
import { assertMayRule } from '../access/rank.ts';
import { scopeOf } from '../access/visibility.ts';
import { hashSecret, newSecret } from '../secrets.ts';

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

/** How somebody proved who they are, for the session and the audit log. */
export interface Proof {
  method: SignInMethod;
  /** Action of the audit event; `session.signIn` when left out. */
  action?: string;
  secondFactor?: 'TOTP' | 'RECOVERY_CODE';
}

interface SessionFacts {
  sessionId: Id<'UserSession'>;
  lastSeenAt: string;
  expiresAt: string;
}

/** `lastSeenAt` is written at most this often. */
const seenEveryMs = 60_000;

/** Sessions of browsers: who a cookie belongs to, and for how long. */
export class SessionService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #access: AccessNotices;

  constructor(options: { db: Database; clock: Clock; settings: Settings; access: AccessNotices }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#access = options.access;
  }

  /**
   * Begins a session for somebody who proved who they are.
   * @throws PlatformError UNAUTHENTICATED when the user, the account or the domain is not enabled
   */
  async open(userId: Id<'User'>, proof: Proof, client: Client): Promise<NewSession> {
    const now = this.#clock.now();
    const secret = newSecret();
    const expiresAt = new Date(now.getTime() + this.#settings.get('session.absolute.hours') * 3_600_000);
    const found = await findActorRow(this.#db, { where: sql<boolean>`u."id" = ${userId}` });
    if (found === undefined)
      throw new PlatformError('UNAUTHENTICATED', 'the user or the account is not enabled');
    const sessionId = newId('UserSession');
    const actor = found.actor({ sessionId, apiKeyId: null, clientAddress: client.address, expiresAt });
    const { method, action = 'session.signIn', secondFactor } = proof;
    await this.#db.transaction().execute(async (tx) => {
      await tx
        .insertInto('UserSession')
        .values({
          id: sessionId,
          userId,
          method,
          tokenHash: hashSecret(secret),
          clientAddress: client.address,
          userAgent: client.userAgent.slice(0, 255),
          createdAt: now,
          lastSeenAt: now,
          expiresAt,
        })
        .execute();
      const details = { method, ...(secondFactor && { secondFactor }) };
      await audit(tx, { action, outcome: 'SUCCEEDED', at: now, actor, details });
    });
    return { actor, secret, expiresAt };
  }

  /** Who a session cookie belongs to; `undefined` for one that ended. */
  async findActor(secret: string, client: Client): Promise<Actor | undefined> {
    const now = this.#clock.now();
    const idleSince = new Date(now.getTime() - this.#settings.get('session.idle.minutes') * 60_000);
    const found = await findActorRow<SessionFacts>(this.#db, {
      join: sql`join "UserSession" s on s."userId" = u."id"`,
      columns: sql`json_build_object('sessionId', s."id", 'lastSeenAt', s."lastSeenAt", 'expiresAt', s."expiresAt")`,
      where: sql<boolean>`s."tokenHash" = ${hashSecret(secret)} and s."expiresAt" > ${now} and s."lastSeenAt" > ${idleSince}`,
    });
    if (found === undefined) return undefined;
    const { sessionId, lastSeenAt, expiresAt } = found.extra;
    if (now.getTime() - new Date(lastSeenAt).getTime() > seenEveryMs) {
      await this.#db
        .updateTable('UserSession')
        .set({ lastSeenAt: now })
        .where('id', '=', sessionId)
        .execute();
    }
    return found.actor({
      sessionId,
      apiKeyId: null,
      clientAddress: client.address,
      expiresAt: new Date(expiresAt),
    });
  }

  /** The actor's own sessions, the last used first. */
  list(actor: Actor): Promise<Row<'UserSession'>[]> {
    return this.#db
      .selectFrom('UserSession')
      .selectAll()
      .where('userId', '=', actor.userId)
      .where('expiresAt', '>', this.#clock.now())
      .orderBy('lastSeenAt', 'desc')
      .execute();
  }

  /** Sessions of a user whom the actor administers. @throws PlatformError NOT_FOUND, FORBIDDEN */
  async listOf(actor: Actor, userId: Id<'User'>): Promise<Row<'UserSession'>[]> {
    if (userId !== actor.userId) await getGuarded(this.#db, actor, 'User', userId, 'session.list');
    return this.#db
      .selectFrom('UserSession')
      .selectAll()
      .where('userId', '=', userId)
      .where(scopeOf(actor, 'UserSession'))
      .where('expiresAt', '>', this.#clock.now())
      .orderBy('lastSeenAt', 'desc')
      .execute();
  }

  /**
   * Ends a session: one's own, or one of a user whom the actor may lock out.
   * @throws PlatformError NOT_FOUND, FORBIDDEN
   */
  async end(actor: Actor, sessionId: Id<'UserSession'>): Promise<void> {
    // Whoever has no rights yet, with a password that must be changed first, may leave all the same.
    if (sessionId !== actor.sessionId) demand(actor, 'session.revoke');
    const userId = await this.#db.transaction().execute(async (tx) => {
      const ended = await tx
        .deleteFrom('UserSession')
        .where('id', '=', sessionId)
        .where((row) => row.or([row('userId', '=', actor.userId), scopeOf(actor, 'UserSession')]))
        .returning('userId')
        .executeTakeFirst();
      if (ended === undefined) throw new PlatformError('NOT_FOUND', `there is no session ${sessionId}`);
      await this.#assertMayEnd(tx, actor, ended.userId);
      await audit(tx, {
        action: 'session.end',
        outcome: 'SUCCEEDED',
        at: this.#clock.now(),
        actor,
        target: { kind: 'UserSession', id: sessionId },
      });
      return ended.userId;
    });
    await this.#access.announce({ userId });
  }

  /**
   * Ends all sessions of a user but the one that asks.
   * @returns how many ended
   * @throws PlatformError NOT_FOUND, FORBIDDEN
   */
  async endAll(actor: Actor, userId: Id<'User'>): Promise<number> {
    const count = await this.#db.transaction().execute(async (tx) => {
      await this.#assertMayEnd(tx, actor, userId);
      const ended = await tx
        .deleteFrom('UserSession')
        .where('userId', '=', userId)
        .where('id', '!=', actor.sessionId ?? ('' as Id<'UserSession'>))
        .returning('id')
        .execute();
      await audit(tx, {
        action: 'session.endAll',
        outcome: 'SUCCEEDED',
        at: this.#clock.now(),
        actor,
        target: { kind: 'User', id: userId },
        details: { sessions: ended.length },
      });
      return ended.length;
    });
    await this.#access.announce({ userId });
    return count;
  }

  /** Everybody may sign themselves out; throwing others out is for those who could lock them out as well. */
  async #assertMayEnd(
    tx: Parameters<typeof assertMayRule>[0],
    actor: Actor,
    userId: Id<'User'>,
  ): Promise<void> {
    if (userId === actor.userId) return;
    demand(actor, 'session.revoke');
    const user = await getGuarded(tx, actor, 'User', userId, 'user.lock');
    const account = await tx
      .selectFrom('Account')
      .selectAll()
      .where('id', '=', user.accountId)
      .executeTakeFirstOrThrow();
    await assertMayRule(tx, actor, account);
  }
}

import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import type { Mutation, Mutations } from '../../platform/mutations.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { Check } from '../../platform/validation.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { findActorRow } from '../access/actor-store.ts';
import { getForChange, getGuarded } from '../access/guarded-loader.ts';
import { isPermissionPattern, matchesPattern } from '../access/permissions.ts';
import { assertMayRule } from '../access/rank.ts';
import { scopeOf } from '../access/visibility.ts';
import { releaseLimits, takeLimits } from '../limit/limits.ts';
import { hashSecret, newSecret } from '../secrets.ts';
import { isAllowedFrom, isNetworkWithin, normalNetwork } from './allowed-networks.ts';

export interface CreateApiKeyInput {
  name: string;
  /** Permission patterns; empty or absent: all that the owner may. */
  scopes?: readonly string[] | null | undefined;
  /** Networks that it may be used from; empty or absent: any. */
  allowedCidrs?: readonly string[] | null | undefined;
  expiresAt?: Date | null | undefined;
}

/** What a key is confined to. */
interface Confinement {
  scopes: string[];
  allowedCidrs: string[];
  expiresAt: Date | null;
}

interface KeyFacts {
  apiKeyId: Id<'ApiKey'>;
  lastUsedAt: string | null;
  expiresAt: string | null;
  scopes: string[];
  allowedCidrs: string[];
}

/** Bearer tokens begin so, that a leaked one is recognised. */
const tokenPrefix = 'nephos_';
const usedEveryMs = 60_000;
const mostEntries = 100;

/** Programs' ways in. */
export class ApiKeyService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #settings: Settings;
  readonly #mutations: Mutations;
  readonly #access: AccessNotices;

  constructor(options: {
    db: Database;
    clock: Clock;
    settings: Settings;
    mutations: Mutations;
    access: AccessNotices;
  }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#settings = options.settings;
    this.#mutations = options.mutations;
    this.#access = options.access;
  }

  /**
   * Makes a key for the actor. One that is made by a key is never wider than that.
   * @returns the key, and its token: shown now and never again
   * @throws PlatformError VALIDATION_FAILED, RESOURCE_LIMIT_EXCEEDED
   */
  async create(actor: Actor, input: CreateApiKeyInput): Promise<{ apiKeyId: Id<'ApiKey'>; token: string }> {
    const confinement = checkKey(input, this.#clock.now());
    const token = `${tokenPrefix}${newSecret()}`;
    const { apiKeyId } = await this.#mutations.run(
      { action: 'apiKey.create', actor, input: {} },
      async (mutation) => {
        await assertNotWider(mutation, actor, confinement);
        const id = newId('ApiKey');
        try {
          await mutation.tx
            .insertInto('ApiKey')
            .values({
              id,
              userId: actor.userId,
              name: input.name,
              tokenHash: hashSecret(token),
              createdAt: mutation.at,
              ...confinement,
            })
            .execute();
        } catch (error) {
          if (isUniqueViolation(error))
            throw invalid('input.name', input.name, 'is the name of another of your keys');
          throw error;
        }
        const { scopes, allowedCidrs, expiresAt } = confinement;
        mutation.concerns('ApiKey', id, undefined, {
          name: input.name,
          scopes,
          allowedCidrs,
          expiresAt: expiresAt?.toISOString() ?? null,
        });
        await takeLimits(mutation.tx, this.#settings, actor.accountId, { API_KEY: 1n });
        return { apiKeyId: id };
      },
    );
    return { apiKeyId, token };
  }

  /**
   * Deletes a key of the actor, or of a user that the actor rules over; its open sockets close.
   * @throws PlatformError NOT_FOUND, FORBIDDEN
   */
  async delete(actor: Actor, id: Id<'ApiKey'>): Promise<void> {
    const action = 'apiKey.delete';
    const key = await this.#mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const { userId } = await getForChange(tx, actor, 'ApiKey', id, action);
      const user = await tx
        .selectFrom('User')
        .select(['accountId', 'username'])
        .where('id', '=', userId)
        .executeTakeFirstOrThrow();
      if (userId !== actor.userId) await assertMayRule(tx, actor, await getAccount(tx, user.accountId));
      const deleted = await tx.deleteFrom('ApiKey').where('id', '=', id).returning('name').executeTakeFirst();
      if (deleted === undefined) throw notFound('API key', id);
      mutation.concerns('ApiKey', id, user.accountId, { name: deleted.name, username: user.username });
      await releaseLimits(tx, user.accountId, { API_KEY: 1n });
      return { userId };
    });
    await this.#access.announce({ userId: key.userId });
  }

  /** The actor's own keys, by name. */
  list(actor: Actor): Promise<Row<'ApiKey'>[]> {
    return this.#ofUser(actor, actor.userId);
  }

  /** The keys of a user whom the actor administers. @throws PlatformError NOT_FOUND, FORBIDDEN */
  async listOf(actor: Actor, userId: Id<'User'>): Promise<Row<'ApiKey'>[]> {
    const user = await getGuarded(this.#db, actor, 'User', userId, 'apiKey.list');
    return this.#ofUser(actor, user.id);
  }

  async #ofUser(actor: Actor, userId: Id<'User'>): Promise<Row<'ApiKey'>[]> {
    const { rows } = await sql<Row<'ApiKey'>>`
      select * from "ApiKey" where "userId" = ${userId} and ${scopeOf(actor, 'ApiKey')} order by "name"`.execute(
      this.#db,
    );
    return rows;
  }

  /** Who a bearer token belongs to; `undefined` for one that is none, ran out, was deleted or comes from elsewhere. */
  async findActor(token: string, clientAddress: string): Promise<Actor | undefined> {
    if (!token.startsWith(tokenPrefix)) return undefined;
    const now = this.#clock.now();
    const found = await findActorRow<KeyFacts>(this.#db, {
      join: sql`join "ApiKey" k on k."userId" = u."id"`,
      columns: sql`json_build_object('apiKeyId', k."id", 'lastUsedAt', k."lastUsedAt", 'expiresAt', k."expiresAt",
        'scopes', k."scopes", 'allowedCidrs', k."allowedCidrs")`,
      where: sql<boolean>`k."tokenHash" = ${hashSecret(token)} and (k."expiresAt" is null or k."expiresAt" > ${now})`,
    });
    if (found === undefined) return undefined;
    const { apiKeyId, lastUsedAt, expiresAt, scopes, allowedCidrs } = found.extra;
    if (!isAllowedFrom(clientAddress, allowedCidrs)) return undefined;
    if (lastUsedAt === null || now.getTime() - new Date(lastUsedAt).getTime() > usedEveryMs) {
      await this.#db
        .updateTable('ApiKey')
        .set({ lastUsedAt: now, lastUsedAddress: clientAddress })
        .where('id', '=', apiKeyId)
        .execute();
    }
    return found.actor({
      sessionId: null,
      apiKeyId,
      clientAddress,
      expiresAt: expiresAt === null ? null : new Date(expiresAt),
      scopes,
    });
  }
}

function getAccount(tx: Transaction, id: Id<'Account'>): Promise<Row<'Account'>> {
  return tx.selectFrom('Account').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** @throws PlatformError VALIDATION_FAILED */
function checkKey(input: CreateApiKeyInput, now: Date): Confinement {
  const { name, scopes, allowedCidrs, expiresAt } = input;
  const check = new Check();
  check.name('input.name', name);
  check.that(!expiresAt || expiresAt > now, 'input.expiresAt', expiresAt, 'must lie in the future');
  for (const [path, list] of [
    ['input.scopes', scopes],
    ['input.allowedCidrs', allowedCidrs],
  ] as const)
    check.that((list?.length ?? 0) <= mostEntries, path, list?.length, `must be at most ${mostEntries}`);
  for (const [index, scope] of (scopes ?? []).entries())
    check.that(
      isPermissionPattern(scope),
      `input.scopes.${index}`,
      scope,
      'must be a permission, or a pattern of permissions: virtualMachine.start, virtualMachine.*, *.list, *',
    );
  const networks = (allowedCidrs ?? []).map((text, index) => {
    const network = normalNetwork(text);
    const rule = 'must be an IPv4 or IPv6 network like 10.0.0.0/8 or 2001:db8::/32';
    check.that(network !== undefined, `input.allowedCidrs.${index}`, text, rule);
    return network ?? text;
  });
  check.done();
  return {
    scopes: [...new Set(scopes)],
    allowedCidrs: [...new Set(networks)],
    expiresAt: expiresAt ?? null,
  };
}

/**
 * A key that was made by a key ends with it at the latest, and may do no more, from nowhere else; not even when its
 * owner's role grows.
 * @throws PlatformError VALIDATION_FAILED
 */
async function assertNotWider({ tx }: Mutation, actor: Actor, wanted: Confinement): Promise<void> {
  if (actor.apiKeyId === null) return;
  const own = await tx
    .selectFrom('ApiKey')
    .select(['scopes', 'allowedCidrs', 'expiresAt'])
    .where('id', '=', actor.apiKeyId)
    .executeTakeFirstOrThrow();
  const check = new Check();
  check.that(
    isConfined(wanted.scopes, own.scopes, (scope, outer) => matchesPattern(outer, scope)),
    'input.scopes',
    wanted.scopes,
    `must lie within the scopes of the key that makes it: ${own.scopes.join(', ')}`,
  );
  check.that(
    isConfined(wanted.allowedCidrs, own.allowedCidrs, isNetworkWithin),
    'input.allowedCidrs',
    wanted.allowedCidrs,
    `must lie within the networks of the key that makes it: ${own.allowedCidrs.join(', ')}`,
  );
  check.that(
    own.expiresAt === null || (wanted.expiresAt !== null && wanted.expiresAt <= own.expiresAt),
    'input.expiresAt',
    wanted.expiresAt,
    `must not lie after the end of the key that makes it: ${own.expiresAt?.toISOString() ?? ''}`,
  );
  check.done();
}

/** Whether each entry lies within one of the outer ones; an empty list stands for everything. */
function isConfined(
  inner: readonly string[],
  outer: readonly string[],
  isWithin: (inner: string, outer: string) => boolean,
): boolean {
  if (outer.length === 0) return true;
  return inner.length > 0 && inner.every((each) => outer.some((wide) => isWithin(each, wide)));
}

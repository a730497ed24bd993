import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, notFound } from '../../platform/errors.ts';
import type { Mutations } from '../../platform/mutations.ts';
import { Check } from '../../platform/validation.ts';
import { hashSecret, newSecret } from '../secrets.ts';

export interface CreateApiKeyInput {
  name: string;
  expiresAt?: Date | null | undefined;
}

/** Bearer tokens begin so, that a leaked one is recognised. */
const tokenPrefix = 'nephos_';
const usedEveryMs = 60_000;

/** Programs' ways in. */
export class ApiKeyService {
  readonly #db: Database;
  readonly #clock: Clock;
  readonly #mutations: Mutations;

  constructor(options: { db: Database; clock: Clock; mutations: Mutations }) {
    this.#db = options.db;
    this.#clock = options.clock;
    this.#mutations = options.mutations;
  }

  /** @returns the key, and its token: shown now and never again */
  async create(actor: Actor, input: CreateApiKeyInput): Promise<{ apiKeyId: Id<'ApiKey'>; token: string }> {
    const check = new Check();
    check.name('input.name', input.name);
    const { expiresAt } = input;
    check.that(
      !expiresAt || expiresAt > this.#clock.now(),
      'input.expiresAt',
      expiresAt,
      'must lie in the future',
    );
    check.done();
    const token = `${tokenPrefix}${newSecret()}`;
    const { apiKeyId } = await this.#mutations.run(
      { action: 'apiKey.create', actor, input: {} },
      async (mutation) => {
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
              expiresAt: expiresAt ?? null,
            })
            .execute();
        } catch (error) {
          if (isUniqueViolation(error))
            throw invalid('input.name', input.name, 'is the name of another of your keys');
          throw error;
        }
        mutation.concerns('ApiKey', id, undefined, { name: input.name });
        return { apiKeyId: id };
      },
    );
    return { apiKeyId, token };
  }

  /** @throws PlatformError NOT_FOUND */
  async delete(actor: Actor, id: Id<'ApiKey'>): Promise<void> {
    await this.#mutations.run({ action: 'apiKey.delete', actor, input: {} }, async (mutation) => {
      const deleted = await mutation.tx
        .deleteFrom('ApiKey')
        .where('id', '=', id)
        .where('userId', '=', actor.userId)
        .returning('name')
        .executeTakeFirst();
      if (deleted === undefined) throw notFound('API key', id);
      mutation.concerns('ApiKey', id, undefined, { name: deleted.name });
      return {};
    });
  }

  list(actor: Actor): Promise<Row<'ApiKey'>[]> {
    return this.#db
      .selectFrom('ApiKey')
      .selectAll()
      .where('userId', '=', actor.userId)
      .orderBy('name')
      .execute();
  }

  /** Who a bearer token belongs to; `undefined` for one that is none, ran out or was deleted. */
  async findActor(token: string, clientAddress: string): Promise<Actor | undefined> {
    if (!token.startsWith(tokenPrefix)) return undefined;
    const now = this.#clock.now();
    const found = await this.#db
      .selectFrom('ApiKey')
      .innerJoin('User', 'User.id', 'ApiKey.userId')
      .innerJoin('Account', 'Account.id', 'User.accountId')
      .select([
        'ApiKey.id as apiKeyId',
        'ApiKey.lastUsedAt',
        'User.id as userId',
        'User.username',
        'User.accountId',
        'Account.domainId',
        'Account.role',
      ])
      .where('ApiKey.tokenHash', '=', hashSecret(token))
      .where((key) => key.or([key('ApiKey.expiresAt', 'is', null), key('ApiKey.expiresAt', '>', now)]))
      .where('User.state', '=', 'ENABLED')
      .where('Account.state', '=', 'ENABLED')
      .executeTakeFirst();
    if (found === undefined) return undefined;
    const { lastUsedAt, ...actor } = found;
    if (lastUsedAt === null || now.getTime() - lastUsedAt.getTime() > usedEveryMs) {
      await this.#db
        .updateTable('ApiKey')
        .set({ lastUsedAt: now })
        .where('id', '=', actor.apiKeyId)
        .execute();
    }
    return { ...actor, sessionId: null, clientAddress };
  }
}

import type { Database, Row } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { Check } from '../../platform/validation.ts';

/** `list.virtualMachines`, `view.hosts.01j…` */
const keyPattern = /^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;
const longestKey = 120;
const longestValue = 16_384;
const mostPreferences = 500;

export interface PreferenceInput {
  key: string;
  /** JSON text; `null` removes it. */
  value: string | null;
}

/** What users want as they left it, on every device. Nobody else sees it, and nothing depends on it: it is not audited. */
export class PreferenceService {
  readonly #db: Database;
  readonly #clock: Clock;

  constructor({ db, clock }: { db: Database; clock: Clock }) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The actor's own, by key. @param prefix only those whose key begins so */
  list({ userId }: Actor, prefix: string): Promise<Row<'Preference'>[]> {
    return this.#db
      .selectFrom('Preference')
      .selectAll()
      .where('userId', '=', userId)
      .where(sql<boolean>`starts_with("key", ${prefix})`)
      .orderBy('key')
      .execute();
  }

  /**
   * Keeps, changes or removes one of the actor's. The last one who writes a key wins.
   * @throws PlatformError FORBIDDEN, VALIDATION_FAILED, RESOURCE_LIMIT_EXCEEDED
   */
  async set(actor: Actor, input: PreferenceInput): Promise<Row<'Preference'> | null> {
    if (actor.sessionId === null) {
      throw new PlatformError('FORBIDDEN', 'an API key has no preferences', { remedy: 'sign in first' });
    }
    const { key, value } = input;
    checkPreference(input);
    if (value === null) {
      await this.#db
        .deleteFrom('Preference')
        .where('userId', '=', actor.userId)
        .where('key', '=', key)
        .execute();
      return null;
    }
    const { rows } = await sql<Row<'Preference'>>`
      insert into "Preference" ("userId", "key", "value", "updatedAt")
      select ${actor.userId}, ${key}, ${value}, ${this.#clock.now()}
      where (select count(*) from "Preference" where "userId" = ${actor.userId} and "key" <> ${key}) < ${mostPreferences}
      on conflict ("userId", "key") do update set "value" = excluded."value", "updatedAt" = excluded."updatedAt"
      returning *`.execute(this.#db);
    const [kept] = rows;
    if (kept === undefined) {
      throw new PlatformError(
        'RESOURCE_LIMIT_EXCEEDED',
        `you have ${mostPreferences} preferences, which is the most`,
        {
          remedy: 'delete saved views that you no longer need',
          details: { limit: mostPreferences },
        },
      );
    }
    return kept;
  }
}

/** @throws PlatformError VALIDATION_FAILED */
function checkPreference({ key, value }: PreferenceInput): void {
  const check = new Check();
  check.that(
    key.length <= longestKey && keyPattern.test(key),
    'input.key',
    key,
    `must be up to ${longestKey} characters like list.virtualMachines: letters, digits, _ and - between dots`,
  );
  if (value !== null) {
    const size = Buffer.byteLength(value);
    check.that(size <= longestValue, 'input.value', size, `must be at most ${longestValue} bytes`);
    check.that(size > longestValue || isJson(value), 'input.value', value.slice(0, 120), 'must be JSON text');
  }
  check.done();
}

function isJson(text: string): boolean {
  // PostgreSQL keeps no NUL in text.
  if (text.includes('\0')) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

import type { Database, Transaction } from '@nephos/model/database.ts';
import { invalid, PlatformError } from '../errors.ts';
import { assertVersion, type ExpectsVersion } from '../expected-version.ts';
import { lockName } from '../lock-name.ts';
import type { Bus } from '../servers/bus.ts';
import { isSettingKey, settingsCatalogue, type SettingKey, type SettingValue } from './catalogue.ts';
import type { SettingDefinition, SettingScope } from './definition.ts';

/** A value that somebody gave a setting. */
export interface ChangedSetting {
  /** Empty where it holds everywhere; otherwise the id of what it holds for. */
  scopeId: string;
  value: string;
  version: number;
  changedAt: Date;
  /** Absent for what was changed before this was kept. */
  changedByName: string | null;
}

/** A setting as people see it, everywhere or for one thing. */
export interface ShownSetting {
  key: SettingKey;
  description: string;
  rule: string;
  fallback: string;
  scopes: readonly SettingScope[];
  /** What it is shown for, nearest first, ending with everywhere. */
  place: readonly string[];
  /** Text that is in force. */
  value: string;
  /** Where that was set; absent where it is the default. */
  from: ChangedSetting | undefined;
  /** Values for single things. */
  overrides: readonly ChangedSetting[];
}

/** Everywhere: no thing's id. */
export const everywhere = '';

/** The settings in force, in memory; changes made on any server are read at once. */
export class Settings {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #listeners = new Set<() => void>();
  #changed = new Map<string, Map<string, ChangedSetting>>();
  #readings = 0;
  #shownReading = 0;

  constructor(options: { db: Database; bus: Bus }) {
    this.#db = options.db;
    this.#bus = options.bus;
    this.#bus.on('settings.changed', () => void this.refresh());
    this.#bus.onReconnect(() => void this.refresh());
  }

  /** Reads what was changed. */
  async refresh(): Promise<void> {
    const reading = ++this.#readings;
    const rows = await this.#db.selectFrom('Setting').selectAll().orderBy('updatedAt').execute();
    const changed = new Map<string, Map<string, ChangedSetting>>();
    for (const { key, scopeId, value, version, updatedAt, changedByName } of rows) {
      const ofKey = changed.get(key) ?? new Map<string, ChangedSetting>();
      changed.set(key, ofKey.set(scopeId, { scopeId, value, version, changedAt: updatedAt, changedByName }));
    }
    // One that began later has seen at least as much.
    if (reading < this.#shownReading) return;
    this.#shownReading = reading;
    this.#changed = changed;
    for (const listener of this.#listeners) listener();
  }

  /** Has a listener called whenever settings may have changed, on whichever server. */
  onRefreshed(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** @param place ids of what it is asked for, nearest first: an account, then the domains above; the nearest wins */
  get<Key extends SettingKey>(key: Key, place: readonly string[] = []): SettingValue<Key> {
    const definition = settingsCatalogue[key] as SettingDefinition<SettingValue<Key>>;
    const text = this.#nearest(key, [...place, everywhere])?.value ?? definition.fallback;
    const value = definition.read(text) ?? definition.read(definition.fallback);
    if (value === undefined) throw new Error(`the default of setting ${key} breaks its own rule`);
    return value;
  }

  /** Values for single things, by their ids: few, and mostly none. */
  ownValues<Key extends SettingKey>(key: Key): ReadonlyMap<string, SettingValue<Key>> {
    const { read } = settingsCatalogue[key] as SettingDefinition<SettingValue<Key>>;
    const values = new Map<string, SettingValue<Key>>();
    for (const [scopeId, { value }] of this.#changed.get(key) ?? []) {
      const own = scopeId === everywhere ? undefined : read(value);
      if (own !== undefined) values.set(scopeId, own);
    }
    return values;
  }

  /** @param place ids of what they are shown for, nearest first */
  list(place: readonly string[] = []): ShownSetting[] {
    return (Object.keys(settingsCatalogue) as SettingKey[]).map((key) => this.show(key, place));
  }

  show(key: SettingKey, place: readonly string[] = []): ShownSetting {
    const { description, rule, fallback, scopes = [] } = settingsCatalogue[key] as SettingDefinition<unknown>;
    const whole = [...place, everywhere];
    const from = this.#nearest(key, whole);
    return {
      ...{ key, description, rule, fallback, scopes, from },
      place: whole,
      value: from?.value ?? fallback,
      overrides: [...(this.#changed.get(key)?.values() ?? [])].filter(
        ({ scopeId }) => scopeId !== everywhere,
      ),
    };
  }

  #nearest(key: SettingKey, place: readonly string[]): ChangedSetting | undefined {
    const changed = this.#changed.get(key);
    if (changed === undefined) return undefined;
    for (const id of place) {
      const found = changed.get(id);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Writes a setting, everywhere or for one thing, or with `null` takes that value away; in force once the transaction
   * is committed and {@link announce} was called.
   * @throws PlatformError NOT_FOUND for an unknown key, VALIDATION_FAILED for text outside its rule, VERSION_CONFLICT
   */
  async write(
    tx: Transaction,
    key: string,
    value: string | null,
    { at, by, scopeId = everywhere, ...expects }: { at: Date; by: string; scopeId?: string } & ExpectsVersion,
  ): Promise<SettingKey> {
    if (!isSettingKey(key))
      throw new PlatformError('NOT_FOUND', `there is no setting ${key}`, { details: { key } });
    await lockName(tx, 'setting', `${key} ${scopeId}`);
    const seen = await tx
      .selectFrom('Setting')
      .select('version')
      .where('key', '=', key)
      .where('scopeId', '=', scopeId)
      .forUpdate()
      .executeTakeFirst();
    assertVersion(`setting ${key}`, seen ?? { version: 0 }, expects);
    if (value === null) {
      await tx.deleteFrom('Setting').where('key', '=', key).where('scopeId', '=', scopeId).execute();
      return key;
    }
    const { read, rule } = settingsCatalogue[key] as SettingDefinition<unknown>;
    if (read(value) === undefined) throw invalid('input.value', value, `must be ${rule}`);
    await tx
      .insertInto('Setting')
      .values({ key, scopeId, value, updatedAt: at, changedByName: by })
      .onConflict((conflict) =>
        conflict.columns(['key', 'scopeId']).doUpdateSet((row) => ({
          ...{ value, updatedAt: at, changedByName: by },
          version: row('Setting.version', '+', 1),
        })),
      )
      .execute();
    return key;
  }

  /** After a committed change: here and on every other server. */
  async announce(): Promise<void> {
    await this.refresh();
    await this.#bus.send(undefined, 'settings.changed', {});
  }
}

import type { Database, Transaction } from '@nephos/model/database.ts';
import { invalid, PlatformError } from '../errors.ts';
import type { Bus } from '../servers/bus.ts';
import { isSettingKey, settingsCatalogue, type SettingKey, type SettingValue } from './catalogue.ts';
import type { SettingDefinition } from './definition.ts';

/** A setting as people see it. */
export interface ShownSetting {
  key: SettingKey;
  description: string;
  rule: string;
  fallback: string;
  /** Text that is in force. */
  value: string;
  isChanged: boolean;
}

/** The settings in force, in memory; changes made on any server are read at once. */
export class Settings {
  readonly #db: Database;
  readonly #bus: Bus;
  readonly #listeners = new Set<() => void>();
  #changed = new Map<string, string>();

  constructor(options: { db: Database; bus: Bus }) {
    this.#db = options.db;
    this.#bus = options.bus;
    this.#bus.on('settings.changed', () => void this.refresh());
    this.#bus.onReconnect(() => void this.refresh());
  }

  /** Reads what was changed. */
  async refresh(): Promise<void> {
    const rows = await this.#db
      .selectFrom('Setting')
      .select(['key', 'value'])
      .where('scopeId', '=', '')
      .execute();
    this.#changed = new Map(rows.map(({ key, value }) => [key, value]));
    for (const listener of this.#listeners) listener();
  }

  /** Has a listener called whenever settings may have changed, on whichever server. */
  onRefreshed(listener: () => void): void {
    this.#listeners.add(listener);
  }

  get<Key extends SettingKey>(key: Key): SettingValue<Key> {
    const definition = settingsCatalogue[key] as SettingDefinition<SettingValue<Key>>;
    const text = this.#changed.get(key) ?? definition.fallback;
    const value = definition.read(text) ?? definition.read(definition.fallback);
    if (value === undefined) throw new Error(`the default of setting ${key} breaks its own rule`);
    return value;
  }

  list(): ShownSetting[] {
    return (Object.keys(settingsCatalogue) as SettingKey[]).map((key) => this.show(key));
  }

  show(key: SettingKey): ShownSetting {
    const { description, rule, fallback } = settingsCatalogue[key];
    const changed = this.#changed.get(key);
    return { key, description, rule, fallback, value: changed ?? fallback, isChanged: changed !== undefined };
  }

  /**
   * Writes a setting, or with `null` returns it to its default; in force once the transaction is committed and
   * {@link announce} was called.
   * @throws PlatformError NOT_FOUND for an unknown key, VALIDATION_FAILED for text outside its rule
   */
  async write(tx: Transaction, key: string, value: string | null, at: Date): Promise<SettingKey> {
    if (!isSettingKey(key))
      throw new PlatformError('NOT_FOUND', `there is no setting ${key}`, { details: { key } });
    if (value === null) {
      await tx.deleteFrom('Setting').where('key', '=', key).where('scopeId', '=', '').execute();
      return key;
    }
    const { read, rule } = settingsCatalogue[key] as SettingDefinition<unknown>;
    if (read(value) === undefined) throw invalid('input.value', value, `must be ${rule}`);
    await tx
      .insertInto('Setting')
      .values({ key, scopeId: '', value, updatedAt: at })
      .onConflict((conflict) =>
        conflict
          .columns(['key', 'scopeId'])
          .doUpdateSet((row) => ({ value, updatedAt: at, version: row('Setting.version', '+', 1) })),
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

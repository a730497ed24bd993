import type { Actor } from '../platform/actor.ts';
import { invalid, PlatformError } from '../platform/errors.ts';
import type { ExpectsVersion } from '../platform/expected-version.ts';
import type { Platform } from '../platform/platform.ts';
import { isSettingKey } from '../platform/settings/catalogue.ts';
import { everywhere, type ShownSetting } from '../platform/settings/settings.ts';
import { placeOf } from './setting-place.ts';

export interface UpdateSettingInput extends ExpectsVersion {
  key: string;
  /** `null` takes the value away. */
  value: string | null;
  /** What it is to hold for; everywhere when left out. */
  scopeId?: string | null | undefined;
}

/** Settings, as administrators change them. */
export class SettingService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * All settings, or those with a text in their key or description; of a thing, those that it may have values of its own
   * of.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED
   */
  async list(
    actor: Actor,
    { search, scopeId }: { search?: string | null | undefined; scopeId?: string | null | undefined },
  ): Promise<ShownSetting[]> {
    const { db, settings } = this.#platform;
    const place = scopeId == null ? undefined : await placeOf(db, actor, scopeId, 'scopeId');
    const all =
      place === undefined
        ? settings.list()
        : settings.list(place.ids).filter(({ scopes }) => scopes.includes(place.scope));
    if (search == null || search === '') return all;
    const wanted = search.toLowerCase();
    return all.filter(({ key, description }) => `${key} ${description}`.toLowerCase().includes(wanted));
  }

  /**
   * In force on every server at once. `null` returns to what holds further out, or the default.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT
   */
  async update(actor: Actor, input: UpdateSettingInput): Promise<ShownSetting> {
    const { db, mutations, settings } = this.#platform;
    const { key, value } = input;
    if (!isSettingKey(key))
      throw new PlatformError('NOT_FOUND', `there is no setting ${key}`, { details: { key } });
    const place =
      input.scopeId == null ? undefined : await placeOf(db, actor, input.scopeId, 'input.scopeId');
    const before = settings.show(key, place?.ids);
    if (place !== undefined && !before.scopes.includes(place.scope)) {
      const allowed = before.scopes.map((scope) => scope.toLowerCase().replace('_', ' '));
      const rule = allowed.length === 0 ? 'must be left out' : `must be the id of: ${allowed.join(', ')}`;
      throw invalid('input.scopeId', input.scopeId, rule);
    }
    const scopeId = input.scopeId ?? everywhere;
    await mutations.run({ action: 'setting.update', actor, input: {} }, async (mutation) => {
      const { expectedVersion } = input;
      const by = actor.username;
      await settings.write(mutation.tx, key, value, { at: mutation.at, by, scopeId, expectedVersion });
      mutation.concerns('Setting', key, null, {
        ...(scopeId !== everywhere && { scopeId }),
        value: { before: before.value, after: value ?? settings.show(key, place?.ids.slice(1)).value },
      });
      return {};
    });
    await settings.announce();
    return settings.show(key, place?.ids);
  }
}

import type { Actor } from '../platform/actor.ts';
import type { Platform } from '../platform/platform.ts';
import { isSettingKey } from '../platform/settings/catalogue.ts';
import type { ShownSetting } from '../platform/settings/settings.ts';
import { PlatformError } from '../platform/errors.ts';

/** Settings, as administrators change them. */
export class SettingService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  list(search: string | null | undefined): ShownSetting[] {
    const all = this.#platform.settings.list();
    if (search == null || search === '') return all;
    const wanted = search.toLowerCase();
    return all.filter(({ key, description }) => `${key} ${description}`.toLowerCase().includes(wanted));
  }

  show(key: string): ShownSetting {
    if (!isSettingKey(key))
      throw new PlatformError('NOT_FOUND', `there is no setting ${key}`, { details: { key } });
    return this.#platform.settings.show(key);
  }

  /** In force on every server at once. `null` returns to the default. */
  async update(actor: Actor, input: { key: string; value: string | null }): Promise<ShownSetting> {
    const { mutations, settings } = this.#platform;
    const before = this.show(input.key);
    await mutations.run({ action: 'setting.update', actor, input: {} }, async (mutation) => {
      await settings.write(mutation.tx, input.key, input.value, mutation.at);
      mutation.concerns('Setting', input.key, null, {
        value: { before: before.value, after: input.value ?? before.fallback },
      });
      return {};
    });
    await settings.announce();
    return this.show(input.key);
  }
}

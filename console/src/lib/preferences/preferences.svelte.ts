import { SvelteMap } from 'svelte/reactivity';
import { mutate } from '../api/connection.svelte.ts';
import { notices } from '../notices/notices.svelte.ts';
import { m } from '#messages';
import { PendingWrites } from './pending-writes.ts';
import { setPreferenceMutation } from './preference-queries.ts';

const pauseMs = 500;

interface Told {
  userId: string;
  key: string;
  /** JSON text; null: removed. */
  text: string | null;
}

/**
 * What the user wants as they left it: columns, saved views. Kept on the server, so that another device shows the
 * same; other tabs of this browser follow at once.
 */
class Preferences {
  readonly #values = new SvelteMap<string, unknown>();
  readonly #writes = new PendingWrites<string | null>(pauseMs, (key, text) => void this.#send(key, text));
  readonly #tabs = new BroadcastChannel('nephos.preferences');
  #userId: string | undefined;

  constructor() {
    this.#tabs.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.userId === this.#userId) this.#show(data.key, data.text);
    };
    addEventListener('pagehide', () => this.#writes.flush());
  }

  /** What the server keeps of a user; what was changed here a moment ago and is on its way there counts more. */
  take(userId: string, kept: readonly { key: string; value: string }[]): void {
    if (this.#userId !== userId) {
      this.#values.clear();
      this.#userId = userId;
    }
    for (const { key, value } of kept) if (!this.#writes.has(key)) this.#show(key, value);
  }

  /**
   * @param key as the server has it: `list.virtualMachines`
   * @param parse makes sure of its shape; an older console may have left another one
   */
  get<Value>(key: string, parse: (value: unknown) => Value | undefined): Value | undefined {
    return this.#values.has(key) ? parse(this.#values.get(key)) : undefined;
  }

  /** Those whose key begins so, by key, without what does not parse. */
  list<Value>(prefix: string, parse: (value: unknown) => Value | undefined): { key: string; value: Value }[] {
    return [...this.#values.entries()]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .flatMap(([key, value]) => {
        const parsed = parse(value);
        return parsed === undefined ? [] : [{ key, value: parsed }];
      });
  }

  /** Keeps a value that JSON can say; shown at once, sent a moment later. */
  set(key: string, value: unknown): void {
    this.#write(key, JSON.stringify(value));
  }

  remove(key: string): void {
    this.#write(key, null);
  }

  #write(key: string, text: string | null): void {
    this.#show(key, text);
    if (this.#userId === undefined) return;
    this.#tabs.postMessage({ userId: this.#userId, key, text } satisfies Told);
    this.#writes.write(key, text);
  }

  #show(key: string, text: string | null): void {
    if (text === null) this.#values.delete(key);
    else this.#values.set(key, JSON.parse(text));
  }

  async #send(key: string, text: string | null): Promise<void> {
    try {
      await mutate(setPreferenceMutation, { input: { key, value: text } }, { outlivesPage: true });
    } catch (error) {
      notices.fail(m.preferences_failed(), error);
    }
  }
}

export const preferences = new Preferences();

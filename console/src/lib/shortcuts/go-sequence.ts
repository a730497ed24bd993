import { goKey } from './shortcuts.ts';

const withinMs = 1500;

/** Hears a letter after `g`, if it comes soon enough. */
export class GoSequence {
  #begunAt = Number.NEGATIVE_INFINITY;

  /** @param now in milliseconds. @returns the letter, when this key completes it */
  press(key: string, now: number): string | undefined {
    const isOpen = now - this.#begunAt <= withinMs;
    this.#begunAt = !isOpen && key === goKey ? now : Number.NEGATIVE_INFINITY;
    return isOpen ? key : undefined;
  }
}

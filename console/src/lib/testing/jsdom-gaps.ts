import { vi } from 'vitest';

/** Gives jsdom what components need of browsers and it leaves out: nothing is ever laid out in it. */
export function fillJsdomGaps(): void {
  Element.prototype.scrollIntoView = vi.fn();
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
}

import type { Clock } from '@nephos/model/kernel/clock.ts';

/** The machine's clock, some time ahead. */
export class ShiftedClock implements Clock {
  #aheadMs = 0;

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.#aheadMs += seconds * 1000;
  }
}

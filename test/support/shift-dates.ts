/**
 * Loaded before a process of the product (`--import`): its clock is some time ahead. How much stands in a file, which is
 * read again and again, so that time can pass while it runs. Timers keep their pace.
 */
import { readFileSync } from 'node:fs';

const file = process.env.NEPHOS_TEST_CLOCK;
if (file === undefined)
  throw new Error('NEPHOS_TEST_CLOCK must name the file that says how far ahead the clock is');

const everyMs = 100;
const RealDate = Date;
let aheadMs = 0;

const read = () => (aheadMs = Number(readFileSync(file, 'utf8')));
read();
setInterval(read, everyMs).unref();

class ShiftedDate extends RealDate {
  constructor(...values: unknown[]) {
    if (values.length === 0) super(ShiftedDate.now());
    else super(...(values as [number]));
  }

  static override now(): number {
    return RealDate.now() + aheadMs;
  }

  /** Dates that the runtime itself makes are dates too. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return Object.prototype.toString.call(value) === '[object Date]';
  }
}

globalThis.Date = ShiftedDate as DateConstructor;

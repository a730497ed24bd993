import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The clock of a whole product, which at first shows what this machine's does: time can pass while it runs. Certificates
 * are valid by this machine's clock, so what needs one must have it before.
 */
export class PassingClock {
  readonly #file: string;
  #aheadMs = 0;

  /** @param folder for the file that its processes read */
  constructor(folder: string) {
    this.#file = path.join(folder, 'clock');
    this.#write();
  }

  now(): Date {
    return new Date(Date.now() + this.#aheadMs);
  }

  /** Lets time pass. */
  pass(seconds: number): void {
    this.#aheadMs += seconds * 1000;
    this.#write();
  }

  /** For the processes that are to go by it. */
  get env(): Record<string, string> {
    const preload = pathToFileURL(path.join(import.meta.dirname, 'shift-dates.ts')).href;
    return { NODE_OPTIONS: `--import=${preload}`, NEPHOS_TEST_CLOCK: this.#file };
  }

  /** In one step: nobody reads half a number. */
  #write(): void {
    writeFileSync(`${this.#file}.new`, String(this.#aheadMs));
    renameSync(`${this.#file}.new`, this.#file);
  }
}

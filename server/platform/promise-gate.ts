/** Lets one loop wait for the next of many events: opened by any of them, closed by the loop. */
export class PromiseGate {
  #opened = Promise.withResolvers<undefined>();

  open(): void {
    this.#opened.resolve(undefined);
  }

  close(): void {
    this.#opened = Promise.withResolvers();
  }

  /** Resolves when the gate is open, or after `milliseconds`. */
  async waitOpen(milliseconds: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    await Promise.race([this.#opened.promise, elapsed]);
    clearTimeout(timer);
  }
}

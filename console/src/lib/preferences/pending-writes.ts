/** Writes that follow each other quickly are one: of each key the last value is sent, once nobody has changed it for a while. */
export class PendingWrites<Value> {
  readonly #waiting = new Map<string, { value: Value; timer: ReturnType<typeof setTimeout> }>();
  readonly #pauseMs: number;
  readonly #send: (key: string, value: Value) => void;

  constructor(pauseMs: number, send: (key: string, value: Value) => void) {
    this.#pauseMs = pauseMs;
    this.#send = send;
  }

  write(key: string, value: Value): void {
    clearTimeout(this.#waiting.get(key)?.timer);
    this.#waiting.set(key, { value, timer: setTimeout(() => this.#flush(key), this.#pauseMs) });
  }

  has(key: string): boolean {
    return this.#waiting.has(key);
  }

  /** Sends at once what waits: for when the page goes. */
  flush(): void {
    for (const key of [...this.#waiting.keys()]) this.#flush(key);
  }

  #flush(key: string): void {
    const waiting = this.#waiting.get(key);
    if (waiting === undefined) return;
    clearTimeout(waiting.timer);
    this.#waiting.delete(key);
    this.#send(key, waiting.value);
  }
}

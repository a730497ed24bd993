/** When simulated work gets done. */
export interface SimulatedTime {
  /**
   * Resolves when work of this name and typical length is over.
   * @throws the signal's reason when it is aborted before
   */
  work(name: string, milliseconds: number, signal?: AbortSignal): Promise<void>;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** Work takes as long as it says. */
export class AutomaticTime implements SimulatedTime {
  async work(_name: string, milliseconds: number, signal?: AbortSignal): Promise<void> {
    if (milliseconds <= 0) return;
    let timer: NodeJS.Timeout | undefined;
    const elapsed = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, milliseconds);
    });
    try {
      await (signal === undefined ? elapsed : Promise.race([elapsed, aborted(signal)]));
    } finally {
      clearTimeout(timer);
    }
  }
}

interface Waiting {
  name: string;
  release(): void;
}

/** Work waits until it is stepped, oldest first. */
export class SteppedTime implements SimulatedTime {
  readonly #waiting: Waiting[] = [];

  async work(name: string, _milliseconds: number, signal?: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<undefined>();
    const waiting = { name, release: () => turn.resolve(undefined) };
    this.#waiting.push(waiting);
    try {
      await (signal === undefined ? turn.promise : Promise.race([turn.promise, aborted(signal)]));
    } finally {
      const index = this.#waiting.indexOf(waiting);
      if (index >= 0) this.#waiting.splice(index, 1);
    }
  }

  /** Names of the work that waits. */
  get waiting(): string[] {
    return this.#waiting.map(({ name }) => name);
  }

  /** Lets up to `count` pieces of work finish. @returns how many there were */
  step(count: number): number {
    const released = this.#waiting.splice(0, count);
    for (const waiting of released) waiting.release();
    return released.length;
  }
}

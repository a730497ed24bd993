/** How often a silent connection is probed, and how long it may stay silent. */
export interface KeepaliveOptions {
  /** Time between two probes, in ms. */
  readonly intervalMs: number;
  /** How many probes in a row may stay unanswered; the one after that ends the connection. */
  readonly count: number;
}

/** Procedures of the keepalive protocol. */
export const keepaliveProcedure = { ping: 1, pong: 2 } as const;

/**
 * Probes a connection while nothing arrives on it. Anything that arrives counts as a sign of life, as in libvirt
 * itself, so a busy connection carries no probes.
 */
export class Keepalive {
  readonly #timer: NodeJS.Timeout;
  #hasHeard = true;
  #unanswered = 0;

  /** `ping` sends a probe, `dead` is called once when `count` of them had no answer for a whole interval. */
  constructor(options: KeepaliveOptions, ping: () => void, dead: (silentMs: number) => void) {
    this.#timer = setInterval(() => {
      if (this.#hasHeard) {
        this.#hasHeard = false;
        this.#unanswered = 0;
        return;
      }
      if (this.#unanswered === options.count) {
        this.stop();
        dead(options.intervalMs * (options.count + 1));
        return;
      }
      this.#unanswered += 1;
      ping();
    }, options.intervalMs);
    this.#timer.unref();
  }

  /** Something has arrived. */
  heard(): void {
    this.#hasHeard = true;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

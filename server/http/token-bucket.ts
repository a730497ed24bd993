export interface Rate {
  /** Tokens that come back in a second. */
  perSecond: number;
  /** Tokens that may be taken at once. */
  burst: number;
}

interface Bucket {
  tokens: number;
  /** When they were counted, in milliseconds of a clock that only goes forward. */
  at: number;
}

/** Half of the buckets that are kept at most. */
const mostOfGeneration = 25_000;

/**
 * Token buckets by key. A key that is new has a full one, so a bucket that has filled up again may be forgotten, and
 * the memory that they take has a bound: there are two generations, those used lately and those used before, and when
 * the first is full the second is forgotten.
 */
export class TokenBuckets {
  readonly #nowMs: () => number;
  #lately = new Map<string, Bucket>();
  #before = new Map<string, Bucket>();

  constructor(nowMs: () => number = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get size(): number {
    return this.#lately.size + this.#before.size;
  }

  /** @returns 0 when the tokens were taken, otherwise the seconds until that many are there */
  take(key: string, rate: Rate, tokens = 1): number {
    const at = this.#nowMs();
    const known = this.#lately.get(key) ?? this.#before.get(key);
    const had =
      known === undefined
        ? rate.burst
        : Math.min(rate.burst, known.tokens + ((at - known.at) / 1000) * rate.perSecond);
    const isEnough = had >= tokens;
    this.#keep(key, { tokens: isEnough ? had - tokens : had, at });
    return isEnough ? 0 : Math.max(1, Math.ceil((tokens - had) / rate.perSecond));
  }

  #keep(key: string, bucket: Bucket): void {
    if (this.#lately.size >= mostOfGeneration && !this.#lately.has(key)) {
      this.#before = this.#lately;
      this.#lately = new Map();
    }
    this.#lately.set(key, bucket);
  }
}

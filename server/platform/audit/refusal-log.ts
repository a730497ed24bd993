import type { Database } from '@nephos/model/database.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { audit, type AuditFacts } from '../audit.ts';
import { isDatabaseUnavailable } from '../database-errors.ts';
import type { Logger } from '../log.ts';

export type RefusalFacts = Omit<AuditFacts, 'at'>;

/** Refusals by one user, and by one address where nobody is signed in, that are written in a minute. */
const mostPerMinute = { user: 1000, address: 60 } as const;
const windowMs = 60_000;
/** Users and addresses that are counted at a time; beyond it refusals share one count. */
const mostCounted = 20_000;

interface Count {
  written: number;
  /** Refusals that were not written, to be told of in one event. */
  omitted: number;
  /** The last of them. */
  last: RefusalFacts;
}

/**
 * Writes refusals to the audit log, outside the transaction that was rolled back. It never fails a request, and
 * nobody fills the disk with it: beyond a number per minute refusals are only counted, and told of in one event.
 */
export class RefusalLog {
  readonly #options: { db: Database; clock: Clock; log: Logger };
  #counts = new Map<string, Count>();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: { db: Database; clock: Clock; log: Logger }) {
    this.#options = options;
  }

  async record(facts: RefusalFacts): Promise<void> {
    const count = this.#countOf(facts);
    count.last = facts;
    const most = facts.actor === null ? mostPerMinute.address : mostPerMinute.user;
    if (count.written >= most) {
      count.omitted += 1;
      return;
    }
    count.written += 1;
    await this.#write(facts);
  }

  /** Tells of what was only counted so far. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#endWindow();
  }

  #countOf(facts: RefusalFacts): Count {
    this.#timer ??= setTimeout(() => void this.#endWindow(), windowMs).unref();
    const own = facts.actor?.userId ?? facts.clientAddress ?? '';
    const key = this.#counts.has(own) || this.#counts.size < mostCounted ? own : 'others';
    const known = this.#counts.get(key);
    if (known !== undefined) return known;
    const made = { written: 0, omitted: 0, last: facts };
    this.#counts.set(key, made);
    return made;
  }

  async #endWindow(): Promise<void> {
    const ended = this.#counts;
    this.#counts = new Map();
    this.#timer = undefined;
    for (const { omitted, last } of ended.values()) {
      if (omitted === 0) continue;
      const { target: _target, ...facts } = last;
      await this.#write({
        ...facts,
        details: { lastOf: omitted, note: 'refusals of this minute that have no event of their own' },
      });
    }
  }

  async #write(facts: RefusalFacts): Promise<void> {
    const { db, clock, log } = this.#options;
    try {
      await audit(db, { ...facts, at: clock.now() });
    } catch (error) {
      const { action, outcome } = facts;
      if (!isDatabaseUnavailable(error))
        log.error({ err: error, action, outcome }, 'refusal could not be audited');
    }
  }
}

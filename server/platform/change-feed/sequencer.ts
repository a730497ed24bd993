import { setTimeout as sleep } from 'node:timers/promises';
import { PromiseGate } from '../promise-gate.ts';
import { lacksPartition } from '../database-errors.ts';
import type { Logger } from '../log.ts';
import type { Metrics } from '../metrics.ts';
import pg from 'pg';
import { channels, type Change } from './change.ts';

/** Whoever holds this session lock numbers; there is never a second. */
const sequencerLock = 4_105_130_001;

/** Batches are at least this far apart, so that a busy moment costs one statement and not one per change. */
const batchMs = 20;
/** Nobody waits for usage events; they are numbered by the way. */
const usageBatchMs = 500;
/** A change whose notice was lost waits no longer than this. */
const longestWaitMs = 1000;
const campaignMs = 1000;
const batchSize = 5000;

/**
 * Numbers what was committed. The rows are taken in the order of their ids among those that are visible now; one
 * that becomes visible later gets a later number. That is why only one server may do it, and why it does so on the
 * very connection that holds the lock: a number is never given by a server that lost it.
 */
const numberChanges = `
  with taken as (
    delete from "ChangePending" where id in (select id from "ChangePending" order by id limit ${batchSize}) returning *
  ), numbered as (
    insert into "Change" ("seq", "at", "kind", "resourceId", "operation", "version", "audience", "accountId", "userId", "lineage")
    select nextval('nephos_change_seq'), now(), "kind", "resourceId", "operation", "version", "audience", "accountId", "userId", "lineage"
    from (select * from taken order by id) as ordered
    returning *
  ), notified as (
    select pg_notify('${channels.numbered}', max("seq")::text) from numbered having count(*) > 0
  )
  select numbered.* from numbered left join notified on true order by "seq"`;

/**
 * The same for usage events, in the order in which they were appended. One that was numbered before, or comes twice, is
 * let go: an id says of what it tells. Ids are looked up one by one, which is a subquery's limit's doing: a join would read
 * all events there are for the sake of a few.
 */
const numberUsage = `
  with taken as (
    delete from "UsageEventPending"
    where "position" in (select "position" from "UsageEventPending" order by "position" limit ${batchSize}) returning *
  ), stored as (
    insert into "UsageEvent" ("seq", "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes")
    select nextval('nephos_usage_seq'), "id", "kind", "at", "accountId", "domainId", "zoneId", "resourceId", "resourceName", "attributes"
    from (
      select * from (select distinct on ("id") * from taken order by "id", "position") as first
      where (select known."seq" from "UsageEvent" known where known."id" = first."id" limit 1) is null
      order by "position"
    ) as ordered
  )
  select count(*)::int as "taken" from taken`;

/** What events of all months that are pending go into: one may tell of a time that nobody made a partition for. */
const ensureUsagePartitions = `
  select nephos_ensure_partitions('UsageEvent', 'month', min("at"), max("at") + interval '1 ms')
  from "UsageEventPending"`;

export interface SequencerOptions {
  databaseUrl: string;
  /** Of the server; the database shows it beside the lock. */
  serverId: string;
  log: Logger;
  metrics: Metrics;
  /** On the server that numbers: the changes just numbered, in order. */
  onNumbered(changes: Change[]): void;
  /**
   * This server begins to number, or no longer does: what was numbered last, by the server before it or by this one
   * as its connection broke, it may not have heard of.
   */
  onTurn(): void;
}

/** Every server runs one; the one that holds the lock works, the others stand by. */
export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #stopping = new AbortController();
  readonly #work = new PromiseGate();
  #running: Promise<void> | undefined;
  #isLeader = false;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  /** Whether this server numbers now. */
  get isLeader(): boolean {
    return this.#isLeader;
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Something may have been committed. */
  wake(): void {
    this.#work.open();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#work.open();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { log, metrics, databaseUrl, serverId } = this.#options;
    const { signal } = this.#stopping;
    const isStopping = () => signal.aborted;
    while (!isStopping()) {
      const client = new pg.Client({
        connectionString: databaseUrl,
        application_name: `nephos-sequencer ${serverId}`,
        keepAlive: true,
        // Plans are kept while tables grow from nothing to millions: each row is to be found by an index from the start.
        options: '-c enable_seqscan=off',
      });
      client.on('error', () => undefined);
      try {
        await client.connect();
        await this.#campaign(client);
        if (isStopping()) return;
        this.#isLeader = true;
        metrics.isSequencer.set(1);
        log.info('numbering the change feed');
        this.#options.onTurn();
        await this.#lead(client);
      } catch (error) {
        if (!isStopping()) log.warn({ err: error }, 'sequencer lost its connection');
        await sleep(batchMs);
      } finally {
        const hasLed = this.#isLeader;
        this.#isLeader = false;
        metrics.isSequencer.set(0);
        if (hasLed && !isStopping()) this.#options.onTurn();
        await client.end().catch(() => undefined);
      }
      if (!isStopping()) await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }

  async #campaign(client: pg.Client): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1) as won', [
        sequencerLock,
      ]);
      if (rows[0]?.won) return;
      await sleep(campaignMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #lead(client: pg.Client): Promise<void> {
    await client.query(`listen ${channels.pending}`);
    client.on('notification', () => this.wake());
    let usageDue = 0;
    while (!this.#stopping.signal.aborted) {
      const started = performance.now();
      const { rows } = await client.query<Change>({
        name: 'number-changes',
        text: numberChanges,
        types: bigintTypes,
      });
      let isUsageLeft = false;
      if (started >= usageDue) {
        isUsageLeft = (await numberUsageEvents(client)) === batchSize;
        if (!isUsageLeft) usageDue = started + usageBatchMs;
      }
      if (rows.length > 0) {
        this.#options.metrics.changesNumbered.inc(rows.length);
        this.#options.onNumbered(rows);
      }
      if (rows.length === batchSize || isUsageLeft) continue;
      await this.#work.waitOpen(longestWaitMs);
      this.#work.close();
      const left = batchMs - (performance.now() - started);
      if (left > 0) await sleep(left);
    }
  }
}

/** @returns how many were taken */
async function numberUsageEvents(client: pg.Client): Promise<number> {
  const number = () => client.query<{ taken: number }>({ name: 'number-usage', text: numberUsage });
  const { rows } = await number().catch(async (error: unknown) => {
    if (!lacksPartition(error)) throw error;
    await client.query(ensureUsagePartitions);
    return number();
  });
  return rows[0]?.taken ?? 0;
}

const bigintTypes = new pg.TypeOverrides();
bigintTypes.setTypeParser(pg.types.builtins.INT8, BigInt);

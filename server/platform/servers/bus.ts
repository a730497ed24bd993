import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import pg from 'pg';
import type { Logger } from '../log.ts';

/** What servers say to each other, by topic. Messages may be lost with a connection; whoever needs more asks again. */
export interface BusTopics {
  /** A job's cancellation was asked for. */
  'job.cancel': { jobId: string };
  /** Settings were changed. */
  'settings.changed': Record<string, never>;
  /** What somebody may do has changed, or a session ended: open sockets are to be looked at. */
  'access.changed': { userId?: string; accountId?: string; roleId?: string; domainId?: string };
  /** An agent said hello to the sender. */
  'agent.connected': { agentId: string };
  /** For the server that holds the agent's connection: it ends it. */
  'agent.disconnect': { agentId: string; reason: string };
  /** For the server that holds the agent's connection. */
  'agent.instruct': { agentId: string; instruction: unknown };
  /** For the server that sent the instruction. */
  'agent.finished': { commandId: string; outcome: unknown };
  'agent.progress': { commandId: string; percent: number; detail: string };
  'agent.answered': { reply: unknown };
}

export type BusTopic = keyof BusTopics;

interface Envelope {
  from: string;
  /** Absent: to every other server. */
  to?: string;
  topic: BusTopic;
  /** The body, or the row that holds it. */
  body?: unknown;
  row?: string;
}

type Handler<Topic extends BusTopic> = (body: BusTopics[Topic], from: Id<'ServerInstance'>) => void;

const channel = 'nephos_bus';
/** PostgreSQL's notifications end at 8000 bytes. */
const longestNotification = 7000;

/** Messages between management servers, over PostgreSQL's notifications. */
export class Bus {
  readonly #databaseUrl: string;
  readonly #db: Database;
  readonly #serverId: Id<'ServerInstance'>;
  readonly #log: Logger;
  readonly #handlers = new Map<BusTopic, Handler<never>[]>();
  readonly #channels = new Map<string, (payload: string) => void>();
  readonly #reconnected: (() => void)[] = [];
  readonly #stopping = new AbortController();
  #client: pg.Client | undefined;
  #running: Promise<void> | undefined;

  constructor(options: { databaseUrl: string; db: Database; serverId: Id<'ServerInstance'>; log: Logger }) {
    this.#databaseUrl = options.databaseUrl;
    this.#db = options.db;
    this.#serverId = options.serverId;
    this.#log = options.log;
    this.#channels.set(channel, (payload) => void this.#receive(payload));
  }

  on<Topic extends BusTopic>(topic: Topic, handler: Handler<Topic>): void {
    this.#handlers.set(topic, [...(this.#handlers.get(topic) ?? []), handler]);
  }

  /** Listens to a channel that the database itself notifies on; to be called before `start`. */
  onChannel(name: string, handler: (payload: string) => void): void {
    this.#channels.set(name, handler);
  }

  /** Called after the connection was away, and with it, maybe, messages. */
  onReconnect(handler: () => void): void {
    this.#reconnected.push(handler);
  }

  /** Resolves when messages arrive. */
  async start(): Promise<void> {
    const ready = Promise.withResolvers<undefined>();
    this.#running = this.#run(() => ready.resolve(undefined));
    await ready.promise;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#client?.end().catch(() => undefined);
    await this.#running;
  }

  /** Sends to one server, or to all others when `to` is `undefined`. */
  async send<Topic extends BusTopic>(
    to: Id<'ServerInstance'> | undefined,
    topic: Topic,
    body: BusTopics[Topic],
  ): Promise<void> {
    const envelope: Envelope = { from: this.#serverId, topic, body, ...(to && { to }) };
    let payload = JSON.stringify(envelope);
    if (Buffer.byteLength(payload) > longestNotification) {
      const { id } = await this.#db
        .insertInto('BusMessage')
        .values({ body: JSON.stringify(body) })
        .returning('id')
        .executeTakeFirstOrThrow();
      payload = JSON.stringify({ ...envelope, body: undefined, row: id.toString() });
    }
    await this.#db
      .selectNoFrom(({ fn, val }) => fn('pg_notify', [val(channel), val(payload)]).as('sent'))
      .execute();
  }

  async #run(onReady: () => void): Promise<void> {
    const { signal } = this.#stopping;
    const isStopping = () => signal.aborted;
    for (let isFirst = true; !signal.aborted;) {
      const client = new pg.Client({
        connectionString: this.#databaseUrl,
        application_name: 'nephos-bus',
        keepAlive: true,
      });
      const ended = new Promise<void>((resolve) => client.once('end', resolve));
      client.on('error', () => undefined);
      client.on('notification', (notice) => this.#channels.get(notice.channel)?.(notice.payload ?? ''));
      try {
        await client.connect();
        this.#client = client;
        for (const name of this.#channels.keys()) await client.query(`listen ${name}`);
        onReady();
        if (!isFirst) for (const handler of this.#reconnected) handler();
        isFirst = false;
        await ended;
      } catch (error) {
        if (!isStopping()) this.#log.warn({ err: error }, 'bus could not connect to the database');
        await client.end().catch(() => undefined);
      }
      if (!isStopping()) await sleep(200, undefined, { signal }).catch(() => undefined);
    }
  }

  async #receive(payload: string): Promise<void> {
    const envelope = JSON.parse(payload) as Envelope;
    const isForUs =
      envelope.to === undefined ? envelope.from !== this.#serverId : envelope.to === this.#serverId;
    if (!isForUs) return;
    try {
      const body = envelope.row === undefined ? envelope.body : await this.#readRow(envelope.row);
      for (const handler of this.#handlers.get(envelope.topic) ?? []) {
        handler(body as never, envelope.from as Id<'ServerInstance'>);
      }
    } catch (error) {
      this.#log.error({ err: error, topic: envelope.topic }, 'bus message could not be handled');
    }
  }

  async #readRow(id: string): Promise<unknown> {
    const row = await this.#db
      .selectFrom('BusMessage')
      .select('body')
      .where('id', '=', BigInt(id))
      .executeTakeFirst();
    return row === undefined ? undefined : JSON.parse(row.body);
  }
}

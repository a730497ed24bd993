import pg from 'pg';

/** Of daemons that are started together the one that holds this session lock works; the others stand by. */
const usageLock = 4_105_130_003;
/** Servers tell here that somebody wants something. */
const channel = 'nephos_usage';

export interface LeaseOptions {
  databaseUrl: string;
  /** Somebody wants something; only the daemon that holds the lease hears of it. */
  onNotice(): void;
}

/** The right to work, held for as long as a connection to the database. */
export class Lease {
  readonly #options: LeaseOptions;
  #client: pg.Client | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  /** @returns whether this daemon has it, or got it just now */
  async hold(): Promise<boolean> {
    if (this.#client !== undefined) return true;
    const client = new pg.Client({
      connectionString: this.#options.databaseUrl,
      application_name: 'nephos-usage-lease',
      keepAlive: true,
    });
    client.on('error', () => undefined);
    // Losing the connection is losing the lease.
    client.once('end', () => {
      this.#client = undefined;
    });
    await client.connect();
    const { rows } = await client.query<{ won: boolean }>('select pg_try_advisory_lock($1) as won', [
      usageLock,
    ]);
    if (rows[0]?.won !== true) {
      await client.end();
      return false;
    }
    client.on('notification', () => this.#options.onNotice());
    await client.query(`listen ${channel}`);
    this.#client = client;
    return true;
  }

  async release(): Promise<void> {
    await this.#client?.end();
  }
}

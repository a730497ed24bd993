import { ProductProcess } from './child-process.ts';

/** A usage daemon in a process of its own. */
export class UsageProcess implements AsyncDisposable {
  readonly process: ProductProcess;
  readonly #parkAt: string;

  /** @param parkAt a point at which it stops; empty: none */
  constructor(databaseUrl: string, parkAt = '') {
    this.#parkAt = parkAt;
    this.process = new ProductProcess('usage/main.ts', {
      DATABASE_URL: databaseUrl,
      NEPHOS_PARK_AT: parkAt,
    });
  }

  /** Resolves when it lies at its point. */
  async parked(): Promise<void> {
    await this.process.logged(
      ({ msg, point }) => msg === 'parked for a fault test' && point === this.#parkAt,
    );
  }

  /** Resolves when it has closed the period that ends then. */
  async closed(endsAt: Date): Promise<void> {
    const at = endsAt.toISOString();
    await this.process.logged((line) => line.msg === 'usage period closed' && line.endsAt === at);
  }

  /** Resolves when it is the one that works. */
  async leads(): Promise<void> {
    await this.process.logged(({ msg }) => msg === 'summing up usage');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.process.kill();
  }
}

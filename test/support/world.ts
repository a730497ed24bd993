import { createTestDatabase, type TestDatabase } from './database.ts';
import { expectBalancedBooks } from './books.ts';
import { seenInSimulator } from './books-of-simulator.ts';
import { registerTemplate, serviceOfferingId } from './machines.ts';
import { ServerProcess, type ServerProcessOptions } from './server-process.ts';
import type { SimulatorOptions } from './simulator.ts';
import { createTestZone, type TestZone } from './zone.ts';

/** A management server that can be killed, with a zone of simulated hosts that can too, ready for machines. */
export interface World extends AsyncDisposable {
  database: TestDatabase;
  server: ServerProcess;
  zone: TestZone;
  /** Input of a deploy, under a name. */
  machine(name: string): Record<string, unknown>;
  /** Compares everything with everything: see {@link expectBalancedBooks}. */
  expectBalancedBooks(): Promise<void>;
}

export async function startWorld(
  options: Partial<SimulatorOptions & ServerProcessOptions> = {},
): Promise<World> {
  await using made = new AsyncDisposableStack();
  const database = made.use(await createTestDatabase());
  const { leaseSeconds = 15 } = options;
  const server = made.use(await ServerProcess.start({ databaseUrl: database.url, leaseSeconds }));
  const zone = made.use(await createTestZone(server, options));
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const serviceOffering = await serviceOfferingId(server.admin);
  const everything = made.move();
  return {
    database,
    server,
    zone,
    machine: (name) => ({ name, zoneId: zone.zoneId, serviceOfferingId: serviceOffering, templateId }),
    expectBalancedBooks: async () => expectBalancedBooks(database.db, await seenInSimulator(zone)),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

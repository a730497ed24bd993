import { createTestDatabase, type TestDatabase } from './database.ts';
import { expectBalancedBooks } from './books.ts';
import { seenInSimulator } from './books-of-simulator.ts';
import { CuttableLine } from './cuttable-line.ts';
import { registerTemplate, serviceOfferingId } from './machines.ts';
import { ServerProcess, type ServerProcessOptions } from './server-process.ts';
import type { SimulatorOptions } from './simulator.ts';
import { createTestZone, type TestZone } from './zone.ts';

/** A management server that can be killed, with a zone of simulated hosts that can too, ready for machines. */
export interface World extends AsyncDisposable {
  database: TestDatabase;
  server: ServerProcess;
  /** Between the hosts and the server. */
  line: CuttableLine;
  zone: TestZone;
  /** Input of a deploy, under a name. */
  machine(name: string): Record<string, unknown>;
  /** Compares everything with everything: see {@link expectBalancedBooks}. */
  expectBalancedBooks(): Promise<void>;
}

export async function startWorld(
  options: Partial<SimulatorOptions & ServerProcessOptions> & { database?: TestDatabase } = {},
): Promise<World> {
  await using made = new AsyncDisposableStack();
  const database = options.database ?? made.use(await createTestDatabase());
  const { leaseSeconds = 15 } = options;
  const server = made.use(await ServerProcess.start({ databaseUrl: database.url, leaseSeconds }));
  const line = made.use(await CuttableLine.lay(() => Number(new URL(server.agentUrl).port)));
  const agentUrl = `wss://127.0.0.1:${line.port}`;
  const zone = made.use(await createTestZone(server, { agentUrl, ...options }));
  const templateId = await registerTemplate(server.admin, zone.zoneId);
  const serviceOffering = await serviceOfferingId(server.admin);
  const everything = made.move();
  return {
    database,
    server,
    line,
    zone,
    machine: (name) => ({ name, zoneId: zone.zoneId, serviceOfferingId: serviceOffering, templateId }),
    expectBalancedBooks: async () => expectBalancedBooks(database.db, await seenInSimulator(zone)),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

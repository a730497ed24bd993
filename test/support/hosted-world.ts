import { expectBalancedBooks } from './books.ts';
import { seenInSimulator } from './books-of-simulator.ts';
import { allHosts, placeOf } from './hosts.ts';
import { deploy, registerTemplate, serviceOfferingId } from './machines.ts';
import type { SimulatorOptions } from './simulator.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './server.ts';
import { createTestZone, type TestZone } from './zone.ts';

/** A server and a zone of several hosts, ready for machines. */
export interface HostedWorld extends AsyncDisposable {
  server: TestServer;
  zone: TestZone;
  /** Input of a deploy, under a name. */
  machine(name: string): Record<string, unknown>;
  /** A machine that runs. */
  running(name: string): Promise<{ id: string; host: string }>;
  /** Ids of the hosts. */
  hosts: readonly string[];
  /** Place of a host in the simulator. */
  indexOf(hostId: string): number;
  expectBalancedBooks(): Promise<void>;
}

export async function startHostedWorld(
  hosts: number,
  options: Partial<SimulatorOptions> & { server?: TestServerOptions } = {},
): Promise<HostedWorld> {
  await using made = new AsyncDisposableStack();
  const { server: serverOptions, ...simulatorOptions } = options;
  const server = made.use(await startTestServer(serverOptions));
  const { admin, db } = server;
  const zone = made.use(await createTestZone(server, { hosts, ...simulatorOptions }));
  const templateId = await registerTemplate(admin, zone.zoneId);
  const offeringId = await serviceOfferingId(admin);
  const machine = (name: string) => ({
    name,
    zoneId: zone.zoneId,
    serviceOfferingId: offeringId,
    templateId,
  });
  const known = await allHosts(admin);
  const everything = made.move();
  return {
    server,
    zone,
    machine,
    running: async (name) => {
      const { machine: deployed, job } = await deploy(admin, machine(name));
      const { host } = await placeOf(admin, deployed.id);
      if (host === null) throw new Error(`${name} does not run: ${JSON.stringify(job)}`);
      return { id: deployed.id, host };
    },
    hosts: known.map(({ id }) => id),
    indexOf: (hostId) => {
      const name = known.find(({ id }) => id === hostId)?.name;
      return known.findIndex((_, index) => zone.simulator.hostName(index) === name);
    },
    expectBalancedBooks: async () => expectBalancedBooks(db, await seenInSimulator(zone)),
    [Symbol.asyncDispose]: () => everything.disposeAsync(),
  };
}

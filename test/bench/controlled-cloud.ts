import { withMigratedDatabase } from '../../scripts/launch/scratch-database.ts';
import { registerTemplate, serviceOfferingId } from '../support/machines.ts';
import { ServerProcess } from '../support/server-process.ts';
import { createTestZone, type TestZone } from '../support/zone.ts';

/** As in production, PostgreSQL waits for the disk. */
const durable = {};

export interface ControlledCloud {
  server: ServerProcess;
  /** Its simulator does what it is told: power machines off, read counters. */
  zone: TestZone;
  machine: { zoneId: string; serviceOfferingId: string; templateId: string };
}

/** A server in a process of its own, and one simulated host, large enough for 500 machines, that takes orders. */
export function withControlledCloud<Result>(
  action: (cloud: ControlledCloud) => Promise<Result>,
): Promise<Result> {
  return withMigratedDatabase(async (databaseUrl) => {
    await using server = await ServerProcess.start({ databaseUrl });
    await using zone = await createTestZone(server, { hosts: 1, cores: 1024, memoryMib: 1_048_576 });
    const { zoneId } = zone;
    const machine = {
      zoneId,
      serviceOfferingId: await serviceOfferingId(server.admin),
      templateId: await registerTemplate(server.admin, zoneId),
    };
    // Awaited here: a promise that is only returned would outlive what it works with.
    return await action({ server, zone, machine });
  }, durable);
}

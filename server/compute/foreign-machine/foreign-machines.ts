import { isDeepStrictEqual } from 'node:util';
import type { ForeignMachine, InventoryAnswer, InventoryChanged } from '@nephos/agent-protocol/inventory.ts';
import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { AgentListener } from '../../agent-gateway/agent-gateway.ts';
import type { Platform } from '../../platform/platform.ts';

/** What is kept of a foreign machine, as it was told. */
function columnsOf({ disks, ...machine }: ForeignMachine) {
  return {
    ...machine,
    disks: disks.map(({ sizeBytes, ...disk }) => ({ ...disk, sizeBytes: sizeBytes?.toString() ?? null })),
  };
}

type Columns = ReturnType<typeof columnsOf>;

const written = (columns: Columns) => ({
  ...columns,
  disks: JSON.stringify(columns.disks),
  nics: JSON.stringify(columns.nics),
});

/** Keeps what hosts have that is none of ours. */
export class ForeignMachines implements AgentListener {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  async onInventoryChanged(agentId: Id<'Agent'>, report: InventoryChanged): Promise<InventoryAnswer> {
    const { foreignMachines } = report;
    if (foreignMachines === null) return { isTaken: true, tellAgain: [] };
    const isTaken = await this.#platform.db.transaction().execute(async (tx) => {
      // One report after the other, whichever server takes it.
      const host = await tx
        .selectFrom('Host')
        .select('id')
        .where('agentId', '=', agentId)
        .forNoKeyUpdate()
        .executeTakeFirst();
      if (host !== undefined) await replace(tx, host.id, foreignMachines);
      return host !== undefined;
    });
    return { isTaken, tellAgain: [] };
  }
}

async function replace(tx: Transaction, hostId: Id<'Host'>, told: readonly ForeignMachine[]): Promise<void> {
  const known = await tx.selectFrom('ForeignMachine').selectAll().where('hostId', '=', hostId).execute();
  const byUuid = new Map(known.map((row) => [row.uuid, row]));
  for (const machine of told) {
    const columns = columnsOf(machine);
    const row = byUuid.get(machine.uuid);
    byUuid.delete(machine.uuid);
    if (row === undefined) {
      const id = newId('ForeignMachine');
      await tx
        .insertInto('ForeignMachine')
        .values({ id, hostId, ...written(columns) })
        .execute();
    } else if (!isDeepStrictEqual(asTold(row), columns)) {
      await tx.updateTable('ForeignMachine').set(written(columns)).where('id', '=', row.id).execute();
    }
  }
  const gone = [...byUuid.values()].map(({ id }) => id);
  if (gone.length > 0) await tx.deleteFrom('ForeignMachine').where('id', 'in', gone).execute();
}

function asTold(row: Row<'ForeignMachine'>) {
  const { uuid, name, power, cpuCount, memoryBytes, bootMode, disks, nics, obstacle } = row;
  return { uuid, name, power, cpuCount, memoryBytes, bootMode, disks, nics, obstacle };
}

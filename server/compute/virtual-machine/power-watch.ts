import type { MachineChanged } from '@nephos/agent-protocol/reports.ts';
import type { RowChange } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type UpdateObject } from 'kysely';
import type { Tables } from '@nephos/model/generated/tables.ts';

/** What a host reported of a machine's power, as a job writes it down between two steps. */
export type SeenPower = {
  power: MachineChanged['power'];
  /** ISO 8601, by the server's clock. */
  at: string;
};

interface Watched {
  agentId: Id<'Agent'>;
  seen: SeenPower | null;
}

/**
 * Reports of hosts about machines that jobs of this server are starting. A job writes what was seen with its own end:
 * a machine that starts is written once, and its watchers told once. What is lost here with the server is asked for
 * again: a running machine that was never seen to run is looked at.
 */
export class PowerWatch {
  readonly #watched = new Map<string, Watched>();

  /** Keeps reports about a machine while its host starts it. @returns the newest one */
  async during(
    agentId: Id<'Agent'>,
    machineId: Id<'VirtualMachine'>,
    start: () => Promise<unknown>,
  ): Promise<SeenPower | null> {
    const watched: Watched = { agentId, seen: null };
    this.#watched.set(machineId, watched);
    try {
      await start();
      return watched.seen;
    } finally {
      this.#watched.delete(machineId);
    }
  }

  /** @returns whether a job takes the report in */
  take(agentId: Id<'Agent'>, { machineId, power }: MachineChanged, at: Date): boolean {
    const watched = this.#watched.get(machineId);
    if (watched?.agentId !== agentId) return false;
    watched.seen = { power, at: at.toISOString() };
    return true;
  }
}

/** Columns of a machine for what was seen, unless something newer stands there. */
export function unlessSeenSince(
  seen: SeenPower | null,
): Pick<UpdateObject<Tables, 'VirtualMachine'>, 'observedPower' | 'observedAt'> {
  if (seen === null) return {};
  const { power, at } = seen;
  return {
    observedPower: sql<
      RowChange<'VirtualMachine'>['observedPower']
    >`(case when "observedAt" > ${at}::timestamptz
      then "observedPower" else ${power}::"PowerState" end)`,
    observedAt: sql<Date>`greatest("observedAt", ${at}::timestamptz)`,
  };
}

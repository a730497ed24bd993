import type { MachineCounters } from '@nephos/agent-protocol/machine.ts';
import type { Statistics } from '@nephos/agent-protocol/reports.ts';
import type { Row } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import type { AgentListener } from '../../agent-gateway/agent-gateway.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';

export type Sample = Row<'MachineSample'>;

const columns = [
  'cpuNanoseconds',
  'memoryBytes',
  'diskReadBytes',
  'diskWriteBytes',
  'diskReads',
  'diskWrites',
  'networkRxBytes',
  'networkTxBytes',
] as const;

/** Counters of machines: kept as samples, and read live for whoever looks. */
export class StatisticsService implements AgentListener {
  readonly #platform: Platform;
  readonly #agents: AgentDispatcher;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#agents = agents;
  }

  /** Keeps what a host reports of all its machines: one statement, however many they are. */
  async onStatistics(agentId: Id<'Agent'>, { counters }: Statistics, at: Date): Promise<void> {
    const ids = counters.map(({ machineId }) => machineId);
    const values = columns.map((column) => sql`${counters.map((each) => each[column].toString())}::bigint[]`);
    await sql`
      insert into "MachineSample" ("virtualMachineId", "at", ${sql.join(columns.map((column) => sql.ref(column)))})
      select m."id", ${at}, ${sql.join(columns.map((column) => sql.ref(`s.${column}`)))}
      from unnest(${ids}::text[], ${sql.join(values)}) as s("id", ${sql.join(columns.map((column) => sql.ref(column)))})
      join "VirtualMachine" m on m."id" = s."id"
      join "Host" h on h."id" = m."hostId" and h."agentId" = ${agentId}
      on conflict do nothing`.execute(this.#platform.db);
  }

  /** Samples of a machine from a moment on, oldest first. */
  samples(machineId: Id<'VirtualMachine'>, since: Date, limit: number): Promise<Sample[]> {
    return this.#platform.db
      .selectFrom('MachineSample')
      .selectAll()
      .where('virtualMachineId', '=', machineId)
      .where('at', '>=', since)
      .orderBy('at')
      .limit(limit)
      .execute();
  }

  /** Newest sample of each of some machines. */
  async newest(machineIds: readonly Id<'VirtualMachine'>[], since: Date): Promise<Map<string, Sample>> {
    const rows = await this.#platform.db
      .selectFrom('MachineSample')
      .selectAll()
      .distinctOn('virtualMachineId')
      .where('virtualMachineId', 'in', [...machineIds])
      .where('at', '>=', since)
      .orderBy('virtualMachineId')
      .orderBy('at', 'desc')
      .execute();
    return new Map(rows.map((row) => [row.virtualMachineId, row]));
  }

  /**
   * A machine's counters, read from its host again and again. A host that does not answer, or a machine that is off,
   * leaves a gap; the stream goes on.
   */
  async *live(
    machineId: Id<'VirtualMachine'>,
    intervalSeconds: number,
    signal: AbortSignal,
  ): AsyncGenerator<Sample, void, undefined> {
    while (!signal.aborted) {
      const counters = await this.#read(machineId);
      if (counters !== undefined) {
        const { machineId: virtualMachineId, ...values } = counters;
        yield { virtualMachineId, at: this.#platform.clock.now(), ...values };
      }
      await sleep(intervalSeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  async #read(machineId: Id<'VirtualMachine'>): Promise<MachineCounters | undefined> {
    const host = await this.#platform.db
      .selectFrom('VirtualMachine')
      .innerJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .select('agentId')
      .where('VirtualMachine.id', '=', machineId)
      .executeTakeFirst();
    if (host === undefined) return undefined;
    try {
      const { counters } = await this.#agents.ask(host.agentId, 'statistics.read', {
        machineIds: [machineId],
      });
      return counters[0];
    } catch (error) {
      if (error instanceof PlatformError) return undefined;
      throw error;
    }
  }
}

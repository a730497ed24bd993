import { isDeepStrictEqual } from 'node:util';
import type {
  InventoryAnswer,
  InventoryChanged,
  MachineDefinition,
} from '@nephos/agent-protocol/inventory.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../../../agent-gateway/agent-dispatcher.ts';
import type { AgentListener } from '../../../agent-gateway/agent-gateway.ts';
import type { Platform } from '../../../platform/platform.ts';
import { Reconciler } from '../../../platform/reconciler.ts';
import { differencesOf } from './differences.ts';
import { expectedOn, type ExpectedMachine } from './expected-definitions.ts';

const batch = 100;

/** States in which a host's definition counts. One that is off is defined anew when it starts. */
const runs = ({ state }: Pick<ExpectedMachine, 'state'>) => state === 'RUNNING' || state === 'SUSPENDED';

/**
 * Compares what running machines are made of, as their hosts have them, with what they should be made of, and keeps
 * the differences. Nothing is put right while the guest runs: whoever changed it wanted that, and its next start does.
 */
export class DriftFacts implements AgentListener {
  readonly #platform: Platform;
  readonly #agents: AgentDispatcher;
  readonly reconciler: Reconciler;

  constructor(platform: Platform, agents: AgentDispatcher) {
    this.#platform = platform;
    this.#agents = agents;
    this.reconciler = new Reconciler({
      name: 'machine-drift',
      everySeconds: () => 10,
      look: async () => {
        await this.#forgetOfStopped();
        await this.#lookAgain();
      },
      log: platform.log,
    });
  }

  async onInventoryChanged(agentId: Id<'Agent'>, report: InventoryChanged): Promise<InventoryAnswer> {
    const { definitions } = report;
    if (definitions.length === 0) return { isTaken: true, tellAgain: [] };
    const host = await this.#platform.db
      .selectFrom('Host')
      .select('id')
      .where('agentId', '=', agentId)
      .executeTakeFirst();
    if (host === undefined) return { isTaken: false, tellAgain: [] };
    return { isTaken: true, tellAgain: await this.#compare(host.id, definitions) };
  }

  /** @returns those that could not be compared now */
  async #compare(
    hostId: Id<'Host'>,
    definitions: readonly MachineDefinition[],
  ): Promise<Id<'VirtualMachine'>[]> {
    const found = new Map(definitions.map((each) => [each.machineId, each]));
    const machines = await expectedOn(this.#platform.db, hostId, [...found.keys()]);
    for (const machine of machines) {
      const definition = found.get(machine.id);
      if (definition === undefined || machine.isWorkedOn || !runs(machine)) continue;
      if (await this.#keep(machine, definition)) found.delete(machine.id);
    }
    return [...found.keys()];
  }

  /** @returns whether the machine was still as it was compared */
  async #keep(machine: ExpectedMachine, definition: MachineDefinition): Promise<boolean> {
    const differences = differencesOf(machine.expected, definition);
    const drift = differences.length === 0 ? null : differences;
    if (isDeepStrictEqual(drift, machine.drift)) return true;
    const { db, log } = this.#platform;
    const kept = await db
      .updateTable('VirtualMachine')
      .set({ drift: drift && JSON.stringify(drift) })
      .where('id', '=', machine.id)
      .where('version', '=', machine.version)
      .returning('id')
      .executeTakeFirst();
    if (kept === undefined) return false;
    if (drift === null) log.info({ machineId: machine.id }, 'machine is as it should be again');
    else log.warn({ machineId: machine.id, drift }, 'machine is otherwise on its host than it should be');
    return true;
  }

  async #forgetOfStopped(): Promise<void> {
    await this.#platform.db
      .updateTable('VirtualMachine')
      .set({ drift: null })
      .where('drift', 'is not', null)
      .where('state', 'in', ['STOPPED', 'DESTROYED'])
      .execute();
  }

  /** What was found to differ may have been put right by a job, whose host does not tell of that. */
  async #lookAgain(): Promise<void> {
    const { db, log } = this.#platform;
    const differing = await db
      .selectFrom('VirtualMachine')
      .innerJoin('Host', 'Host.id', 'VirtualMachine.hostId')
      .select(['VirtualMachine.id as machineId', 'Host.id as hostId', 'Host.agentId'])
      .where('drift', 'is not', null)
      .where('Host.linkState', '=', 'UP')
      .limit(batch)
      .execute();
    for (const { machineId, hostId, agentId } of differing) {
      try {
        const { definition } = await this.#agents.ask(agentId, 'machine.describe', { machineId });
        if (definition !== null) await this.#compare(hostId, [definition]);
      } catch (error) {
        log.warn({ err: error, machineId }, 'host could not be asked what a machine is made of');
      }
    }
  }
}

import { isDeepStrictEqual } from 'node:util';
import type {
  ForeignMachine,
  InventoryAnswer,
  InventoryChanged,
  MachineDefinition,
} from '@nephos/agent-protocol/inventory.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Logger } from 'pino';
import type { HostDriver } from './driver.ts';

type MachineId = Id<'VirtualMachine'>;

export interface InventoryTellerOptions {
  driver: HostDriver;
  /** Rejects when the server could not be told. */
  report(report: InventoryChanged): Promise<InventoryAnswer>;
  log: Logger;
}

/** Hypervisors do not tell of everything that is done to them. */
const lookEveryMs = 30_000;
/** What belongs together comes in several events. */
const gatherMs = 200;
/** For a server that does not know this host yet, or is away. */
const againMs = 3000;

/**
 * Tells the server what is done at the hypervisor behind its back: machines that are none of ours, and what those of
 * ours that run are made of. Only what is otherwise than was told on this connection is told.
 */
export class InventoryTeller {
  readonly #options: InventoryTellerOptions;
  /** What was told on this connection. */
  readonly #told = new Map<MachineId, MachineDefinition>();
  #foreignTold: ForeignMachine[] | undefined;
  /** What is to be looked at next. */
  readonly #doubtful = new Set<MachineId>();
  #isForeignDoubtful = false;
  #isLooking = false;
  #everything: NodeJS.Timeout | undefined;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: InventoryTellerOptions) {
    this.#options = options;
  }

  /** There is a connection: all that there is, is told, and from then on what changes. */
  start(): void {
    this.stop();
    this.#told.clear();
    this.#foreignTold = undefined;
    this.#isForeignDoubtful = true;
    this.#everything = setInterval(() => void this.#lookAtEverything(), lookEveryMs).unref();
    void this.#lookAtEverything();
  }

  stop(): void {
    clearInterval(this.#everything);
    this.#everything = undefined;
    clearTimeout(this.#soon);
    this.#soon = undefined;
  }

  /** Something may have changed: in a machine of ours, or, with `null`, in what is none of ours. */
  changed(machineId: MachineId | null): void {
    if (machineId === null) this.#isForeignDoubtful = true;
    else this.#doubtful.add(machineId);
    this.#lookIn(gatherMs);
  }

  async #lookAtEverything(): Promise<void> {
    try {
      const { machines } = await this.#options.driver.inventory();
      for (const { machineId, power } of machines) if (power !== 'OFF') this.#doubtful.add(machineId);
      const present = new Set(machines.map(({ machineId }) => machineId));
      for (const machineId of this.#told.keys()) if (!present.has(machineId)) this.#told.delete(machineId);
      this.#isForeignDoubtful = true;
      await this.#look();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'what is on this host could not be looked at');
    }
  }

  #lookIn(milliseconds: number): void {
    if (this.#everything === undefined) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      void this.#look();
    }, milliseconds).unref();
  }

  async #look(): Promise<void> {
    if (this.#isLooking) {
      this.#lookIn(gatherMs);
      return;
    }
    this.#isLooking = true;
    const doubtful = [...this.#doubtful];
    const isForeignDoubtful = this.#isForeignDoubtful;
    this.#doubtful.clear();
    this.#isForeignDoubtful = false;
    try {
      await this.#tell(doubtful, isForeignDoubtful);
    } catch (error) {
      for (const machineId of doubtful) this.#doubtful.add(machineId);
      this.#isForeignDoubtful ||= isForeignDoubtful;
      this.#options.log.debug({ err: error }, 'the server was not told what changed on this host');
      this.#lookIn(againMs);
    } finally {
      this.#isLooking = false;
    }
  }

  async #tell(doubtful: readonly MachineId[], isForeignDoubtful: boolean): Promise<void> {
    const { driver, report } = this.#options;
    const described = await Promise.all(doubtful.map((machineId) => driver.describeMachine(machineId)));
    const definitions = described
      .filter((each) => each !== null)
      .filter((each) => !isDeepStrictEqual(each, this.#told.get(each.machineId)));
    const seen = isForeignDoubtful ? await driver.foreignMachines() : undefined;
    const foreignMachines = seen === undefined || isDeepStrictEqual(seen, this.#foreignTold) ? null : seen;
    if (definitions.length === 0 && foreignMachines === null) return;
    const { isTaken, tellAgain } = await report({ foreignMachines, definitions });
    // Nothing of a machine that is no host yet is no news to the host that it becomes.
    if (!isTaken && (definitions.length > 0 || (foreignMachines ?? []).length > 0))
      throw new Error('this host is not known to the server yet');
    if (foreignMachines !== null) this.#foreignTold = foreignMachines;
    for (const definition of definitions) this.#told.set(definition.machineId, definition);
    for (const machineId of tellAgain) this.#told.delete(machineId);
  }
}

import type { Duplex } from 'node:stream';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation, MachineSpec } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { readLine } from '@nephos/agent-runtime/peer/read-line.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { LiveMigration, MigrationRoute } from '../../migration/live-migration.ts';
import { transferProgress } from '../../migration/transfer-progress.ts';
import { asksFor } from './sentinels.ts';
import type { DiskKeeper, SimulatedDisk, SimulatedDisks } from './simulated-disks.ts';
import type { SimulatedMachine, SimulatedState } from './simulated-state.ts';
import { simulatedFailure, volumeKey } from './simulated-storage.ts';
import type { SimulatedTime } from './simulated-time.ts';

type Payload = CommandPayload<'machine.migrate'>;
type Result = CommandResult<'machine.migrate'>;

interface SimulatedMigrationOptions {
  state: SimulatedState;
  disks: SimulatedDisks;
  keeper: DiskKeeper;
  time: SimulatedTime;
  observe(machineId: Id<'VirtualMachine'>): Promise<MachineObservation>;
  /** Tells of a machine that has come or gone. */
  emit(machine: { machineId: string; power: 'ON' | 'ABSENT' }, reason: string): void;
}

/** What the source says first. The disks are for a simulator that does not share this one's storage. */
interface Offer {
  machine: SimulatedMachine;
  disks: Record<string, SimulatedDisk>;
}

const channel = 'machine';
const typicalMs = 10;
const slowSeconds = 10;
const answerTimeoutMs = 15_000;
const longestOffer = 100_000;

/**
 * Moves simulated machines. As on a real hypervisor the machine stands still while it changes hosts: it is paused and
 * written down as such before the other host is told to let it run.
 */
export class SimulatedMigration implements LiveMigration {
  readonly #options: SimulatedMigrationOptions;

  constructor(options: SimulatedMigrationOptions) {
    this.#options = options;
  }

  prepare(): Promise<void> {
    return Promise.resolve();
  }

  async receive({ machineId, disks }: MachineSpec, _channel: string, stream: Duplex): Promise<void> {
    const { state, keeper, emit } = this.#options;
    const line = await readLine(stream, { limit: longestOffer, timeoutMs: answerTimeoutMs });
    const offer = JSON.parse(line) as Offer;
    const known = state.machines[machineId];
    if (known !== undefined && known.power !== 'OFF') {
      stream.end('the machine is here already\n');
      return;
    }
    stream.write('ready\n');
    // However long its memory takes; the source breaks off when it is told to.
    if ((await readLine(stream, { timeoutMs: 24 * 3_600_000 })) !== 'go') return;
    const adopted = disks.map(volumeKey).filter((key) => this.#options.disks.find(key) === undefined);
    for (const key of adopted) {
      const disk = offer.disks[key];
      if (disk !== undefined) this.#options.disks.put(key, disk, keeper);
    }
    state.machines[machineId] = { ...offer.machine, machineId, power: 'ON', arrivedAt: Date.now() };
    keeper.save();
    emit({ machineId, power: 'ON' }, 'migrated');
    stream.end(`${JSON.stringify(adopted)}\n`);
  }

  forget(machineId: Id<'VirtualMachine'>): Promise<MachineObservation> {
    return this.#options.observe(machineId);
  }

  async send(
    { machineId }: Payload,
    route: MigrationRoute,
    { signal, progress }: CommandContext,
  ): Promise<Result> {
    const { state, keeper } = this.#options;
    const machine = state.machines[machineId];
    if (machine?.power !== 'ON')
      throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
    const stream = await route.open(channel);
    try {
      stream.write(`${JSON.stringify(this.#offerOf(machine))}\n`);
      const answer = await readLine(stream, { timeoutMs: answerTimeoutMs });
      if (answer !== 'ready') throw new CommandFailure('IN_USE', `the other host: ${answer}`);
      await this.#sendMemory(machine, AbortSignal.any([signal, endOf(stream)]), progress);
      if (state.machines[machineId]?.power !== 'ON')
        throw simulatedFailure(`${machine.name} went off on its way`);
      machine.power = 'PAUSED';
      keeper.save();
      const stoodStillAt = performance.now();
      try {
        stream.write('go\n');
        const adopted = JSON.parse(await readLine(stream, { timeoutMs: answerTimeoutMs })) as string[];
        this.#leave(machine, adopted);
      } catch (error) {
        if ((await this.#conclude(machine, route)) === null) throw error;
      }
      return { downtimeMs: Math.round(performance.now() - stoodStillAt) };
    } finally {
      stream.destroy();
    }
  }

  async settle({ machineId }: Payload, route: MigrationRoute): Promise<Result | null> {
    const machine = this.#options.state.machines[machineId];
    if (machine === undefined) return { downtimeMs: null };
    if (machine.power !== 'PAUSED') return null;
    return this.#conclude(machine, route).catch(() => null);
  }

  async #sendMemory(
    { name, memoryBytes }: SimulatedMachine,
    signal: AbortSignal,
    progress: CommandContext['progress'],
  ): Promise<void> {
    const { time } = this.#options;
    const [pieces, pieceMs] = asksFor('slow-at-migrate', name) ? [slowSeconds, 1000] : [1, typicalMs];
    const totalBytes = Number(memoryBytes);
    for (let sent = 0; sent < pieces; sent++) {
      const { percent, detail } = transferProgress({
        totalBytes,
        remainingBytes: totalBytes * (1 - sent / pieces),
        bytesPerSecond: totalBytes / ((pieces * pieceMs) / 1000),
      });
      progress(percent, detail);
      await time.work(`machine.migrate ${name}`, pieceMs, signal);
      if (asksFor('fail-at-migrate', name)) throw simulatedFailure(`${name} got half-way`);
    }
  }

  /** The answer to `go` was lost: the other host knows. @throws CommandFailure when it cannot be asked */
  async #conclude(machine: SimulatedMachine, route: MigrationRoute): Promise<Result | null> {
    const power = await route.powerThere();
    if (power === 'ON' || power === 'PAUSED') {
      this.#leave(machine, []);
      return { downtimeMs: null };
    }
    machine.power = 'ON';
    this.#options.keeper.save();
    return null;
  }

  #leave({ machineId }: SimulatedMachine, adopted: readonly string[]): void {
    const { state, disks, keeper, emit } = this.#options;
    Reflect.deleteProperty(state.machines, machineId);
    for (const key of adopted) disks.remove(key);
    keeper.save();
    emit({ machineId, power: 'ABSENT' }, 'migrated');
  }

  #offerOf(machine: SimulatedMachine): Offer {
    return { machine, disks: this.#options.disks.of(machine.volumeIds) };
  }
}

/** Aborted when the stream ends. */
function endOf(stream: Duplex): AbortSignal {
  const ending = new AbortController();
  stream.once('close', () => {
    ending.abort(new CommandFailure('PEER_UNREACHABLE', 'the other host broke off'));
  });
  return ending.signal;
}

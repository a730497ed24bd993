import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandPayload, CommandResult } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation } from '@nephos/agent-protocol/machine.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import {
  destroyDomain,
  rebootDomain,
  resetDomain,
  resumeDomain,
  shutdownDomain,
  suspendDomain,
} from '@nephos/node-libvirt/domain.ts';
import { hasErrorCode } from '@nephos/node-libvirt/errors.ts';
import type { HostDriver } from '../../driver.ts';
import { explained, refTo } from './domain-reference.ts';
import type { LibvirtLink } from './libvirt-link.ts';

type MachineId = Id<'VirtualMachine'>;

/** The power button is pressed again, should the guest not have been listening yet. */
const pressAgainMs = 10_000;

const isOff = ({ power }: MachineObservation) => power === 'OFF' || power === 'ABSENT';

/** Resolves when what was waited for has come. */
interface Awaited {
  promise: Promise<void>;
  hasCome(): boolean;
  end(): void;
}

/** A machine's buttons: stop, restart, stand still, go on. */
export class MachinePower {
  readonly #link: LibvirtLink;
  readonly #machines: Pick<HostDriver, 'observeMachine' | 'onMachineEvent'>;
  readonly #restartListeners = new Set<(machineId: MachineId) => void>();

  constructor(link: LibvirtLink, machines: Pick<HostDriver, 'observeMachine' | 'onMachineEvent'>) {
    this.#link = link;
    this.#machines = machines;
  }

  /** Takes in that a guest restarted. */
  restarted(machineId: MachineId | undefined): void {
    if (machineId === undefined) return;
    for (const listener of this.#restartListeners) listener(machineId);
  }

  async stop(
    { machineId, graceSeconds }: CommandPayload<'machine.stop'>,
    { signal }: CommandContext,
  ): Promise<CommandResult<'machine.stop'>> {
    const deadline = performance.now() + graceSeconds * 1000;
    const stopped = this.#waitForOff(machineId);
    try {
      while (performance.now() < deadline) {
        signal.throwIfAborted();
        const seen = await this.#observe(machineId);
        if (isOff(seen)) return { ...seen, forced: false };
        // One that stands still would not notice the button.
        if (seen.power === 'PAUSED') await this.resume(machineId);
        // A guest that does not listen, or is just going down, refuses it; the plug comes later.
        await shutdownDomain(this.#link.libvirt, refTo(machineId), ['ACPI_POWER_BTN']).catch(() => undefined);
        await waitFor(stopped, Math.min(pressAgainMs, deadline - performance.now()));
      }
      const seen = await this.#observe(machineId);
      if (isOff(seen)) return { ...seen, forced: false };
      await this.pullPlug(machineId);
      return { ...(await this.#observe(machineId)), forced: true };
    } finally {
      stopped.end();
    }
  }

  async reboot(
    { machineId, graceSeconds }: CommandPayload<'machine.reboot'>,
    { signal }: CommandContext,
  ): Promise<CommandResult<'machine.reboot'>> {
    const { libvirt } = this.#link;
    const domain = refTo(machineId);
    const deadline = performance.now() + graceSeconds * 1000;
    const restarted = this.#waitForRestart(machineId);
    try {
      while (performance.now() < deadline && !restarted.hasCome()) {
        signal.throwIfAborted();
        if ((await this.#observe(machineId)).power !== 'ON') break;
        // libvirt presses the power button, and starts the guest again when that has shut it down.
        await rebootDomain(libvirt, domain, ['ACPI_POWER_BTN']).catch(() => undefined);
        await waitFor(restarted, Math.min(pressAgainMs, deadline - performance.now()));
      }
      if (restarted.hasCome()) return { ...(await this.#observe(machineId)), forced: false };
      // It also makes libvirt forget the above: a guest that shuts down later is to stay off.
      await resetDomain(libvirt, domain);
      return { ...(await this.#observe(machineId)), forced: true };
    } catch (error) {
      throw explained(error);
    } finally {
      restarted.end();
    }
  }

  async suspend(machineId: MachineId): Promise<MachineObservation> {
    const seen = await this.#observe(machineId);
    if (seen.power !== 'ON') return seen;
    await suspendDomain(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      throw explained(error);
    });
    return this.#observe(machineId);
  }

  async resume(machineId: MachineId): Promise<MachineObservation> {
    const seen = await this.#observe(machineId);
    if (seen.power !== 'PAUSED') return seen;
    await resumeDomain(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      throw explained(error);
    });
    return this.#observe(machineId);
  }

  /** Off at once; nothing happens to one that is off, or not there. */
  async pullPlug(machineId: MachineId): Promise<void> {
    await destroyDomain(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      if (!hasErrorCode(error, 'NO_DOMAIN', 'OPERATION_INVALID')) throw explained(error);
    });
  }

  #observe(machineId: MachineId): Promise<MachineObservation> {
    return this.#machines.observeMachine(machineId);
  }

  #waitForOff(machineId: MachineId): Awaited {
    return awaited((come) =>
      this.#machines.onMachineEvent((event) => {
        if (event.machineId === machineId && event.power === 'OFF') come();
      }),
    );
  }

  #waitForRestart(machineId: MachineId): Awaited {
    return awaited((come) => {
      const listener = (restarted: MachineId) => {
        if (restarted === machineId) come();
      };
      this.#restartListeners.add(listener);
      return () => this.#restartListeners.delete(listener);
    });
  }
}

function awaited(listen: (come: () => void) => () => void): Awaited {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let hasCome = false;
  const end = listen(() => {
    hasCome = true;
    resolve(undefined);
  });
  return { promise, hasCome: () => hasCome, end };
}

async function waitFor({ promise }: Awaited, milliseconds: number): Promise<void> {
  await Promise.race([promise, sleep(Math.max(0, milliseconds))]);
}

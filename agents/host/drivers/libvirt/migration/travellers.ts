import type { PowerState } from '@nephos/agent-protocol/machine.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { DomainEvent } from '@nephos/node-libvirt/domain-events.ts';
import type { DomainState } from '@nephos/node-libvirt/results.ts';
import type { MachineEvent } from '../../../driver.ts';

type MachineId = Id<'VirtualMachine'>;

/** Reason of every event of a machine that comes or goes, whatever libvirt calls the step. */
const migrated = 'migrated';

/**
 * Machines on their way, and how they are to be seen: libvirt knows one on both hosts for a while, standing still on
 * at least one. One that has not come yet is not here; one that has not gone yet runs.
 */
export class Travellers {
  readonly #coming = new Set<MachineId>();
  readonly #going = new Set<MachineId>();
  /** Went; some versions of libvirt say afterwards that they have forgotten it, some do not. */
  readonly #gone = new Set<MachineId>();

  expect(machineId: MachineId): void {
    this.#gone.delete(machineId);
    this.#coming.add(machineId);
  }

  /** It has come, or will not. */
  expectNoMore(machineId: MachineId): void {
    this.#coming.delete(machineId);
  }

  isComing(machineId: MachineId): boolean {
    return this.#coming.has(machineId);
  }

  begin(machineId: MachineId): void {
    this.#going.add(machineId);
  }

  end(machineId: MachineId): void {
    this.#going.delete(machineId);
  }

  /** A machine's power, if its migration makes it another than libvirt's state says. */
  powerOf(machineId: MachineId, { state, reason }: DomainState): PowerState | undefined {
    if (state !== 'PAUSED') {
      // It has come, should the event that says so have been missed.
      if (state === 'RUNNING') this.#coming.delete(machineId);
      return undefined;
    }
    if (reason === 'USER') return undefined;
    if (this.#coming.has(machineId)) return 'ABSENT';
    return reason === 'MIGRATION' && this.#going.has(machineId) ? 'ON' : undefined;
  }

  /** What there is to tell of a change; `undefined` for what a migration does in passing. */
  told(event: MachineEvent, { change, detail }: DomainEvent<'LIFECYCLE'>): MachineEvent | undefined {
    const { machineId } = event;
    if (this.#coming.has(machineId)) {
      if (change !== 'RESUMED') return undefined;
      this.#coming.delete(machineId);
      return event;
    }
    if (change === 'SUSPENDED' && detail === 'MIGRATED') return undefined;
    if (change === 'STOPPED' && detail === 'MIGRATED' && this.#going.has(machineId)) {
      this.#gone.add(machineId);
      return { ...event, power: 'ABSENT' };
    }
    if (change === 'UNDEFINED' && this.#gone.delete(machineId)) return { ...event, reason: migrated };
    return event;
  }
}

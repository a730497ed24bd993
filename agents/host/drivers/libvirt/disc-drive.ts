import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import type { MachineObservation } from '@nephos/agent-protocol/machine.ts';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { updateDevice } from '@nephos/node-libvirt/device.ts';
import { monitorCommand } from '@nephos/node-libvirt/guest.ts';
import type { HostDriver } from '../../driver.ts';
import { explained, refTo } from './domain-reference.ts';
import { cdromXml, driveAlias } from './domain-xml.ts';
import type { LibvirtLink } from './libvirt-link.ts';

const mostTrayTries = 20;

/** The drive of each machine, into which discs are put. */
export class DiscDrive {
  readonly #link: LibvirtLink;
  readonly #machines: Pick<HostDriver, 'observeMachine'>;

  constructor(link: LibvirtLink, machines: Pick<HostDriver, 'observeMachine'>) {
    this.#link = link;
    this.#machines = machines;
  }

  async change({ machineId, isoPath }: CommandPayload<'machine.setIso'>): Promise<MachineObservation> {
    const { power } = await this.#machines.observeMachine(machineId);
    if (power === 'ABSENT') throw new CommandFailure('NOT_FOUND', `there is no machine ${machineId} here`);
    const where = power === 'OFF' ? (['CONFIG'] as const) : (['CONFIG', 'LIVE'] as const);
    for (let tries = 1; ; tries++) {
      try {
        // By force: a guest that has the disc mounted would keep it otherwise.
        await updateDevice(this.#link.libvirt, refTo(machineId), cdromXml(isoPath), [...where, 'FORCE']);
        return await this.#machines.observeMachine(machineId);
      } catch (error) {
        if (tries === mostTrayTries || !/tray/i.test((error as Error).message)) throw explained(error);
        await this.#openTray(machineId);
      }
    }
  }

  /**
   * A guest that resets its drive (a BIOS that looks for something to start from does) closes the tray without QEMU
   * saying so. libvirt then takes it for open and does not open it again.
   */
  async #openTray(machineId: Id<'VirtualMachine'>): Promise<void> {
    const command = { execute: 'blockdev-open-tray', arguments: { id: driveAlias, force: true } };
    await monitorCommand(this.#link.libvirt, refTo(machineId), command).catch(() => undefined);
  }
}

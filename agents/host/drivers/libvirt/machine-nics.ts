import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandPayload } from '@nephos/agent-protocol/commands.ts';
import { CommandFailure, OutcomeUnknown } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { attachDevice, detachDevice } from '@nephos/node-libvirt/device.ts';
import { getDomainState, getDomainXml } from '@nephos/node-libvirt/domain.ts';
import { explained, refTo } from './domain-reference.ts';
import { findInterfaceXml, interfaceXml } from './domain-xml.ts';
import type { GuestNetworks } from './guest-networks.ts';
import type { LibvirtLink } from './libvirt-link.ts';
import { guestFilter } from './network-filter.ts';

const everywhere = ['LIVE', 'CONFIG'] as const;
/** How long a guest has to let go of a card. Linux takes less than a second; a guest that does not listen, for ever. */
const letGoMs = 20_000;
const lookEveryMs = 250;

/** Network cards of machines that run. */
export class MachineNics {
  readonly #link: LibvirtLink;
  readonly #networks: GuestNetworks;

  constructor(link: LibvirtLink, networks: GuestNetworks) {
    this.#link = link;
    this.#networks = networks;
  }

  async plug({ machineId, name, nic }: CommandPayload<'machine.plugNic'>): Promise<void> {
    await this.#assertRunning(machineId);
    if (findInterfaceXml(await this.#xmlOf(machineId), nic.macAddress) !== undefined) return;
    await this.#networks.plug(machineId, name, [nic]);
    try {
      await attachDevice(this.#link.libvirt, refTo(machineId), interfaceXml(nic, guestFilter), everywhere);
    } catch (error) {
      const failure = explained(error);
      // One that may be there after all keeps its address.
      if (!(failure instanceof OutcomeUnknown)) await this.#networks.unplugCard(nic.macAddress);
      throw failure;
    }
  }

  async unplug(
    { machineId, macAddress }: CommandPayload<'machine.unplugNic'>,
    { signal }: CommandContext,
  ): Promise<void> {
    await this.#assertRunning(machineId);
    const deadline = performance.now() + letGoMs;
    for (let isAsked = false; ;) {
      const card = findInterfaceXml(await this.#xmlOf(machineId), macAddress);
      if (card === undefined) break;
      signal.throwIfAborted();
      if (performance.now() > deadline)
        throw new CommandFailure('TIMEOUT', 'the guest does not let go of the network card');
      // Asked once: to ask again while it is under way is an error.
      if (!isAsked) await this.#ask(machineId, card);
      isAsked = true;
      await sleep(lookEveryMs);
    }
    await this.#networks.unplugCard(macAddress);
  }

  async #ask(machineId: Id<'VirtualMachine'>, card: string): Promise<void> {
    await detachDevice(this.#link.libvirt, refTo(machineId), card, everywhere).catch((error: unknown) => {
      // From an earlier time, which the guest has not answered yet.
      if (!/already in the process of unplug/i.test((error as Error).message)) throw explained(error);
    });
  }

  #xmlOf(machineId: Id<'VirtualMachine'>): Promise<string> {
    return getDomainXml(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      throw explained(error);
    });
  }

  async #assertRunning(machineId: Id<'VirtualMachine'>): Promise<void> {
    const { state } = await getDomainState(this.#link.libvirt, refTo(machineId)).catch((error: unknown) => {
      throw explained(error);
    });
    if (state !== 'RUNNING') throw new CommandFailure('NOT_FOUND', `machine ${machineId} does not run here`);
  }
}

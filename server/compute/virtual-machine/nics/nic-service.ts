import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { getGuarded } from '../../../identity/access/guarded-loader.ts';
import type { Permission } from '../../../identity/access/permissions.ts';
import { newMacAddress } from '../../../network/address/mac.ts';
import { releaseAddresses, takeAddress } from '../../../network/address/store.ts';
import type { Actor } from '../../../platform/actor.ts';
import { changedFields } from '../../../platform/audit/changed-fields.ts';
import { invalid, PlatformError } from '../../../platform/errors.ts';
import type { Mutation } from '../../../platform/mutations.ts';
import type { Platform } from '../../../platform/platform.ts';
import { assertNoMemorySnapshots } from '../../machine-snapshot/rules.ts';
import { runningAgentOf } from '../machine-agents.ts';
import { loadMachine, targetOf, type MachineInput } from '../machine-change.ts';
import { podOfMachine } from '../machine-place.ts';
import { specOf } from '../machine-spec.ts';
import { attachNicSaga } from '../sagas/attach-nic.ts';
import type { MachineSagaDeps } from '../sagas/deploy.ts';
import { detachNicSaga } from '../sagas/detach-nic.ts';
import { move, type MachineRow } from '../store.ts';
import { addressUsage } from './address-usage.ts';
import { forgetNic } from './forget-nic.ts';

export interface NicInput extends MachineInput {
  nicId: Id<'Nic'>;
}

/** Ids of the machine and, if it runs, of the job that was made for it. */
interface NicAnswer {
  virtualMachineId: string;
  jobId: string | null;
}

const mostNics = 8;

/** Machines' network cards. */
export class NicService {
  readonly #platform: Platform;
  readonly #attach: ReturnType<typeof attachNicSaga>;
  readonly #detach: ReturnType<typeof detachNicSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#attach = attachNicSaga(deps);
    this.#detach = detachNicSaga(deps);
    platform.runner.register(this.#attach);
    platform.runner.register(this.#detach);
  }

  /**
   * Another card, in a network of the machine's zone that it has none in yet; its address is taken at once.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY
   */
  attach(actor: Actor, input: MachineInput & { networkId: Id<'GuestNetwork'> }): Promise<NicAnswer> {
    return this.#change(actor, input, 'virtualMachine.attachNic', async (mutation, machine) => {
      const { tx, at } = mutation;
      await assertNoMemorySnapshots(tx, machine);
      const nics = await nicsOf(tx, machine);
      if (nics.length >= mostNics)
        throw invalid('input.id', machine.id, `must have fewer than ${mostNics} network cards`);
      await this.#networkFor(tx, actor, machine, nics, input.networkId, 'virtualMachine.attachNic');
      const nicId = newId('Nic');
      const { networkId } = input;
      const ipAddress = await this.#address(tx, machine, networkId, nicId);
      const deviceIndex = freeIndex(nics);
      const nic = await tx
        .insertInto('Nic')
        .values({
          ...{ id: nicId, accountId: machine.accountId, virtualMachineId: machine.id, networkId, ipAddress },
          ...{ macAddress: newMacAddress(), deviceIndex, isDefault: nics.length === 0, createdAt: at },
        })
        .returningAll()
        .executeTakeFirstOrThrow();
      await appendUsage(tx, addressUsage('IP_ADDRESS_TAKE', machine.zoneId, [nic], at));
      const { ipAddress: address, macAddress } = nic;
      mutation.concerns('VirtualMachine', machine.id, machine.accountId, { nicId, networkId, address });
      if (machine.hostId === null) return null;
      const agentId = await runningAgentOf(tx, machine);
      const spec = (await specOf(tx, machine, await podOfMachine(tx, machine))).nics.find(
        (each) => each.nicId === nicId,
      );
      if (spec === undefined) throw new Error(`network card ${macAddress} is not in its own machine`);
      return mutation.startJob(
        this.#attach,
        { machineId: machine.id, agentId, name: machine.name, nic: spec },
        targetOf(machine),
        ['reserve'],
      );
    });
  }

  /**
   * Takes a card out, and gives its address back.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE for the default card
   */
  detach(actor: Actor, input: NicInput): Promise<NicAnswer> {
    return this.#change(actor, input, 'virtualMachine.detachNic', async (mutation, machine) => {
      const { tx, at } = mutation;
      await assertNoMemorySnapshots(tx, machine);
      const nic = await nicOf(tx, machine, input.nicId);
      if (nic.isDefault) {
        throw new PlatformError('INVALID_STATE', `it is ${machine.name}’s default network card`, {
          details: { nicId: nic.id },
          remedy: 'make another card the default first',
        });
      }
      mutation.concerns('VirtualMachine', machine.id, machine.accountId, {
        nicId: nic.id,
        networkId: nic.networkId,
        address: nic.ipAddress,
      });
      if (machine.hostId === null) {
        await forgetNic(tx, nic.id, at);
        return null;
      }
      const agentId = await runningAgentOf(tx, machine);
      const { macAddress } = nic;
      return mutation.startJob(
        this.#detach,
        { machineId: machine.id, agentId, nicId: nic.id, macAddress },
        targetOf(machine),
      );
    });
  }

  /**
   * Makes a card the default, or puts it into another network under its hardware address; the latter only while the
   * machine is off. A running guest learns of its new default route when it renews its lease, or starts.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY
   */
  update(
    actor: Actor,
    input: NicInput & { networkId?: Id<'GuestNetwork'> | null | undefined; isDefault: boolean },
  ): Promise<NicAnswer> {
    const action = 'virtualMachine.updateNic';
    return this.#change(actor, input, action, async (mutation, machine) => {
      const { tx, at } = mutation;
      const nics = await nicsOf(tx, machine);
      const nic = await nicOf(tx, machine, input.nicId);
      const { networkId, isDefault } = input;
      let after = nic;
      if (networkId != null && networkId !== nic.networkId) {
        assertOff(machine);
        await assertNoMemorySnapshots(tx, machine);
        await this.#networkFor(tx, actor, machine, nics, networkId, action);
        await releaseAddresses(tx, [nic.id], at);
        const ipAddress = await this.#address(tx, machine, networkId, nic.id);
        after = { ...after, networkId, ipAddress };
        await appendUsage(tx, [
          ...addressUsage('IP_ADDRESS_RELEASE', machine.zoneId, [nic], at),
          ...addressUsage('IP_ADDRESS_TAKE', machine.zoneId, [after], at),
        ]);
      }
      if (isDefault && !nic.isDefault) {
        await tx
          .updateTable('Nic')
          .set({ isDefault: false })
          .where('virtualMachineId', '=', machine.id)
          .where('isDefault', '=', true)
          .execute();
        after = { ...after, isDefault: true };
      }
      const change = { networkId: after.networkId, ipAddress: after.ipAddress, isDefault: after.isDefault };
      await tx.updateTable('Nic').set(change).where('id', '=', nic.id).execute();
      mutation.concerns('VirtualMachine', machine.id, machine.accountId, {
        nicId: nic.id,
        ...changedFields(nic, change),
      });
      return null;
    });
  }

  async #change(
    actor: Actor,
    input: MachineInput,
    action: Permission,
    body: (mutation: Mutation, machine: MachineRow) => Promise<{ id: string } | null>,
  ): Promise<NicAnswer> {
    const { jobId } = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const seen = await loadMachine(mutation.tx, actor, input, action);
      const machine = await move(mutation.tx, seen.id, 'changeNics');
      return { jobId: (await body(mutation, machine))?.id ?? '' };
    });
    return { virtualMachineId: input.id, jobId: jobId === '' ? null : jobId };
  }

  /** @throws PlatformError NOT_FOUND, VALIDATION_FAILED for a network of another zone, or one that it has a card in */
  async #networkFor(
    tx: Transaction,
    actor: Actor,
    machine: MachineRow,
    nics: readonly Row<'Nic'>[],
    networkId: Id<'GuestNetwork'>,
    action: Permission,
  ): Promise<void> {
    const network = await getGuarded(tx, actor, 'GuestNetwork', networkId, action);
    if (network.zoneId !== machine.zoneId)
      throw invalid('input.networkId', networkId, 'must be a network of the machine’s zone');
    if (nics.some((nic) => nic.networkId === networkId))
      throw invalid('input.networkId', networkId, 'must be a network that the machine has no card in yet');
  }

  async #address(
    tx: Transaction,
    machine: MachineRow,
    networkId: Id<'GuestNetwork'>,
    nicId: Id<'Nic'>,
  ): Promise<string> {
    const podId = await podOfMachine(tx, machine);
    const taken = await takeAddress(tx, { networkId, podId, nicId });
    if (taken !== undefined) return taken.address;
    throw new PlatformError('INSUFFICIENT_CAPACITY', 'the network has no free address in the machine’s pod', {
      details: { networkId, podId },
      remedy: 'ask the operator for another guest address range',
    });
  }
}

/** The lowest place that no card has. */
function freeIndex(nics: readonly Row<'Nic'>[]): number {
  const taken = new Set(nics.map(({ deviceIndex }) => deviceIndex));
  let index = 0;
  while (taken.has(index)) index++;
  return index;
}

/** @throws PlatformError INVALID_STATE for a machine that is on a host */
function assertOff(machine: MachineRow): void {
  if (machine.hostId === null) return;
  throw new PlatformError(
    'INVALID_STATE',
    `${machine.name} is ${machine.state}; to put a card into another network it must be STOPPED`,
    {
      details: { id: machine.id, state: machine.state },
      remedy: 'stop it first, or attach a card in that network and detach this one',
    },
  );
}

function nicsOf(tx: Transaction, machine: MachineRow): Promise<Row<'Nic'>[]> {
  return tx.selectFrom('Nic').selectAll().where('virtualMachineId', '=', machine.id).execute();
}

async function nicOf(tx: Transaction, machine: MachineRow, nicId: Id<'Nic'>): Promise<Row<'Nic'>> {
  const nic = (await nicsOf(tx, machine)).find(({ id }) => id === nicId);
  if (nic === undefined) throw invalid('input.nicId', nicId, 'must be one of the machine’s network cards');
  return nic;
}

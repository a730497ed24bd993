import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { activeOwner } from '../../identity/access/owner.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { PlatformError } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { reserveHost } from '../placement/placement.ts';
import { placementRules } from '../placement/rules.ts';
import { assertUnprotected } from './delete-protection.ts';
import { agentOf, findLastAgentOf, runningAgentOf, volumesWithAgents } from './machine-agents.ts';
import {
  changeMachine,
  loadMachine,
  targetOf,
  type MachineAnswer,
  type MachineInput,
} from './machine-change.ts';
import { encodeSpec, imageFile, specOf } from './machine-spec.ts';
import { demandOfStart } from './migration-place.ts';
import { changeIsoSaga } from './sagas/change-iso.ts';
import type { MachineSagaDeps } from './sagas/deploy.ts';
import { destroySaga } from './sagas/destroy.ts';
import { expungeSaga } from './sagas/expunge.ts';
import { rebootSaga } from './sagas/reboot.ts';
import { resumeSaga } from './sagas/resume.ts';
import { startSaga } from './sagas/start.ts';
import { stopSaga } from './sagas/stop.ts';
import { suspendSaga } from './sagas/suspend.ts';
import { headroomForStart } from './scale/headroom.ts';
import { move } from './store.ts';
import { usableImage } from './usable-image.ts';
import { settingOfAccount } from '../../identity/account/account-setting.ts';

/** What is done to machines once they are there. */
export class LifecycleService {
  readonly #platform: Platform;
  readonly #sagas;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#sagas = {
      start: startSaga(deps),
      stop: stopSaga(deps),
      reboot: rebootSaga(deps),
      suspend: suspendSaga(deps),
      resume: resumeSaga(deps),
      destroy: destroySaga(deps),
      expunge: expungeSaga(deps),
      changeIso: changeIsoSaga(deps),
    };
    const { runner } = platform;
    runner.register(this.#sagas.start);
    runner.register(this.#sagas.stop);
    runner.register(this.#sagas.reboot);
    runner.register(this.#sagas.suspend);
    runner.register(this.#sagas.resume);
    runner.register(this.#sagas.destroy);
    runner.register(this.#sagas.expunge);
    runner.register(this.#sagas.changeIso);
  }

  /** `bootFromIsoId`: this once from that disc, which stays in the drive. `actor` is `null` when a schedule is due. */
  start(
    actor: Actor | null,
    input: MachineInput & { bootFromIsoId?: Id<'Iso'> | null | undefined },
  ): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, 'virtualMachine.start', async (mutation, seen) => {
      const { tx } = mutation;
      await activeOwner(tx, seen.accountId);
      // That it was seen to be off says nothing from now on.
      const change = { desiredPower: 'ON', observedPower: null, stateReason: null } as const;
      const { bootFromIsoId } = input;
      const iso =
        actor === null || bootFromIsoId == null
          ? null
          : await usableImage(
              tx,
              actor,
              seen,
              { id: bootFromIsoId, path: 'input.bootFromIsoId' },
              'virtualMachine.start',
            );
      const machine = await move(tx, seen.id, 'start', { ...change, ...(iso !== null && { isoId: iso.id }) });
      const demand = { ...(await demandOfStart(tx, machine)), preferredHostId: machine.lastHostId };
      const headroom = await headroomForStart(tx, machine);
      const placement = await reserveHost(tx, demand, placementRules(this.#platform.settings));
      await tx
        .updateTable('VirtualMachine')
        .set({ hostId: placement.hostId, ...headroom })
        .where('id', '=', machine.id)
        .execute();
      const movesAway = machine.lastHostId !== null && machine.lastHostId !== placement.hostId;
      return mutation.startJob(
        this.#sagas.start,
        {
          machineId: machine.id,
          hostId: placement.hostId,
          agentId: placement.agentId,
          cpuMhz: machine.cpuMhz,
          memoryBytes: machine.memoryBytes.toString(),
          lastAgentId: movesAway ? await findLastAgentOf(tx, machine) : null,
          spec: encodeSpec({
            ...(await specOf(tx, { ...machine, ...headroom }, placement.podId)),
            startsFromIso: iso !== null,
          }),
        },
        targetOf(machine),
        ['reserve'],
      );
    });
  }

  /**
   * `isForced` pulls the plug at once; otherwise the guest has the time of `vm.stop.grace` to shut down. `actor` is
   * `null` when its account is disabled, or its project suspended.
   */
  stop(actor: Actor | null, input: MachineInput & { isForced: boolean }): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, 'virtualMachine.stop', async (mutation, seen) => {
      const machine = await move(mutation.tx, seen.id, 'stop', { desiredPower: 'OFF' });
      const graceSeconds = input.isForced ? 0 : await this.#graceOf(mutation.tx, machine);
      const agentId = await runningAgentOf(mutation.tx, machine);
      return mutation.startJob(
        this.#sagas.stop,
        { machineId: machine.id, agentId, graceSeconds },
        targetOf(machine),
      );
    });
  }

  /** `isForced` resets it at once; otherwise the guest has the time of `vm.stop.grace` to restart by itself. */
  reboot(actor: Actor | null, input: MachineInput & { isForced: boolean }): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, 'virtualMachine.reboot', async (mutation, seen) => {
      const machine = await move(mutation.tx, seen.id, 'reboot');
      const graceSeconds = input.isForced ? 0 : await this.#graceOf(mutation.tx, machine);
      const agentId = await runningAgentOf(mutation.tx, machine);
      return mutation.startJob(
        this.#sagas.reboot,
        { machineId: machine.id, agentId, graceSeconds },
        targetOf(machine),
      );
    });
  }

  #graceOf(tx: Transaction, { accountId }: Row<'VirtualMachine'>): Promise<number> {
    return settingOfAccount(tx, this.#platform.settings, 'vm.stop.grace', accountId);
  }

  /** Its memory stays where it is, and it goes on costing. */
  suspend(actor: Actor, input: MachineInput): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, 'virtualMachine.suspend', async (mutation, seen) => {
      const machine = await move(mutation.tx, seen.id, 'suspend');
      const agentId = await runningAgentOf(mutation.tx, machine);
      return mutation.startJob(this.#sagas.suspend, { machineId: machine.id, agentId }, targetOf(machine));
    });
  }

  resume(actor: Actor, input: MachineInput): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, 'virtualMachine.resume', async (mutation, seen) => {
      const { tx } = mutation;
      await activeOwner(tx, seen.accountId);
      const machine = await move(tx, seen.id, 'resume');
      const agentId = await runningAgentOf(tx, machine);
      return mutation.startJob(this.#sagas.resume, { machineId: machine.id, agentId }, targetOf(machine));
    });
  }

  /**
   * Into the recycle bin: it can be recovered until `expunge.delay` is over. `actor` is `null` when its account is
   * removed.
   */
  destroy(actor: Actor | null, input: MachineInput): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, 'virtualMachine.destroy', async (mutation, seen) => {
      if (actor !== null) assertUnprotected(seen);
      const machine = await move(mutation.tx, seen.id, 'destroy', { desiredPower: 'OFF' });
      const agentId = machine.hostId === null ? null : await agentOf(mutation.tx, machine.hostId);
      const from = seen.state === 'ERROR' ? 'ERROR' : machine.hostId === null ? 'STOPPED' : 'RUNNING';
      return mutation.startJob(
        this.#sagas.destroy,
        { machineId: machine.id, agentId, from },
        targetOf(machine),
      );
    });
  }

  /** Out of the recycle bin. */
  recover(actor: Actor, input: MachineInput): Promise<{ virtualMachineId: string }> {
    const action = 'virtualMachine.recover';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const seen = await loadMachine(mutation.tx, actor, input, action);
      try {
        const { state } = await move(mutation.tx, seen.id, 'recover', { destroyedAt: null });
        mutation.concerns(
          'VirtualMachine',
          seen.id,
          seen.accountId,
          changedFields({ state: seen.state }, { state }),
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new PlatformError('RESOURCE_IN_USE', `another of your machines is called ${seen.name} by now`, {
          details: { name: seen.name },
          remedy: 'rename that one first',
        });
      }
      return { virtualMachineId: seen.id };
    });
  }

  /** For good. `actor` is `null` when its time in the recycle bin is over, or its account is removed. */
  expunge(actor: Actor | null, input: MachineInput): Promise<MachineAnswer> {
    const action = 'virtualMachine.expunge';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      if (actor !== null) assertUnprotected(seen);
      const machine = await move(tx, input.id, 'expunge', { destroyedAt: seen.destroyedAt ?? mutation.at });
      const job = await mutation.startJob(
        this.#sagas.expunge,
        {
          machineId: machine.id,
          lastAgentId: await findLastAgentOf(tx, machine),
          volumes: await volumesWithAgents(tx, machine),
        },
        targetOf(machine),
      );
      return { virtualMachineId: machine.id, jobId: job.id };
    });
  }

  /** `isoId: null` takes the disc out. */
  setIso(actor: Actor, input: MachineInput & { isoId: Id<'Iso'> | null }): Promise<MachineAnswer> {
    const permission = input.isoId === null ? 'virtualMachine.detachIso' : 'virtualMachine.attachIso';
    return changeMachine(this.#platform, actor, input, permission, async (mutation, seen) => {
      const { tx } = mutation;
      const machine = await move(tx, seen.id, 'setIso');
      const iso =
        input.isoId === null
          ? null
          : await usableImage(tx, actor, machine, { id: input.isoId, path: 'input.isoId' }, permission);
      const isoId = iso?.id ?? null;
      const changes = changedFields({ isoId: machine.isoId }, { isoId });
      mutation.concerns('VirtualMachine', machine.id, machine.accountId, changes);
      const disc = async (imageId: typeof machine.isoId) =>
        imageId === null ? null : { imageId, path: (await imageFile(tx, imageId, machine.zoneId)).path };
      return mutation.startJob(
        this.#sagas.changeIso,
        {
          machineId: machine.id,
          agentId: machine.hostId === null ? null : await agentOf(tx, machine.hostId),
          iso: await disc(isoId),
          before: await disc(machine.isoId),
        },
        targetOf(machine),
      );
    });
  }
}

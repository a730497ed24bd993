import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import { activeOwner, assertUsableImage } from '../../identity/access/owner.ts';
import type { Permission } from '../../identity/access/permissions.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Mutation } from '../../platform/mutations.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { reserveHost } from '../placement/placement.ts';
import { limitsFrom } from './deploy-service.ts';
import { encodeSpec, imageFile, specOf } from './machine-spec.ts';
import { changeIsoSaga } from './sagas/change-iso.ts';
import type { MachineSagaDeps } from './sagas/deploy.ts';
import { destroySaga } from './sagas/destroy.ts';
import { expungeSaga } from './sagas/expunge.ts';
import { rebootSaga } from './sagas/reboot.ts';
import { startSaga } from './sagas/start.ts';
import { stopSaga } from './sagas/stop.ts';
import { getMachine, move, type MachineRow } from './store.ts';

export interface MachineInput extends ExpectsVersion {
  id: Id<'VirtualMachine'>;
  idempotencyKey?: string | null | undefined;
}

/** Ids of the machine and of the job that was made for it. */
export interface MachineAnswer extends Record<string, string> {
  virtualMachineId: string;
  jobId: string;
}

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
      destroy: destroySaga(deps),
      expunge: expungeSaga(deps),
      changeIso: changeIsoSaga(deps),
    };
    const { runner } = platform;
    runner.register(this.#sagas.start);
    runner.register(this.#sagas.stop);
    runner.register(this.#sagas.reboot);
    runner.register(this.#sagas.destroy);
    runner.register(this.#sagas.expunge);
    runner.register(this.#sagas.changeIso);
  }

  start(actor: Actor, input: MachineInput): Promise<MachineAnswer> {
    return this.#change(actor, input, 'virtualMachine.start', async (mutation, seen) => {
      const { tx } = mutation;
      await activeOwner(tx, seen.accountId);
      // That it was seen to be off says nothing from now on.
      const change = { desiredPower: 'ON', observedPower: null, stateReason: null } as const;
      const machine = await move(tx, seen.id, 'start', change);
      const poolIds = await readyPools(tx, machine);
      const placement = await reserveHost(
        tx,
        {
          zoneId: machine.zoneId,
          cpuMhz: machine.cpuMhz,
          memoryBytes: machine.memoryBytes,
          poolIds,
          newDiskBytes: 0n,
          networkId: null,
          podId: await podOfAddresses(tx, machine.id),
          preferredHostId: machine.lastHostId,
        },
        limitsFrom(this.#platform),
      );
      await tx
        .updateTable('VirtualMachine')
        .set({ hostId: placement.hostId })
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
          lastAgentId: movesAway ? await agentOf(tx, machine.lastHostId) : null,
          spec: encodeSpec(await specOf(tx, machine, placement.podId)),
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
    return this.#change(actor, input, 'virtualMachine.stop', async (mutation, seen) => {
      const machine = await move(mutation.tx, seen.id, 'stop', { desiredPower: 'OFF' });
      const graceSeconds = input.isForced ? 0 : this.#platform.settings.get('vm.stop.grace');
      const agentId = await runningAgentOf(mutation.tx, machine);
      return mutation.startJob(
        this.#sagas.stop,
        { machineId: machine.id, agentId, graceSeconds },
        targetOf(machine),
      );
    });
  }

  reboot(actor: Actor, input: MachineInput): Promise<MachineAnswer> {
    return this.#change(actor, input, 'virtualMachine.reboot', async (mutation, seen) => {
      const machine = await move(mutation.tx, seen.id, 'reboot');
      const agentId = await runningAgentOf(mutation.tx, machine);
      return mutation.startJob(this.#sagas.reboot, { machineId: machine.id, agentId }, targetOf(machine));
    });
  }

  /**
   * Into the recycle bin: it can be recovered until `expunge.delay` is over. `actor` is `null` when its account is
   * removed.
   */
  destroy(actor: Actor | null, input: MachineInput): Promise<MachineAnswer> {
    return this.#change(actor, input, 'virtualMachine.destroy', async (mutation, seen) => {
      const machine = await move(mutation.tx, seen.id, 'destroy', { desiredPower: 'OFF' });
      const agentId = machine.hostId === null ? null : await agentOf(mutation.tx, machine.hostId);
      const from = seen.state === 'ERROR' || seen.state === 'RUNNING' ? seen.state : 'STOPPED';
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
      const seen = await this.#load(mutation.tx, actor, input, action);
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
      await this.#load(tx, actor, input, action);
      const machine = await move(tx, input.id, 'expunge');
      const job = await mutation.startJob(
        this.#sagas.expunge,
        {
          machineId: machine.id,
          lastAgentId: machine.lastHostId === null ? null : await agentOf(tx, machine.lastHostId),
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
    return this.#change(actor, input, permission, async (mutation, seen) => {
      const { tx } = mutation;
      const machine = await move(tx, seen.id, 'setIso');
      const iso = input.isoId === null ? null : await getGuarded(tx, actor, 'Image', input.isoId, permission);
      if (iso !== null) {
        const { name } = await tx
          .selectFrom('Account')
          .select('name')
          .where('id', '=', machine.accountId)
          .executeTakeFirstOrThrow();
        await assertUsableImage(tx, { accountId: machine.accountId, name }, iso, 'input.isoId');
      }
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

  /** The new name reaches the guest when it starts next. */
  rename(actor: Actor, input: MachineInput & { name: string }): Promise<{ virtualMachineId: string }> {
    const check = new Check();
    check.hostName('input.name', input.name);
    check.done();
    const action = 'virtualMachine.rename';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const seen = await this.#load(mutation.tx, actor, input, action);
      try {
        await mutation.tx
          .updateTable('VirtualMachine')
          .set({ name: input.name })
          .where('id', '=', seen.id)
          .execute();
      } catch (error) {
        if (isUniqueViolation(error))
          throw invalid('input.name', input.name, 'is the name of another of your machines');
        throw error;
      }
      mutation.concerns('VirtualMachine', seen.id, seen.accountId, {
        name: { before: seen.name, after: input.name },
      });
      return { virtualMachineId: seen.id };
    });
  }

  async #change(
    actor: Actor | null,
    input: MachineInput,
    action: Permission,
    body: (mutation: Mutation, seen: MachineRow) => Promise<{ id: string }>,
  ): Promise<MachineAnswer> {
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const seen = await this.#load(mutation.tx, actor, input, action);
      const job = await body(mutation, seen);
      return { virtualMachineId: seen.id, jobId: job.id };
    });
  }

  /** The platform itself, `null`, needs no permission. */
  async #load(
    tx: Transaction,
    actor: Actor | null,
    input: MachineInput,
    permission: Permission,
  ): Promise<MachineRow> {
    const machine =
      actor === null
        ? await getMachine(tx, input.id)
        : await getForChange(tx, actor, 'VirtualMachine', input.id, permission);
    assertVersion(machine.name, machine, input);
    return machine;
  }
}

function targetOf({ id, accountId }: MachineRow) {
  return { kind: 'VirtualMachine', id, accountId };
}

async function agentOf(tx: Transaction, hostId: Id<'Host'> | null): Promise<Id<'Agent'>> {
  const { agentId } = await tx
    .selectFrom('Host')
    .select('agentId')
    .where('id', '=', hostId)
    .executeTakeFirstOrThrow();
  return agentId;
}

async function runningAgentOf(tx: Transaction, machine: MachineRow): Promise<Id<'Agent'>> {
  if (machine.hostId === null) throw new Error(`${machine.id} is ${machine.state} and on no host`);
  return agentOf(tx, machine.hostId);
}

/** Pools of a machine's disks. @throws PlatformError INVALID_STATE while one of them is being worked on */
async function readyPools(tx: Transaction, machine: MachineRow): Promise<Id<'StoragePool'>[]> {
  const volumes = await tx
    .selectFrom('Volume')
    .select(['name', 'state', 'poolId'])
    .where('virtualMachineId', '=', machine.id)
    .execute();
  const busy = volumes.find(({ state }) => state !== 'READY');
  if (busy !== undefined) {
    throw new PlatformError('INVALID_STATE', `disk ${busy.name} is ${busy.state}; wait until it is READY`, {
      details: { volume: busy.name, state: busy.state },
    });
  }
  return [...new Set(volumes.map(({ poolId }) => poolId))];
}

/** The pod that a machine's addresses are of; `null` when it has none. */
async function podOfAddresses(tx: Transaction, machineId: Id<'VirtualMachine'>): Promise<Id<'Pod'> | null> {
  const range = await tx
    .selectFrom('Nic')
    .innerJoin('GuestIpAddress', 'GuestIpAddress.nicId', 'Nic.id')
    .innerJoin('GuestIpRange', 'GuestIpRange.id', 'GuestIpAddress.rangeId')
    .select('podId')
    .where('virtualMachineId', '=', machineId)
    .executeTakeFirst();
  return range?.podId ?? null;
}

/** A machine's disks, each with the agent of a host that reaches it: where it ran last, or else any that is up. */
async function volumesWithAgents(tx: Transaction, machine: MachineRow) {
  const rows = await tx
    .selectFrom('Volume')
    .innerJoin('StoragePool', 'StoragePool.id', 'Volume.poolId')
    .innerJoin('StoragePoolHost', 'StoragePoolHost.poolId', 'Volume.poolId')
    .innerJoin('Host', 'Host.id', 'StoragePoolHost.hostId')
    .select(['Volume.id as volumeId', 'Host.agentId', 'StoragePool.id as poolId', 'StoragePool.path'])
    .distinctOn('Volume.id')
    .where('virtualMachineId', '=', machine.id)
    .orderBy('Volume.id')
    .orderBy((row) => row('Host.id', '=', machine.lastHostId), 'desc')
    .orderBy((row) => row('Host.linkState', '=', 'UP'), 'desc')
    .execute();
  return rows.map(({ volumeId, agentId, poolId, path }) => ({ volumeId, agentId, pool: { poolId, path } }));
}

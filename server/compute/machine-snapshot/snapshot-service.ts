import type { Transaction } from '@nephos/model/database.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import { takeLimits } from '../../identity/limit/limits.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { SpaceTaken, takePools } from '../placement/pools.ts';
import { placementRules } from '../placement/rules.ts';
import { loadMachine, targetOf, type MachineInput } from '../virtual-machine/machine-change.ts';
import type { MachineSagaDeps } from '../virtual-machine/sagas/deploy.ts';
import { assertNotScaling } from '../virtual-machine/scale/scale-service.ts';
import { move, type MachineRow } from '../virtual-machine/store.ts';
import { createSnapshotSaga } from './sagas/create-snapshot.ts';
import { deleteSnapshotSaga } from './sagas/delete-snapshot.ts';
import { placedDisks, snapshotAgentOf, type PlacedDisk } from './snapshot-place.ts';
import { getSnapshot, moveSnapshot, type SnapshotRow } from './store.ts';
import { settingOfAccount } from '../../identity/account/account-setting.ts';

export interface CreateSnapshotInput extends MachineInput {
  name: string;
  description?: string | null | undefined;
  /** Left out: of a machine that is on. */
  withMemory?: boolean | null | undefined;
  /** When a schedule takes it. */
  scheduleId?: Id<'VirtualMachineSchedule'>;
}

export interface SnapshotInput extends ExpectsVersion {
  id: Id<'VirtualMachineSnapshot'>;
  idempotencyKey?: string | null | undefined;
}

export interface UpdateSnapshotInput extends SnapshotInput {
  name?: string | null | undefined;
  description?: string | null | undefined;
}

/** Ids of a snapshot and of the job that was made for it. */
export interface SnapshotAnswer extends Record<string, string> {
  snapshotId: string;
  jobId: string;
}

/** Snapshots of machines: their disks at one instant, and their memory. */
export class SnapshotService {
  readonly #platform: Platform;
  readonly #create: ReturnType<typeof createSnapshotSaga>;
  readonly #delete: ReturnType<typeof deleteSnapshotSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#create = createSnapshotSaga(deps);
    this.#delete = deleteSnapshotSaga(deps);
    platform.runner.register(this.#create);
    platform.runner.register(this.#delete);
  }

  /**
   * Space for all of its memory is promised by the pool of its root disk. `actor` is `null` when a schedule is due.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY,
   * RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT
   */
  create(actor: Actor | null, input: CreateSnapshotInput): Promise<SnapshotAnswer> {
    checkWords(input);
    const action = 'virtualMachineSnapshot.create';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      const machine = await move(tx, seen.id, 'createSnapshot');
      const isOn = machine.hostId !== null;
      const withMemory = input.withMemory ?? isOn;
      if (withMemory && !isOn)
        throw invalid('input.withMemory', true, `must be false: ${machine.name} is off, and has no memory`);
      await assertNotScaling(tx, machine);
      await this.#assertRoom(tx, machine);
      const { disks, sizeBytes } = await placedDisks(tx, machine);
      const agentId = await snapshotAgentOf(tx, machine, disks);
      const snapshotId = newId('VirtualMachineSnapshot');
      const { name, description } = input;
      const reservedBytes = withMemory ? machine.memoryBytes : 0n;
      const { accountId, serviceOfferingId, cpuCount, cpuMhz, memoryBytes } = machine;
      const { headroomCpuCount, headroomMemoryBytes } = machine;
      await tx
        .insertInto('VirtualMachineSnapshot')
        .values({
          id: snapshotId,
          accountId,
          virtualMachineId: machine.id,
          scheduleId: input.scheduleId ?? null,
          name,
          description: description ?? '',
          withMemory,
          ...{ serviceOfferingId, cpuCount, cpuMhz, memoryBytes },
          ...(isOn && { headroomCpuCount, headroomMemoryBytes }),
          volumeIds: disks.map(({ volumeId }) => volumeId),
          diskBytes: sizeBytes,
          poolId: disks[0].pool.poolId,
          reservedBytes,
          createdAt: at,
        })
        .execute();
      mutation.concerns('VirtualMachineSnapshot', snapshotId, accountId, {
        virtualMachineId: machine.id,
        name,
        withMemory,
      });
      const job = await mutation.startJob(
        this.#create,
        { machineId: machine.id, snapshotId, agentId, name: machine.name, disks, withMemory },
        targetOf(machine),
        ['reserve'],
      );
      await input.alongside?.(tx, job.id);
      await this.#reserve(tx, machine, disks[0], reservedBytes);
      return { snapshotId, jobId: job.id };
    });
  }

  /**
   * What was taken after it stays, and stands on the one before. `actor` is `null` when a schedule keeps fewer.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, VERSION_CONFLICT
   */
  delete(actor: Actor | null, input: SnapshotInput): Promise<SnapshotAnswer> {
    const action = 'virtualMachineSnapshot.delete';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen =
        actor === null
          ? await getSnapshot(tx, input.id)
          : await getForChange(tx, actor, 'VirtualMachineSnapshot', input.id, action);
      assertVersion(seen.name, seen, input);
      const machine = await move(tx, seen.virtualMachineId, 'deleteSnapshot');
      const snapshot = await moveSnapshot(tx, seen.id, 'delete');
      mutation.concerns('VirtualMachineSnapshot', snapshot.id, snapshot.accountId, {
        virtualMachineId: machine.id,
        name: snapshot.name,
      });
      const { disks } = await placedDisks(tx, machine);
      const agentId = await snapshotAgentOf(tx, machine, disks);
      const job = await mutation.startJob(
        this.#delete,
        { machineId: machine.id, snapshotId: snapshot.id, agentId, name: machine.name, disks },
        targetOf(machine),
      );
      return { snapshotId: snapshot.id, jobId: job.id };
    });
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT */
  update(actor: Actor, input: UpdateSnapshotInput): Promise<{ snapshotId: string }> {
    checkWords(input);
    const action = 'virtualMachineSnapshot.update';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await getForChange(tx, actor, 'VirtualMachineSnapshot', input.id, action);
      assertVersion(seen.name, seen, input);
      const { name, description } = input;
      const change = { ...(name != null && { name }), ...(description != null && { description }) };
      const changes = changedFields<Partial<SnapshotRow>>(seen, change);
      mutation.concerns('VirtualMachineSnapshot', seen.id, seen.accountId, changes);
      if (Object.keys(change).length > 0)
        await tx.updateTable('VirtualMachineSnapshot').set(change).where('id', '=', seen.id).execute();
      return { snapshotId: seen.id };
    });
  }

  /** @throws PlatformError RESOURCE_LIMIT_EXCEEDED */
  async #assertRoom(tx: Transaction, machine: MachineRow): Promise<void> {
    const maximum = await settingOfAccount(tx, this.#platform.settings, 'vm.snapshot.max', machine.accountId);
    const { count } = await tx
      .selectFrom('VirtualMachineSnapshot')
      .select(({ fn }) => fn.countAll<bigint>().as('count'))
      .where('virtualMachineId', '=', machine.id)
      .executeTakeFirstOrThrow();
    if (count < maximum) return;
    throw new PlatformError(
      'RESOURCE_LIMIT_EXCEEDED',
      `${machine.name} has ${count} snapshots; vm.snapshot.max allows ${maximum} of a machine`,
      { details: { setting: 'vm.snapshot.max', maximum }, remedy: 'delete one of them first' },
    );
  }

  /** Last in the transaction: many may want the same pool. @throws PlatformError INSUFFICIENT_CAPACITY */
  async #reserve(tx: Transaction, machine: MachineRow, root: PlacedDisk, sizeBytes: bigint): Promise<void> {
    if (sizeBytes === 0n) return;
    const { settings } = this.#platform;
    const newDisks = [{ sizeBytes, storageTags: [] }];
    await takePools(tx, [root.pool], { newDisks }, placementRules(settings)).catch((error: unknown) => {
      if (!(error instanceof SpaceTaken)) throw error;
      throw new PlatformError(
        'INSUFFICIENT_CAPACITY',
        `the storage of ${machine.name}’s root disk has no room for its memory`,
        {
          details: { poolId: root.pool.poolId, sizeBytes: sizeBytes.toString() },
          remedy: 'take the snapshot without memory, or ask the operator for space',
        },
      );
    });
    await takeLimits(tx, settings, machine.accountId, { PRIMARY_STORAGE: sizeBytes });
  }
}

function checkWords({
  name,
  description,
}: {
  name?: string | null | undefined;
  description?: string | null | undefined;
}): void {
  const check = new Check();
  if (name != null) check.name('input.name', name);
  if (description != null) check.line('input.description', description);
  check.done();
}

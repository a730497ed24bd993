import type { Transaction } from '@nephos/model/database.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import { activeOwner } from '../../identity/access/owner.ts';
import { takeLimits } from '../../identity/limit/limits.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { assertVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { reserveMore } from '../placement/host-growth.ts';
import { reserveHost } from '../placement/placement.ts';
import { placementRules } from '../placement/rules.ts';
import { findLastAgentOf, runningAgentOf } from '../virtual-machine/machine-agents.ts';
import { targetOf } from '../virtual-machine/machine-change.ts';
import { podOfMachine } from '../virtual-machine/machine-place.ts';
import { encodeSpec, specOf } from '../virtual-machine/machine-spec.ts';
import { demandOfStart } from '../virtual-machine/migration-place.ts';
import type { MachineSagaDeps } from '../virtual-machine/sagas/deploy.ts';
import { headroomFrom } from '../virtual-machine/scale/headroom.ts';
import { assertNotScaling } from '../virtual-machine/scale/scale-service.ts';
import { sizeDifference } from '../virtual-machine/scale/size-difference.ts';
import { nextState } from '../virtual-machine/state-machine.ts';
import { invalidState, move, type MachineRow } from '../virtual-machine/store.ts';
import { differs, enoughForBoth, sizeOf, type PromisedSize } from './revert-size.ts';
import { revertSnapshotSaga, type RevertInput } from './sagas/revert-snapshot.ts';
import { assertKeepsSnapshots, placedDisks, snapshotAgentOf, type PlacedDisk } from './snapshot-place.ts';
import type { SnapshotAnswer, SnapshotInput } from './snapshot-service.ts';
import { lockMachine, moveSnapshot, type SnapshotRow } from './store.ts';

const action = 'virtualMachineSnapshot.revert';

type Plan = Pick<RevertInput, 'way' | 'agentId' | 'lastAgentId'> & { machine: MachineRow };

/** Puts machines back to their snapshots. */
export class RevertService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof revertSnapshotSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#saga = revertSnapshotSaga(deps);
    platform.runner.register(this.#saga);
  }

  /**
   * The machine has the offering and the size again that it had.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, INVALID_STATE, INSUFFICIENT_CAPACITY, RESOURCE_LIMIT_EXCEEDED,
   * VERSION_CONFLICT
   */
  revert(actor: Actor, input: SnapshotInput): Promise<SnapshotAnswer> {
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const seen = await getForChange(tx, actor, 'VirtualMachineSnapshot', input.id, action);
      assertVersion(seen.name, seen, input);
      const before = await lockMachine(tx, seen.virtualMachineId);
      if (nextState(before.state, 'revert') === undefined) throw invalidState(before, 'revert');
      await assertNotScaling(tx, before);
      const promised = enoughForBoth(before, seen);
      const { machine, ...plan } = await this.#begin(tx, before, seen, promised);
      const snapshot = await moveSnapshot(tx, seen.id, 'revert');
      const { disks } = await placedDisks(tx, machine);
      assertSameDisks(machine, snapshot, disks);
      mutation.concerns('VirtualMachineSnapshot', snapshot.id, snapshot.accountId, {
        virtualMachineId: machine.id,
        name: snapshot.name,
      });
      const { serviceOfferingId, headroomCpuCount, headroomMemoryBytes } = snapshot;
      const then = { ...sizeOf(snapshot), headroomCpuCount, headroomMemoryBytes };
      const resumes =
        plan.way === 'OFF'
          ? null
          : await specOf(tx, { ...machine, ...then }, await podOfMachine(tx, machine));
      const headroom = headroomFrom(then);
      const job = await mutation.startJob(
        this.#saga,
        {
          ...plan,
          machineId: machine.id,
          snapshotId: snapshot.id,
          name: machine.name,
          disks,
          resumes: resumes && encodeSpec(resumes),
          before: asText(before),
          after: { ...asText(snapshot), serviceOfferingId },
          headroom: headroom && { ...headroom, memoryBytes: headroom.memoryBytes.toString() },
          isScaled: differs(before, snapshot),
        },
        targetOf(machine),
        ['reserve'],
      );
      await takeLimits(tx, this.#platform.settings, machine.accountId, sizeDifference(before, promised));
      return { snapshotId: snapshot.id, jobId: job.id };
    });
  }

  /** Moves the machine on its way, and reserves what it needs of a host. */
  async #begin(
    tx: Transaction,
    before: MachineRow,
    snapshot: SnapshotRow,
    promised: PromisedSize,
  ): Promise<Plan> {
    if (!snapshot.withMemory) {
      assertOff(before, snapshot);
      const machine = await move(tx, before.id, 'revert', sizeOf(promised));
      const { disks } = await placedDisks(tx, machine);
      return { machine, way: 'OFF', agentId: await snapshotAgentOf(tx, machine, disks), lastAgentId: null };
    }
    await activeOwner(tx, before.accountId);
    if (before.hostId !== null) {
      const machine = await move(tx, before.id, 'revert', { ...sizeOf(promised), desiredPower: 'ON' });
      await reserveMore(tx, before.hostId, {
        cpuMhz: promised.cpuMhz - before.cpuMhz,
        memoryBytes: promised.memoryBytes - before.memoryBytes,
      });
      return { machine, way: 'RESUME', agentId: await runningAgentOf(tx, machine), lastAgentId: null };
    }
    return this.#beginOnHost(tx, before, promised);
  }

  /** A machine that is off is put on a host, as when it is started. */
  async #beginOnHost(tx: Transaction, before: MachineRow, promised: PromisedSize): Promise<Plan> {
    const change = {
      ...sizeOf(promised),
      desiredPower: 'ON',
      observedPower: null,
      stateReason: null,
    } as const;
    const stopped = await move(tx, before.id, 'start', change);
    const demand = { ...(await demandOfStart(tx, stopped)), preferredHostId: stopped.lastHostId };
    const { hostId, agentId } = await reserveHost(tx, demand, placementRules(this.#platform.settings));
    const host = await tx
      .selectFrom('Host')
      .select(['name', 'facts'])
      .where('id', '=', hostId)
      .executeTakeFirstOrThrow();
    assertKeepsSnapshots(host);
    const machine = await tx
      .updateTable('VirtualMachine')
      .set({ hostId })
      .where('id', '=', stopped.id)
      .returningAll()
      .executeTakeFirstOrThrow();
    const movesAway = stopped.lastHostId !== null && stopped.lastHostId !== hostId;
    const lastAgentId = movesAway ? await findLastAgentOf(tx, stopped) : null;
    return { machine, way: 'START', agentId, lastAgentId };
  }
}

/** @throws PlatformError INVALID_STATE */
function assertOff(machine: MachineRow, snapshot: SnapshotRow): void {
  if (machine.state === 'STOPPED') return;
  throw new PlatformError(
    'INVALID_STATE',
    `${machine.name} is ${machine.state}; to go back to ${snapshot.name}, which is without memory, it must be STOPPED`,
    { details: { id: machine.id, state: machine.state }, remedy: 'stop it first' },
  );
}

/** @throws PlatformError INVALID_STATE */
function assertSameDisks(machine: MachineRow, snapshot: SnapshotRow, disks: readonly PlacedDisk[]): void {
  const has = disks.map(({ volumeId }) => volumeId);
  if (has.length === snapshot.volumeIds.length && has.every((id) => snapshot.volumeIds.includes(id))) return;
  throw new PlatformError(
    'INVALID_STATE',
    `${machine.name} has other disks than when ${snapshot.name} was taken`,
    { details: { id: machine.id, volumeIds: has, snapshotVolumeIds: snapshot.volumeIds } },
  );
}

const asText = (size: PromisedSize) => ({ ...sizeOf(size), memoryBytes: size.memoryBytes.toString() });

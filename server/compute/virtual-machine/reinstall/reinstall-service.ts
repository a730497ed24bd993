import type { Row, Transaction } from '@nephos/model/database.ts';
import { newId, parseId, type Id } from '@nephos/model/kernel/ids.ts';
import { takeLimits } from '../../../identity/limit/limits.ts';
import type { Actor } from '../../../platform/actor.ts';
import { invalid } from '../../../platform/errors.ts';
import type { Platform } from '../../../platform/platform.ts';
import { assertNoSnapshots } from '../../machine-snapshot/rules.ts';
import { reserveHost } from '../../placement/placement.ts';
import { placementRules } from '../../placement/rules.ts';
import { volumeAmounts } from '../counted.ts';
import { assertUnprotected } from '../delete-protection.ts';
import { changeMachine, targetOf, type MachineAnswer, type MachineInput } from '../machine-change.ts';
import { readyPools } from '../machine-place.ts';
import { encodeSpec, imageFile, specOf, type MachineSpecText } from '../machine-spec.ts';
import type { MachineSagaDeps } from '../sagas/deploy.ts';
import { reinstallSaga } from '../sagas/reinstall.ts';
import { move, type MachineRow } from '../store.ts';
import { usableImage } from '../usable-image.ts';
import { settingOfAccount } from '../../../identity/account/account-setting.ts';

export interface ReinstallInput extends MachineInput {
  /** Absent: the one it was made from. */
  templateId?: Id<'Template'> | null | undefined;
}

const action = 'virtualMachine.reinstall';

/** Gives machines new root disks. */
export class ReinstallService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof reinstallSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#saga = reinstallSaga(deps);
    platform.runner.register(this.#saga);
  }

  /**
   * The old root disk is counted until it is deleted.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY,
   * RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT
   */
  reinstall(actor: Actor, input: ReinstallInput): Promise<MachineAnswer> {
    return changeMachine(this.#platform, actor, input, action, async (mutation, seen) => {
      const { tx, at } = mutation;
      assertUnprotected(seen);
      const machine = await move(tx, seen.id, 'reinstall');
      await readyPools(tx, machine);
      const template = await this.#templateOf(tx, actor, machine, input);
      const { path, virtualSizeBytes } = await imageFile(tx, template.id, machine.zoneId);
      await assertNoSnapshots(tx, machine, 'be reinstalled');
      const old = await rootDiskOf(tx, machine);
      const sizeBytes = old.sizeBytes > virtualSizeBytes ? old.sizeBytes : virtualSizeBytes;
      const placement = await this.#reserve(tx, machine, sizeBytes);
      const [pool] = placement.pools;
      if (pool === undefined) throw new Error('the placement names no pool for the new root disk');
      const volumeId = newId('Volume');
      await tx
        .insertInto('Volume')
        .values({
          id: volumeId,
          accountId: machine.accountId,
          zoneId: machine.zoneId,
          poolId: pool.poolId,
          diskOfferingId: old.diskOfferingId,
          imageId: template.id,
          kind: 'ROOT',
          name: `root-${machine.name}`,
          sizeBytes,
          state: 'CREATING',
          createdAt: at,
        })
        .execute();
      const newDisk = { volumeId, pool: { poolId: pool.poolId, path: pool.path } };
      const before = machine.hostId === null ? null : encodeSpec(await specOf(tx, machine, placement.podId));
      await takeLimits(tx, this.#platform.settings, machine.accountId, volumeAmounts([{ sizeBytes }]));
      const graceSeconds = await settingOfAccount(
        tx,
        this.#platform.settings,
        'vm.stop.grace',
        machine.accountId,
      );
      return mutation.startJob(
        this.#saga,
        {
          machineId: machine.id,
          agentId: placement.agentId,
          ran: before && {
            before,
            after: withRootDisk(before, newDisk),
            graceSeconds,
          },
          name: machine.name,
          base: {
            imageId: template.id,
            sourcePath: path,
            format: template.format === 'RAW' ? 'RAW' : 'QCOW2',
          },
          oldDisk: { volumeId: old.id, pool: { poolId: old.poolId, path: old.path } },
          newDisk: { ...newDisk, sizeBytes: sizeBytes.toString() },
        },
        targetOf(machine),
        ['reserve'],
      );
    });
  }

  async #templateOf(
    tx: Transaction,
    actor: Actor,
    machine: MachineRow,
    { templateId }: ReinstallInput,
  ): Promise<Row<'Image'>> {
    const id = templateId ?? machine.templateId;
    if (id === null) {
      throw invalid('input.templateId', null, `must be given: ${machine.name} was not made from a template`);
    }
    const image = { id: parseId('Template', id), path: 'input.templateId' };
    return usableImage(tx, actor, machine, image, action);
  }

  /** Space for the new disk where the machine runs, or on a host that reaches all of its disks. */
  async #reserve(tx: Transaction, machine: MachineRow, sizeBytes: bigint) {
    const { storageTags } = await tx
      .selectFrom('ServiceOffering')
      .select('storageTags')
      .where('id', '=', machine.serviceOfferingId)
      .executeTakeFirstOrThrow();
    return reserveHost(
      tx,
      {
        zoneId: machine.zoneId,
        accountId: machine.accountId,
        cpuMhz: 0,
        memoryBytes: 0n,
        hostTags: [],
        strategy: null,
        poolIds: await readyPools(tx, machine),
        newDisks: [{ sizeBytes, storageTags }],
        networkId: null,
        podId: null,
        preferredHostId: machine.lastHostId,
        targetHostId: machine.hostId,
      },
      placementRules(this.#platform.settings),
    );
  }
}

async function rootDiskOf(tx: Transaction, machine: MachineRow) {
  return tx
    .selectFrom('Volume')
    .innerJoin('StoragePool', 'StoragePool.id', 'Volume.poolId')
    .selectAll('Volume')
    .select('StoragePool.path')
    .where('virtualMachineId', '=', machine.id)
    .where('deviceIndex', '=', 0)
    .executeTakeFirstOrThrow();
}

function withRootDisk(
  spec: MachineSpecText,
  disk: Pick<MachineSpecText['disks'][number], 'volumeId' | 'pool'>,
): MachineSpecText {
  const disks = spec.disks.map((each) => (each.deviceIndex === 0 ? { ...disk, deviceIndex: 0 } : each));
  return { ...spec, disks };
}

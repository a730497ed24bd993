import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { formatBytes } from '@nephos/model/kernel/units.ts';
import { getGuarded, holdGuarded } from '../../../identity/access/guarded-loader.ts';
import { activeOwner, assertOffered } from '../../../identity/access/owner.ts';
import { releaseLimits, takeLimits } from '../../../identity/limit/limits.ts';
import type { Actor } from '../../../platform/actor.ts';
import { changedFields } from '../../../platform/audit/changed-fields.ts';
import { invalid, PlatformError } from '../../../platform/errors.ts';
import type { Platform } from '../../../platform/platform.ts';
import { reserveMore } from '../../placement/host-growth.ts';
import { chosenSize, type MachineSize, type SizeChoice } from '../../service-offering/chosen-size.ts';
import { assertNoSnapshotWork } from '../../machine-snapshot/rules.ts';
import { runningAgentOf } from '../machine-agents.ts';
import { loadMachine, targetOf, type MachineInput } from '../machine-change.ts';
import type { MachineSagaDeps } from '../sagas/deploy.ts';
import { scaleSaga } from '../sagas/scale.ts';
import { move, type MachineRow } from '../store.ts';
import { appendScaleUsage } from './scale-usage.ts';
import { sizeDifference } from './size-difference.ts';

export interface ScaleInput extends MachineInput, SizeChoice {
  serviceOfferingId: Id<'ServiceOffering'>;
}

const action = 'virtualMachine.scale';

/** Gives machines other sizes. */
export class ScaleService {
  readonly #platform: Platform;
  readonly #saga: ReturnType<typeof scaleSaga>;

  constructor(platform: Platform, deps: MachineSagaDeps) {
    this.#platform = platform;
    this.#saga = scaleSaga(deps);
    platform.runner.register(this.#saga);
  }

  /**
   * A stopped machine has its new size at once; one that runs is given more by a job.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, INVALID_STATE, INSUFFICIENT_CAPACITY,
   * RESOURCE_LIMIT_EXCEEDED, VERSION_CONFLICT
   */
  async scale(actor: Actor, input: ScaleInput): Promise<{ virtualMachineId: string; jobId: string | null }> {
    const { settings } = this.#platform;
    const { jobId } = await this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const seen = await loadMachine(tx, actor, input, action);
      const offering = await getGuarded(tx, actor, 'ServiceOffering', input.serviceOfferingId, action);
      const zone = await holdGuarded(tx, actor, 'Zone', seen.zoneId, action);
      assertOffered(await activeOwner(tx, seen.accountId), zone, offering, 'input.serviceOfferingId');
      const size = { serviceOfferingId: offering.id, ...chosenSize(offering, input) };
      const isLive = seen.hostId !== null;
      if (isLive) await assertLive(tx, seen, offering, size);
      // Nothing runs that would have to be told; the next start tells it.
      const machine = await move(tx, seen.id, 'scale', size);
      await assertNoSnapshotWork(tx, machine);
      mutation.concerns('VirtualMachine', seen.id, seen.accountId, changedFields(seen, size));
      if (seen.hostId !== null) {
        await reserveMore(tx, seen.hostId, {
          cpuMhz: size.cpuMhz - seen.cpuMhz,
          memoryBytes: size.memoryBytes - seen.memoryBytes,
        });
      } else {
        await appendScaleUsage(tx, machine, at);
      }
      const more = sizeDifference(seen, size);
      await takeLimits(tx, settings, seen.accountId, onlyPositive(more));
      await releaseLimits(tx, seen.accountId, onlyPositive({ CPU: -more.CPU, MEMORY: -more.MEMORY }));
      if (!isLive) return { jobId: '' };
      const job = await mutation.startJob(
        this.#saga,
        {
          machineId: machine.id,
          agentId: await runningAgentOf(tx, machine),
          before: asText(seen),
          after: asText(machine),
        },
        targetOf(machine),
        ['reserve'],
      );
      return { jobId: job.id };
    });
    return { virtualMachineId: input.id, jobId: jobId === '' ? null : jobId };
  }
}

/** @throws PlatformError INVALID_STATE, VALIDATION_FAILED for what a running machine cannot become */
async function assertLive(
  tx: Transaction,
  machine: MachineRow,
  offering: Row<'ServiceOffering'>,
  size: MachineSize,
): Promise<void> {
  const { isScalableLive, name } = await tx
    .selectFrom('ServiceOffering')
    .select(['isScalableLive', 'name'])
    .where('id', '=', machine.serviceOfferingId)
    .executeTakeFirstOrThrow();
  const rigid = isScalableLive ? (offering.isScalableLive ? null : offering.name) : name;
  const remedy = 'stop the machine, scale it, and start it again';
  if (rigid !== null) {
    throw new PlatformError(
      'INVALID_STATE',
      `${machine.name} runs, and machines of ${rigid} are not scaled while they run`,
      { details: { id: machine.id, state: machine.state, serviceOffering: rigid }, remedy },
    );
  }
  const shrinks =
    size.cpuCount < machine.cpuCount ||
    size.memoryBytes < machine.memoryBytes ||
    size.cpuMhz < machine.cpuMhz;
  if (shrinks) {
    throw invalid(
      'input.serviceOfferingId',
      offering.id,
      `must not be less than ${machine.name} has, while it runs`,
    );
  }
  const { headroomCpuCount, headroomMemoryBytes } = machine;
  const most = {
    cpuCount: headroomCpuCount ?? machine.cpuCount,
    memoryBytes: headroomMemoryBytes ?? machine.memoryBytes,
  };
  if (size.cpuCount > most.cpuCount || size.memoryBytes > most.memoryBytes) {
    throw new PlatformError(
      'INVALID_STATE',
      `${machine.name} was started with room for ${most.cpuCount} processors and ${formatBytes(most.memoryBytes)}`,
      { details: { cpuCount: most.cpuCount, memory: most.memoryBytes.toString() }, remedy },
    );
  }
  await assertNotScaling(tx, machine);
}

/** @throws PlatformError INVALID_STATE while a job gives it another size */
export async function assertNotScaling(tx: Transaction, machine: MachineRow): Promise<void> {
  const job = await tx
    .selectFrom('Job')
    .select('id')
    .where('targetId', '=', machine.id)
    .where('kind', '=', 'virtualMachine.scale')
    .where('finishedAt', 'is', null)
    .executeTakeFirst();
  if (job === undefined) return;
  throw new PlatformError('INVALID_STATE', `${machine.name} is being scaled already`, {
    details: { jobId: job.id },
  });
}

function onlyPositive(amounts: ReturnType<typeof sizeDifference>) {
  return {
    CPU: amounts.CPU > 0n ? amounts.CPU : 0n,
    MEMORY: amounts.MEMORY > 0n ? amounts.MEMORY : 0n,
  };
}

function asText({ serviceOfferingId, cpuCount, cpuMhz, memoryBytes }: MachineRow) {
  return { serviceOfferingId, cpuCount, cpuMhz, memoryBytes: memoryBytes.toString() };
}

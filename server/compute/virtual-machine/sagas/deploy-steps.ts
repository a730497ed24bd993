import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import { z } from 'zod';
import { AgentFailed } from '../../../agent-gateway/agent-errors.ts';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { releaseAddresses } from '../../../network/address/store.ts';
import type { SagaRun, Step } from '../../../platform/jobs/saga.ts';
import { releaseHost } from '../../placement/placement.ts';
import { releasePool } from '../../placement/pools.ts';
import { machineAmounts, volumeAmounts } from '../counted.ts';
import type { MachineSpecText } from '../machine-spec.ts';
import { move } from '../store.ts';
import { baseField, rememberBase } from './base-image.ts';
import type { MachineSagaDeps } from './deploy.ts';

const poolField = z.object({ poolId: idField('StoragePool'), path: z.string() });

/** What the jobs that make machines are told. */
export const deployJob = z.object({
  machineId: idField('VirtualMachine'),
  nicId: idField('Nic'),
  /** Host that was chosen; its agent makes the disks. */
  hostId: idField('Host'),
  agentId: idField('Agent'),
  /** A password was made for its guest. */
  hasPassword: z.boolean().default(true),
  /** Of the host. */
  reserved: z.object({ cpuMhz: z.number(), memoryBytes: z.string() }),
  /** The root disk first. */
  disks: z.array(
    z.object({
      volumeId: idField('Volume'),
      pool: poolField,
      name: z.string(),
      sizeBytes: z.string(),
      base: baseField.nullable(),
    }),
  ),
  spec: z.custom<MachineSpecText>((value) => typeof value === 'object'),
});

export type DeployJob = z.output<typeof deployJob>;

export type MakingOutputs = {
  reserve: undefined;
  prepareTemplate: { sizeBytes: string };
  createDisks: undefined;
};

type MakingStep<Name extends keyof MakingOutputs> = Step<DeployJob, MakingOutputs, Name>;
type MakingRun = SagaRun<DeployJob, MakingOutputs>;

/** All that a new machine needs was reserved with the request; this gives it back. */
export function reserveStep({ clock }: MachineSagaDeps): MakingStep<'reserve'> {
  return {
    name: 'reserve',
    recordUndo: async (tx, { input }) => {
      const { hostId, reserved, disks, nicId } = input;
      await releaseHost(tx, hostId, { ...reserved, memoryBytes: BigInt(reserved.memoryBytes) });
      for (const { pool, sizeBytes } of disks) await releasePool(tx, pool.poolId, BigInt(sizeBytes));
      await releaseAddresses(tx, [nicId], clock.now());
      await tx.updateTable('Nic').set({ ipAddress: null }).where('id', '=', nicId).execute();
      const volumes = await tx
        .deleteFrom('Volume')
        .where(
          'id',
          'in',
          disks.map(({ volumeId }) => volumeId),
        )
        .returning('sizeBytes')
        .execute();
      const machine = await tx
        .selectFrom('VirtualMachine')
        .select(['accountId', 'cpuCount', 'memoryBytes'])
        .where('id', '=', input.machineId)
        .executeTakeFirstOrThrow();
      await releaseLimits(tx, machine.accountId, { ...machineAmounts(machine), ...volumeAmounts(volumes) });
    },
  };
}

type Disk = DeployJob['disks'][number];

/** Hosts that share the pool may copy a template to it at once; the copies are equal and the last one stays. */
function installBase({ agents, settings }: MachineSagaDeps, run: MakingRun, { base, pool }: Disk) {
  if (base === null) throw new Error('the disk is no clone of anything');
  const deadlineSeconds = settings.get('copy.volume.wait');
  return agents.execute(run, run.input.agentId, 'base.install', { ...base, pool }, { deadlineSeconds });
}

/** Brings the template to the pool of the root disk; done with the request where the pool has it. */
export function prepareTemplateStep(deps: MachineSagaDeps): MakingStep<'prepareTemplate'> {
  return {
    name: 'prepareTemplate',
    act: async (run) => {
      const [root] = run.input.disks;
      if (root?.base == null) return { sizeBytes: '0' };
      const { sizeBytes } = await installBase(deps, run, root);
      return { sizeBytes: sizeBytes.toString() };
    },
    record: async (tx, { input }, output) => {
      const [root] = input.disks;
      if (root?.base == null) return;
      await rememberBase(tx, root.base.imageId, root.pool.poolId, BigInt(output.sizeBytes));
    },
  };
}

/** Makes the disks, all at once. */
export function createDisksStep(deps: MachineSagaDeps): MakingStep<'createDisks'> {
  const { agents, settings } = deps;
  const wait = (label: string) => ({ deadlineSeconds: settings.get('wait'), label });
  const create = (run: MakingRun, { volumeId, pool, name, sizeBytes, base }: Disk, label: string) => {
    const disk = { volumeId, pool, name, sizeBytes: BigInt(sizeBytes), baseImageId: base?.imageId ?? null };
    return agents.execute(run, run.input.agentId, 'volume.create', disk, wait(label));
  };
  const forEach = async (run: MakingRun, work: (disk: Disk) => Promise<unknown>) => {
    const outcomes = await Promise.allSettled(run.input.disks.map(work));
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  };
  return {
    name: 'createDisks',
    act: (run) =>
      forEach(run, async (disk) => {
        try {
          await create(run, disk, disk.volumeId);
        } catch (error) {
          // Somebody took the template's copy out of the pool since it was brought there.
          if (disk.base === null || !(error instanceof AgentFailed) || error.agentCode !== 'NOT_FOUND')
            throw error;
          await installBase(deps, run, disk);
          await create(run, disk, `${disk.volumeId}.again`);
        }
      }).then(() => undefined),
    undo: (run) =>
      forEach(run, ({ volumeId, pool }) =>
        agents.execute(run, run.input.agentId, 'volume.delete', { volumeId, pool }, wait(volumeId)),
      ),
  };
}

/** Nothing of it is left but a row that says why. */
export async function deployFailed(
  tx: Transaction,
  machineId: DeployJob['machineId'],
  stateReason: string,
): Promise<void> {
  await move(tx, machineId, 'deployFailed', {
    stateReason,
    hostId: null,
    lastHostId: null,
    desiredPower: 'OFF',
    observedPower: null,
    sealedPassword: null,
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import { z } from 'zod';
import { AgentFailed } from '../../../agent-gateway/agent-errors.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { defineSaga, type SagaRun } from '../../../platform/jobs/saga.ts';
import { releasePool } from '../../placement/pools.ts';
import { volumeAmounts } from '../counted.ts';
import { decodeSpec, type MachineSpecText } from '../machine-spec.ts';
import { appendScaleUsage } from '../scale/scale-usage.ts';
import { forgetPassword, withPassword } from '../seed/guest-password.ts';
import { move } from '../store.ts';
import { volumeUsage } from '../usage.ts';
import { baseField, rememberBase } from './base-image.ts';
import type { MachineSagaDeps } from './deploy.ts';

const diskField = z.object({
  volumeId: idField('Volume'),
  pool: z.object({ poolId: idField('StoragePool'), path: z.string() }),
});
const specField = z.custom<MachineSpecText>((value) => typeof value === 'object');

const reinstallInput = z.object({
  machineId: idField('VirtualMachine'),
  /** Agent of the host it runs on, or of one that reaches its disks. */
  agentId: idField('Agent'),
  /** The machine as it was and as it is to be, if it ran: then it is stopped, and started again. */
  ran: z.object({ before: specField, after: specField, graceSeconds: z.number() }).nullable(),
  /** For the simulator's sentinels. */
  name: z.string(),
  base: baseField,
  oldDisk: diskField,
  newDisk: diskField.extend({ sizeBytes: z.string() }),
});

type ReinstallInput = z.output<typeof reinstallInput>;
type ReinstallOutputs = {
  reserve: undefined;
  stop: undefined;
  prepareTemplate: { sizeBytes: string };
  createDisks: undefined;
  swapDisks: undefined;
  start: undefined;
  deleteVolumes: { isDeleted: boolean };
};
type ReinstallRun = SagaRun<ReinstallInput, ReinstallOutputs>;

/**
 * Gives a machine a new root disk, made from a template; all else of it stays. At each moment one root disk is the
 * machine's: the old one until the new one is whole.
 */
export function reinstallSaga({ db, agents, clock, sealing, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  const start = async (run: ReinstallRun, spec: MachineSpecText) => {
    const machine = await withPassword(db, sealing, decodeSpec(spec));
    await agents.execute(run, run.input.agentId, 'machine.start', { machine }, wait());
  };
  const stop = async (run: ReinstallRun, graceSeconds: number) => {
    const { agentId, machineId } = run.input;
    const deadlineSeconds = graceSeconds + settings.get('wait');
    await agents.execute(run, agentId, 'machine.stop', { machineId, graceSeconds }, { deadlineSeconds });
  };
  return defineSaga<ReinstallInput, ReinstallOutputs>({
    kind: 'virtualMachine.reinstall',
    input: reinstallInput,
    // What is left to do is only to tidy up.
    noReturnAfter: 'start',
    steps: [
      {
        name: 'reserve',
        recordUndo: async (tx, { input }) => {
          const volume = await forgetVolume(tx, input.newDisk);
          if (volume !== undefined) await releaseLimits(tx, volume.accountId, volumeAmounts([volume]));
        },
      },
      {
        name: 'stop',
        act: async (run) => {
          if (run.input.ran !== null) await stop(run, run.input.ran.graceSeconds);
        },
        undo: async (run) => {
          if (run.input.ran !== null) await start(run, run.input.ran.before);
        },
      },
      {
        name: 'prepareTemplate',
        act: async (run) => {
          const { agentId, base, newDisk } = run.input;
          const deadlineSeconds = settings.get('copy.volume.wait');
          const payload = { ...base, pool: newDisk.pool };
          const { sizeBytes } = await agents.execute(run, agentId, 'base.install', payload, {
            deadlineSeconds,
          });
          return { sizeBytes: sizeBytes.toString() };
        },
        record: (tx, { input }, { sizeBytes }) =>
          rememberBase(tx, input.base.imageId, input.newDisk.pool.poolId, BigInt(sizeBytes)),
      },
      {
        name: 'createDisks',
        act: async (run) => {
          const { agentId, base, name } = run.input;
          const { volumeId, pool, sizeBytes } = run.input.newDisk;
          const disk = { volumeId, pool, name, sizeBytes: BigInt(sizeBytes), baseImageId: base.imageId };
          await agents.execute(run, agentId, 'volume.create', disk, wait());
        },
        undo: async (run) => {
          const { volumeId, pool } = run.input.newDisk;
          await agents.execute(run, run.input.agentId, 'volume.delete', { volumeId, pool }, wait());
        },
      },
      {
        name: 'swapDisks',
        record: (tx, { input }) => swap(tx, input, input.oldDisk, input.newDisk),
        recordUndo: (tx, { input }) => swap(tx, input, input.newDisk, input.oldDisk),
      },
      {
        name: 'start',
        act: async (run) => {
          if (run.input.ran !== null) await start(run, run.input.ran.after);
        },
        record: async (tx, { input, jobId }) => {
          const { machineId, base, newDisk, ran } = input;
          const { templateId } = await tx
            .selectFrom('VirtualMachine')
            .select('templateId')
            .where('id', '=', machineId)
            .executeTakeFirstOrThrow();
          const source = { id: jobId, part: 'start' };
          const at = clock.now();
          const machine = await move(tx, machineId, ran === null ? 'reinstalled' : 'restarted', {
            templateId: base.imageId,
          });
          // Prices may depend on what is installed.
          if (templateId !== base.imageId) await appendScaleUsage(tx, machine, at, source);
          if (ran !== null) await forgetPassword(tx, machineId);
          const volume = await tx
            .selectFrom('Volume')
            .selectAll()
            .where('id', '=', newDisk.volumeId)
            .executeTakeFirstOrThrow();
          await appendUsage(tx, [volumeUsage('VOLUME_CREATE', volume, at)], source);
        },
        undo: async (run) => {
          if (run.input.ran !== null) await stop(run, 0);
        },
      },
      {
        name: 'deleteVolumes',
        act: async (run) => {
          const { volumeId, pool } = run.input.oldDisk;
          try {
            await agents.execute(run, run.input.agentId, 'volume.delete', { volumeId, pool }, wait());
            return { isDeleted: true };
          } catch (error) {
            // The machine has its new disk. The old one stays in the list of disks, for an administrator to see to.
            if (!(error instanceof AgentFailed)) throw error;
            return { isDeleted: false };
          }
        },
        record: async (tx, { input, jobId }, { isDeleted }) => {
          if (!isDeleted) return;
          const volume = await forgetVolume(tx, input.oldDisk);
          if (volume === undefined) return;
          await releaseLimits(tx, volume.accountId, volumeAmounts([volume]));
          const deleted = volumeUsage('VOLUME_DELETE', volume, clock.now());
          await appendUsage(tx, [deleted], { id: jobId, part: 'deleteVolumes' });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }) => {
      await move(tx, input.machineId, input.ran === null ? 'reinstallFailed' : 'restarted');
    },
  });
}

/** Deletes a disk's row and gives back its space. */
async function forgetVolume(tx: Transaction, { volumeId, pool }: z.output<typeof diskField>) {
  const volume = await tx.deleteFrom('Volume').where('id', '=', volumeId).returningAll().executeTakeFirst();
  if (volume !== undefined) await releasePool(tx, pool.poolId, volume.sizeBytes);
  return volume;
}

/** One disk is the machine's root disk from now on, and the other is nobody's. */
async function swap(
  tx: Transaction,
  { machineId }: ReinstallInput,
  from: z.output<typeof diskField>,
  to: z.output<typeof diskField>,
): Promise<void> {
  await tx
    .updateTable('Volume')
    .set({ virtualMachineId: null, deviceIndex: null, state: 'EXPUNGING' })
    .where('id', '=', from.volumeId)
    .execute();
  await tx
    .updateTable('Volume')
    .set({ virtualMachineId: machineId, deviceIndex: 0, state: 'READY' })
    .where('id', '=', to.volumeId)
    .execute();
}

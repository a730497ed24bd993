import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import { z } from 'zod';
import { appendUsage } from '../../../billing/usage-events.ts';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { releaseHost } from '../../placement/placement.ts';
import { decodeSpec, type MachineSpecText } from '../../virtual-machine/machine-spec.ts';
import type { MachineSagaDeps } from '../../virtual-machine/sagas/deploy.ts';
import { appendScaleUsage } from '../../virtual-machine/scale/scale-usage.ts';
import { sizeDifference } from '../../virtual-machine/scale/size-difference.ts';
import { move, type MachineRow } from '../../virtual-machine/store.ts';
import { machineUsage } from '../../virtual-machine/usage.ts';
import { sizeOf, type PromisedSize } from '../revert-size.ts';
import { lockMachine, moveSnapshot, standOnNone } from '../store.ts';
import { referenceOf, snapshotJob } from './snapshot-job.ts';

const sizeField = z.object({ cpuCount: z.number(), cpuMhz: z.number(), memoryBytes: z.string() });

const revertInput = snapshotJob.extend({
  /**
   * `RESUME`: its guest goes on where it was when the snapshot was taken, on the host that it is on; `START`: on one
   * that it was put on for that; `OFF`: only its disks go back.
   */
  way: z.enum(['RESUME', 'START', 'OFF']),
  /** As its host would start it, if it is to run. */
  resumes: z.custom<MachineSpecText>((value) => typeof value === 'object').nullable(),
  /** Agent of the host where it ran last, when that is another one: its definition there is removed first. */
  lastAgentId: idField('Agent').nullable(),
  /** What it had before, for its row to have again when all fails. */
  before: sizeField,
  /** What it has when it is back. */
  after: sizeField.extend({ serviceOfferingId: idField('ServiceOffering') }),
  /** What it is started with room for, then; of a machine that stays off its next start says that. */
  headroom: z.object({ cpuCount: z.number(), memoryBytes: z.string() }).nullable(),
  /** Whether that is not what it had. */
  isScaled: z.boolean(),
});

export type RevertInput = z.output<typeof revertInput>;
type RevertOutputs = { reserve: undefined; leaveLastHost: undefined; revert: undefined };

const sizeFrom = ({ cpuCount, cpuMhz, memoryBytes }: z.output<typeof sizeField>): PromisedSize => ({
  cpuCount,
  cpuMhz,
  memoryBytes: BigInt(memoryBytes),
});

/**
 * Puts a machine back: its disks, its memory if that was kept, and the size it had. From the request on its row has,
 * and its host and its owner's limits promise, enough for the size before and the one after.
 */
export function revertSnapshotSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<RevertInput, RevertOutputs>({
    kind: 'virtualMachineSnapshot.revert',
    input: revertInput,
    // What the machine was is lost then.
    noReturnFrom: 'revert',
    steps: [
      {
        name: 'reserve',
        recordUndo: async (tx, { input }) => {
          const machine = await lockMachine(tx, input.machineId);
          await settleSize(tx, machine, sizeFrom(input.before));
          if (input.way === 'START' && machine.hostId !== null)
            await releaseHost(tx, machine.hostId, sizeFrom(input.before));
        },
      },
      {
        name: 'leaveLastHost',
        act: async (run) => {
          const { lastAgentId, machineId } = run.input;
          if (lastAgentId !== null)
            await agents.execute(run, lastAgentId, 'machine.remove', { machineId }, wait());
        },
      },
      {
        name: 'revert',
        act: async (run) => {
          const { agentId, resumes } = run.input;
          const payload = {
            ...referenceOf(run.input),
            resumes: resumes === null ? null : decodeSpec(resumes),
          };
          await agents.execute(run, agentId, 'snapshot.revert', payload, {
            deadlineSeconds: settings.get('copy.volume.wait'),
          });
        },
        record: (tx, { input }) => reverted(tx, input, clock.now()),
        undo: async (run) => {
          const { way, agentId, machineId } = run.input;
          if (way === 'START') await agents.execute(run, agentId, 'machine.remove', { machineId }, wait());
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }) => {
      switch (input.way) {
        case 'OFF':
          await move(tx, input.machineId, 'revertFailed');
          break;
        case 'START':
          await move(tx, input.machineId, 'startFailed', {
            hostId: null,
            desiredPower: 'OFF',
            observedPower: 'OFF',
          });
          break;
        case 'RESUME':
          // Whether it still runs depends on how far it came: its host is asked.
          await move(tx, input.machineId, 'restarted', { observedPower: null });
      }
      await moveSnapshot(tx, input.snapshotId, 'revertFailed');
    },
  });
}

/** Gives back what was promised beyond a size, and has the row say that size. */
async function settleSize(tx: Transaction, machine: MachineRow, size: PromisedSize): Promise<void> {
  const excess = {
    cpuMhz: machine.cpuMhz - size.cpuMhz,
    memoryBytes: machine.memoryBytes - size.memoryBytes,
  };
  if (machine.hostId !== null) await releaseHost(tx, machine.hostId, excess);
  await tx.updateTable('VirtualMachine').set(sizeOf(size)).where('id', '=', machine.id).execute();
  await releaseLimits(tx, machine.accountId, sizeDifference(size, machine));
}

async function reverted(tx: Transaction, input: RevertInput, at: Date): Promise<void> {
  const { machineId, snapshotId, way, after, headroom } = input;
  await settleSize(tx, await lockMachine(tx, machineId), sizeFrom(after));
  const event = { RESUME: 'restarted', START: 'started', OFF: 'reverted' } as const;
  const machine = await move(tx, machineId, event[way], {
    serviceOfferingId: after.serviceOfferingId,
    ...(way !== 'OFF' && {
      headroomCpuCount: headroom?.cpuCount ?? null,
      headroomMemoryBytes: headroom === null ? null : BigInt(headroom.memoryBytes),
    }),
  });
  if (way === 'START') {
    await appendUsage(tx, [
      ...(input.isScaled ? [machineUsage('VM_SCALE', machine, at)] : []),
      machineUsage('VM_START', machine, at),
    ]);
  } else if (input.isScaled) {
    await appendScaleUsage(tx, machine, at);
  }
  await standOnNone(tx, machineId);
  await moveSnapshot(tx, snapshotId, 'reverted', { isCurrent: true });
}

import type { Transaction } from '@nephos/model/database.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { MachineSagaDeps } from '../../virtual-machine/sagas/deploy.ts';
import { releaseSnapshot } from '../forget-snapshot.ts';
import { findCurrent, getSnapshot, lockMachine, moveSnapshot, standOnNone } from '../store.ts';
import { appendSnapshotUsage } from '../usage.ts';
import { referenceOf, snapshotJob } from './snapshot-job.ts';

const createInput = snapshotJob.extend({ withMemory: z.boolean() });

type CreateInput = z.output<typeof createInput>;
type CreateOutputs = { reserve: undefined; createSnapshot: { stateBytes: string } };

/** Keeps the disks of a machine, and its memory. The space for that was promised with the request. */
export function createSnapshotSaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<CreateInput, CreateOutputs>({
    kind: 'virtualMachineSnapshot.create',
    input: createInput,
    steps: [
      {
        name: 'reserve',
        recordUndo: async (tx, { input }) => {
          await lockMachine(tx, input.machineId);
          await releaseSnapshot(tx, await getSnapshot(tx, input.snapshotId));
        },
      },
      {
        name: 'createSnapshot',
        act: async (run) => {
          const { agentId, withMemory } = run.input;
          const payload = { ...referenceOf(run.input), withMemory };
          const deadlineSeconds = settings.get('copy.volume.wait');
          const { stateBytes } = await agents.execute(run, agentId, 'snapshot.create', payload, {
            deadlineSeconds,
          });
          return { stateBytes: stateBytes.toString() };
        },
        record: (tx, { input }, { stateBytes }) => taken(tx, input, BigInt(stateBytes), clock.now()),
        undo: async (run) => {
          await agents.execute(run, run.input.agentId, 'snapshot.delete', referenceOf(run.input), {
            deadlineSeconds: settings.get('wait'),
          });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.snapshotId),
  });
}

async function taken(
  tx: Transaction,
  { machineId, snapshotId }: CreateInput,
  stateBytes: bigint,
  at: Date,
): Promise<void> {
  await lockMachine(tx, machineId);
  const parentId = await findCurrent(tx, machineId);
  await standOnNone(tx, machineId);
  const snapshot = await moveSnapshot(tx, snapshotId, 'created', { stateBytes, parentId, isCurrent: true });
  await appendSnapshotUsage(tx, 'begins', snapshot, at);
}

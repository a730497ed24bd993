import type { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { MachineSagaDeps } from '../../virtual-machine/sagas/deploy.ts';
import { forgetSnapshot } from '../forget-snapshot.ts';
import { lockMachine, moveSnapshot } from '../store.ts';
import { referenceOf, snapshotJob } from './snapshot-job.ts';

/** Removes what a snapshot keeps. Of one that failed in the middle only the rest can be deleted. */
export function deleteSnapshotSaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof snapshotJob>, { deleteSnapshot: undefined }>({
    kind: 'virtualMachineSnapshot.delete',
    input: snapshotJob,
    noReturnFrom: 'deleteSnapshot',
    steps: [
      {
        name: 'deleteSnapshot',
        act: async (run) => {
          await agents.execute(run, run.input.agentId, 'snapshot.delete', referenceOf(run.input), {
            deadlineSeconds: settings.get('copy.volume.wait'),
          });
        },
        record: (tx, { input }) => forgetSnapshot(tx, input.snapshotId, clock.now()),
      },
    ],
    failed: async (tx, { input }) => {
      await lockMachine(tx, input.machineId);
      await moveSnapshot(tx, input.snapshotId, 'deleteFailed');
    },
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import { PlatformError } from '../../../platform/errors.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { moveHost, tryMoveHost } from '../admin-moves.ts';
import type { HostEmptying } from '../host-emptying.ts';
import { machinesOn, waitForReservations } from '../host-machines.ts';

const prepareInput = z.object({ hostId: idField('Host'), onUnmovable: z.enum(['FAIL', 'STOP']) });

export const prepareKind = 'host.prepareForMaintenance';

/** Empties a host. What has moved stays where it is, whether the rest follows or not. */
export function prepareForMaintenanceSaga(emptying: HostEmptying) {
  return defineSaga<z.output<typeof prepareInput>, { moveMachines: undefined }>({
    kind: prepareKind,
    input: prepareInput,
    steps: [
      {
        name: 'moveMachines',
        act: async (run) => {
          const { hostId, onUnmovable } = run.input;
          await emptying.empty(run, hostId, onUnmovable);
        },
        record: async (tx, { input }) => {
          await waitForReservations(tx, input.hostId);
          const [late] = await machinesOn(tx, input.hostId);
          if (late !== undefined)
            throw new PlatformError('INVALID_STATE', `${late.name} came while the host was emptied`);
          await moveHost(tx, input.hostId, 'emptied');
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.hostId),
    failed: async (tx, { input, jobId }, error) => {
      if (await isWantedAgain(tx, input.hostId, jobId)) return;
      if (error.code === 'CANCELLED') await tryMoveHost(tx, input.hostId, 'emptyingCancelled');
      else await tryMoveHost(tx, input.hostId, 'emptyingFailed', { adminStateReason: error.message });
    },
  });
}

/** Whether a later job was asked to empty the host by now: its state is that one's. */
async function isWantedAgain(tx: Transaction, hostId: Id<'Host'>, jobId: Id<'Job'>): Promise<boolean> {
  const later = await tx
    .selectFrom('Job')
    .select('id')
    .where('targetId', '=', hostId)
    .where('kind', '=', prepareKind)
    .where('id', '>', jobId)
    .where('status', 'in', ['QUEUED', 'RUNNING'])
    .executeTakeFirst();
  return later !== undefined;
}

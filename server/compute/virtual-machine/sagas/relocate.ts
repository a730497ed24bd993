import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { MachineSagaDeps } from './deploy.ts';

const relocateInput = z.object({
  machineId: idField('VirtualMachine'),
  /** Where it is to start next. */
  hostId: idField('Host'),
  /** Agent of the host where its definition still is; `null` when that is the same one, or gone. */
  lastAgentId: idField('Agent').nullable(),
});

/** Takes a machine that is off from the host it ran on last, and has another one asked first when it starts. */
export function relocateSaga({ agents, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof relocateInput>, { leaveLastHost: undefined }>({
    kind: 'virtualMachine.relocate',
    input: relocateInput,
    steps: [
      {
        name: 'leaveLastHost',
        // Every start defines it anew: there is nothing to take back.
        act: async (run) => {
          const { lastAgentId, machineId } = run.input;
          const options = { deadlineSeconds: settings.get('wait') };
          if (lastAgentId !== null)
            await agents.execute(run, lastAgentId, 'machine.remove', { machineId }, options);
        },
        record: async (tx, { input }) => {
          await tx
            .updateTable('VirtualMachine')
            .set({ lastHostId: input.hostId })
            .where('id', '=', input.machineId)
            .execute();
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { leaveHost } from '../leave-host.ts';
import { move } from '../store.ts';
import type { MachineSagaDeps } from './deploy.ts';

const destroyInput = z.object({
  machineId: idField('VirtualMachine'),
  /** Agent of the host it runs on, if it runs. */
  agentId: idField('Agent').nullable(),
  /** State it was in, and goes back to if its plug cannot be pulled. */
  from: z.enum(['RUNNING', 'STOPPED', 'ERROR']),
});

/** Pulls the plug and puts the machine into the recycle bin, disks and all. */
export function destroySaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof destroyInput>, { stop: undefined }>({
    kind: 'virtualMachine.destroy',
    input: destroyInput,
    noReturnFrom: 'stop',
    steps: [
      {
        name: 'stop',
        act: async (run) => {
          const { agentId, machineId } = run.input;
          if (agentId === null) return;
          const payload = { machineId, graceSeconds: 0 };
          await agents.execute(run, agentId, 'machine.stop', payload, {
            deadlineSeconds: settings.get('wait'),
          });
        },
        record: async (tx, { input }) => {
          const at = clock.now();
          await leaveHost(tx, input.machineId, 'destroyed', at);
          await tx
            .updateTable('VirtualMachine')
            .set({ destroyedAt: at })
            .where('id', '=', input.machineId)
            .execute();
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }) => {
      if (input.from === 'RUNNING') await move(tx, input.machineId, 'stopFailed', { desiredPower: 'ON' });
      else await move(tx, input.machineId, 'stopped');
    },
  });
}

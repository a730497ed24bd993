import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { move } from '../store.ts';
import { leaveHost } from '../leave-host.ts';
import type { MachineSagaDeps } from './deploy.ts';

const stopInput = z.object({
  machineId: idField('VirtualMachine'),
  agentId: idField('Agent'),
  /** 0 pulls the plug at once. */
  graceSeconds: z.number(),
});

type StopInput = z.output<typeof stopInput>;
type StopOutputs = { stop: { forced: boolean } };

/** Stops a running machine: by its power button, and if that does not help by its plug. */
export function stopSaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<StopInput, StopOutputs>({
    kind: 'virtualMachine.stop',
    input: stopInput,
    // Whether the guest already shuts down nobody can tell, nor could it be called back.
    noReturnFrom: 'stop',
    steps: [
      {
        name: 'stop',
        act: async (run) => {
          const { agentId, machineId, graceSeconds } = run.input;
          const deadlineSeconds = graceSeconds + settings.get('wait');
          const { forced } = await agents.execute(
            run,
            agentId,
            'machine.stop',
            { machineId, graceSeconds },
            { deadlineSeconds },
          );
          return { forced };
        },
        record: async (tx, { input }) => {
          await leaveHost(tx, input.machineId, 'stopped', clock.now());
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
    failed: async (tx, { input }) => {
      await move(tx, input.machineId, 'stopFailed', { desiredPower: 'ON' });
    },
  });
}

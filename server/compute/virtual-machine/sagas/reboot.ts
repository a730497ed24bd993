import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { MachineSagaDeps } from './deploy.ts';

const rebootInput = z.object({
  machineId: idField('VirtualMachine'),
  agentId: idField('Agent'),
  /** 0 presses the reset button at once. Jobs from before there was a choice do that. */
  graceSeconds: z.number().default(0),
});

type RebootOutputs = { reboot: { forced: boolean } };

/** Has the guest restart, and if it does not, presses the reset button. */
export function rebootSaga({ agents, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof rebootInput>, RebootOutputs>({
    kind: 'virtualMachine.reboot',
    input: rebootInput,
    noReturnFrom: 'reboot',
    steps: [
      {
        name: 'reboot',
        act: async (run) => {
          const { agentId, machineId, graceSeconds } = run.input;
          const deadlineSeconds = graceSeconds + settings.get('wait');
          const { forced } = await agents.execute(
            run,
            agentId,
            'machine.reboot',
            { machineId, graceSeconds },
            { deadlineSeconds },
          );
          return { forced };
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { MachineSagaDeps } from './deploy.ts';

const rebootInput = z.object({ machineId: idField('VirtualMachine'), agentId: idField('Agent') });

/** Presses the reset button. */
export function rebootSaga({ agents, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof rebootInput>, { reboot: undefined }>({
    kind: 'virtualMachine.reboot',
    input: rebootInput,
    noReturnFrom: 'reboot',
    steps: [
      {
        name: 'reboot',
        act: async (run) => {
          const { agentId, machineId } = run.input;
          await agents.execute(
            run,
            agentId,
            'machine.reboot',
            { machineId },
            { deadlineSeconds: settings.get('wait') },
          );
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { forgetNic } from '../nics/forget-nic.ts';
import type { MachineSagaDeps } from './deploy.ts';

const detachNicInput = z.object({
  machineId: idField('VirtualMachine'),
  agentId: idField('Agent'),
  nicId: idField('Nic'),
  macAddress: z.string(),
});

/** Takes a network card out of a machine that runs, and gives its address back. */
export function detachNicSaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof detachNicInput>, { unplug: undefined }>({
    kind: 'virtualMachine.detachNic',
    input: detachNicInput,
    // The guest may be letting go of it already.
    noReturnFrom: 'unplug',
    steps: [
      {
        name: 'unplug',
        act: async (run) => {
          const { agentId, machineId, macAddress } = run.input;
          await agents.execute(
            run,
            agentId,
            'machine.unplugNic',
            { machineId, macAddress },
            { deadlineSeconds: settings.get('wait') },
          );
        },
        record: (tx, { input }) => forgetNic(tx, input.nicId, clock.now()),
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

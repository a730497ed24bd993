import { idField } from '@nephos/agent-protocol/fields.ts';
import { nicSpec } from '@nephos/agent-protocol/machine.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { forgetNic } from '../nics/forget-nic.ts';
import type { MachineSagaDeps } from './deploy.ts';

const attachNicInput = z.object({
  machineId: idField('VirtualMachine'),
  agentId: idField('Agent'),
  /** Host name, for DHCP. */
  name: z.string(),
  nic: nicSpec,
});

/** Plugs a network card, whose address was taken with the request, into a machine that runs. */
export function attachNicSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<z.output<typeof attachNicInput>, { reserve: undefined; plug: undefined }>({
    kind: 'virtualMachine.attachNic',
    input: attachNicInput,
    steps: [
      {
        name: 'reserve',
        recordUndo: (tx, { input }) => forgetNic(tx, input.nic.nicId, clock.now()),
      },
      {
        name: 'plug',
        // The driver takes back what the guest refuses; there is nothing left to undo.
        act: async (run) => {
          const { agentId, machineId, name, nic } = run.input;
          await agents.execute(run, agentId, 'machine.plugNic', { machineId, name, nic }, wait());
        },
      },
    ],
    noReturnFrom: 'plug',
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { PlatformError } from '../../../platform/errors.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { tryMove } from '../store.ts';
import type { MachineSagaDeps } from './deploy.ts';

const suspendInput = z.object({ machineId: idField('VirtualMachine'), agentId: idField('Agent') });

/** Lets a running machine stand still; its memory stays on its host, and its host’s capacity reserved. */
export function suspendSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<z.output<typeof suspendInput>, { suspend: undefined }>({
    kind: 'virtualMachine.suspend',
    input: suspendInput,
    steps: [
      {
        name: 'suspend',
        act: async (run) => {
          const { agentId, machineId } = run.input;
          const { power } = await agents.execute(run, agentId, 'machine.suspend', { machineId }, wait());
          if (power !== 'PAUSED')
            throw new PlatformError(
              'INVALID_STATE',
              `the machine is ${power} on its host, and could not be suspended`,
            );
        },
        record: async (tx, { input }) => {
          // It may have gone off since, or be about to: then that counts.
          await tryMove(tx, input.machineId, 'suspended', {
            observedPower: 'PAUSED',
            observedAt: clock.now(),
          });
        },
        undo: async (run) => {
          const { agentId, machineId } = run.input;
          await agents.execute(run, agentId, 'machine.resume', { machineId }, wait());
        },
        recordUndo: async (tx, { input }) => {
          await tryMove(tx, input.machineId, 'resumed', { observedPower: null });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

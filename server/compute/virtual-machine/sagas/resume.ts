import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { PlatformError } from '../../../platform/errors.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { tryMove } from '../store.ts';
import type { MachineSagaDeps } from './deploy.ts';

const resumeInput = z.object({ machineId: idField('VirtualMachine'), agentId: idField('Agent') });

/** Lets a suspended machine go on. */
export function resumeSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<z.output<typeof resumeInput>, { resume: undefined }>({
    kind: 'virtualMachine.resume',
    input: resumeInput,
    steps: [
      {
        name: 'resume',
        act: async (run) => {
          const { agentId, machineId } = run.input;
          const { power } = await agents.execute(run, agentId, 'machine.resume', { machineId }, wait());
          if (power !== 'ON')
            throw new PlatformError(
              'INVALID_STATE',
              `the machine is ${power} on its host, and could not be resumed`,
            );
        },
        record: async (tx, { input }) => {
          // It may have gone off since, or be about to: then that counts.
          await tryMove(tx, input.machineId, 'resumed', { observedPower: 'ON', observedAt: clock.now() });
        },
        undo: async (run) => {
          const { agentId, machineId } = run.input;
          await agents.execute(run, agentId, 'machine.suspend', { machineId }, wait());
        },
        recordUndo: async (tx, { input }) => {
          await tryMove(tx, input.machineId, 'suspended', { observedPower: null });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

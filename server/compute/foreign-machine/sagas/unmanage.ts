import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { releaseHost } from '../../placement/placement.ts';
import type { MachineSagaDeps } from '../../virtual-machine/sagas/deploy.ts';
import { forget } from '../../virtual-machine/sagas/expunge.ts';
import { getMachine, move } from '../../virtual-machine/store.ts';
import { appendMachineUsage } from '../../virtual-machine/usage.ts';
import { decodeHandover, handoverField } from './handover.ts';

const unmanageInput = z.object({
  machineId: idField('VirtualMachine'),
  /** Of the host that it runs on, or is defined on. */
  agentId: idField('Agent'),
  isRunning: z.boolean(),
  /** Disks that are clones of a template. */
  clones: z.array(
    z.object({
      volumeId: idField('Volume'),
      pool: z.object({ poolId: idField('StoragePool'), path: z.string() }),
    }),
  ),
  handover: handoverField,
});

type UnmanageOutputs = { flatten: undefined; release: undefined };

/**
 * Lets go of a machine. Its disks are made whole first: nobody would know any more that they need a template, and it
 * would be removed with the last clone that is known.
 */
export function unmanageSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<z.output<typeof unmanageInput>, UnmanageOutputs>({
    kind: 'virtualMachine.unmanage',
    input: unmanageInput,
    steps: [
      {
        name: 'flatten',
        // A disk that stands alone is as good as one that does not: there is nothing to take back.
        act: async (run) => {
          const { agentId, machineId, clones } = run.input;
          for (const { volumeId, pool } of clones) {
            const options = { deadlineSeconds: settings.get('copy.volume.wait'), label: volumeId };
            await agents.execute(run, agentId, 'volume.flatten', { volumeId, pool, machineId }, options);
          }
        },
      },
      {
        name: 'release',
        act: async (run) => {
          const { agentId, handover } = run.input;
          await agents.execute(run, agentId, 'machine.release', decodeHandover(handover), wait());
        },
        record: async (tx, { input, jobId }) => {
          const at = clock.now();
          const source = { id: jobId, part: 'release' };
          const machine = await getMachine(tx, input.machineId);
          if (machine.hostId !== null) {
            const left = { hostId: null, lastHostId: machine.hostId };
            await tx.updateTable('VirtualMachine').set(left).where('id', '=', machine.id).execute();
            await releaseHost(tx, machine.hostId, machine);
            await appendMachineUsage(tx, 'VM_STOP', machine, at, source);
          }
          await forget(tx, machine.id, at, source);
        },
        undo: async (run) => {
          const { agentId, handover } = run.input;
          await agents.execute(run, agentId, 'machine.adopt', decodeHandover(handover), wait());
        },
      },
    ],
    failed: async (tx, { input }) => {
      await move(tx, input.machineId, input.isRunning ? 'keptRunning' : 'unmanageFailed');
    },
  });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import { z } from 'zod';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { releaseHost } from '../../placement/placement.ts';
import { sizeDifference } from '../scale/size-difference.ts';
import { appendScaleUsage } from '../scale/scale-usage.ts';
import { getMachine } from '../store.ts';
import type { MachineSagaDeps } from './deploy.ts';

const sizeField = z.object({
  serviceOfferingId: idField('ServiceOffering'),
  cpuCount: z.number(),
  cpuMhz: z.number(),
  memoryBytes: z.string(),
});

const scaleInput = z.object({
  machineId: idField('VirtualMachine'),
  agentId: idField('Agent'),
  before: sizeField,
  after: sizeField,
});

const sizeFrom = ({ memoryBytes, ...size }: z.output<typeof sizeField>) => ({
  ...size,
  memoryBytes: BigInt(memoryBytes),
});

/**
 * Gives a running machine more of its host. Its row has the new size from the request on, and the host's capacity is
 * reserved: whatever else happens to it meanwhile gives back what its row says.
 */
export function scaleSaga({ agents, clock, settings }: MachineSagaDeps) {
  return defineSaga<z.output<typeof scaleInput>, { reserve: undefined; scale: undefined }>({
    kind: 'virtualMachine.scale',
    input: scaleInput,
    noReturnFrom: 'scale',
    steps: [
      {
        name: 'reserve',
        recordUndo: async (tx, { input }) => {
          const machine = await tx
            .selectFrom('VirtualMachine')
            .selectAll()
            .where('id', '=', input.machineId)
            .forUpdate()
            .executeTakeFirstOrThrow();
          const [before, after] = [sizeFrom(input.before), sizeFrom(input.after)];
          // Somebody asked for it to be moved, or started again, by its new size: it gets that with the next start.
          if (machine.state === 'STARTING' || machine.state === 'MIGRATING') {
            await appendScaleUsage(tx, machine, clock.now());
            return;
          }
          if (machine.hostId !== null) {
            await releaseHost(tx, machine.hostId, {
              cpuMhz: after.cpuMhz - before.cpuMhz,
              memoryBytes: after.memoryBytes - before.memoryBytes,
            });
          }
          await tx.updateTable('VirtualMachine').set(before).where('id', '=', machine.id).execute();
          await releaseLimits(tx, machine.accountId, sizeDifference(before, after));
        },
      },
      {
        name: 'scale',
        act: async (run) => {
          const { agentId, machineId, after } = run.input;
          const { cpuCount, memoryBytes } = sizeFrom(after);
          await agents.execute(
            run,
            agentId,
            'machine.scale',
            { machineId, cpuCount, memoryBytes },
            { deadlineSeconds: settings.get('wait') },
          );
        },
        record: async (tx, { input, jobId }) => {
          const machine = await getMachine(tx, input.machineId);
          await appendScaleUsage(tx, machine, clock.now(), { id: jobId, part: 'scale' });
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

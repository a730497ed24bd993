import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import { beginUnmetered } from '../../../billing/counters/run-store.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { releaseAddresses } from '../../../network/address/store.ts';
import { PlatformError } from '../../../platform/errors.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { releaseHost } from '../../placement/placement.ts';
import { releasePool } from '../../placement/pools.ts';
import { machineAmounts, volumeAmounts } from '../../virtual-machine/counted.ts';
import { usageOfNew, type MachineSagaDeps } from '../../virtual-machine/sagas/deploy.ts';
import { move } from '../../virtual-machine/store.ts';
import { machineUsage } from '../../virtual-machine/usage.ts';
import { decodeHandover, handoverField } from './handover.ts';

const importInput = z.object({
  machineId: idField('VirtualMachine'),
  foreignMachineId: idField('ForeignMachine'),
  hostId: idField('Host'),
  agentId: idField('Agent'),
  /** Whether it ran, or stood still, when it was asked for. */
  isRunning: z.boolean(),
  handover: handoverField,
});

type ImportOutputs = { reserve: undefined; adopt: undefined };

/** Takes over a foreign machine: all that it counts for was written with the request. */
export function importSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<z.output<typeof importInput>, ImportOutputs>({
    kind: 'virtualMachine.import',
    input: importInput,
    steps: [
      {
        name: 'reserve',
        recordUndo: (tx, { input }) => forgetImported(tx, input.machineId, clock.now()),
      },
      {
        name: 'adopt',
        act: async (run) => {
          const { agentId, handover, isRunning } = run.input;
          const seen = await agents.execute(run, agentId, 'machine.adopt', decodeHandover(handover), wait());
          if ((seen.power !== 'OFF') === isRunning) return;
          throw new PlatformError(
            'INVALID_STATE',
            `${handover.foreignName} was ${isRunning ? 'stopped' : 'started'} in the meantime`,
            { remedy: 'import it again as it is now' },
          );
        },
        record: async (tx, { input, jobId }) => {
          const at = clock.now();
          const { machineId, foreignMachineId, isRunning } = input;
          const machine = isRunning
            ? await move(tx, machineId, 'started')
            : await move(tx, machineId, 'created', { observedPower: 'OFF', observedAt: at });
          const events = [
            ...(await usageOfNew(tx, machine, at)),
            ...(isRunning ? [machineUsage('VM_START', machine, at)] : []),
          ];
          await appendUsage(tx, events, { id: jobId, part: 'adopt' });
          // What it did for others is not counted.
          await beginUnmetered(tx, machine, at);
          await tx.deleteFrom('ForeignMachine').where('id', '=', foreignMachineId).execute();
        },
        undo: async (run) => {
          const { agentId, handover } = run.input;
          await agents.execute(run, agentId, 'machine.release', decodeHandover(handover), wait());
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.machineId),
  });
}

/** It never was ours: nothing of it is left, not even a row that says why. */
async function forgetImported(tx: Transaction, machineId: Id<'VirtualMachine'>, at: Date): Promise<void> {
  const nics = await tx.deleteFrom('Nic').where('virtualMachineId', '=', machineId).returning('id').execute();
  await releaseAddresses(
    tx,
    nics.map(({ id }) => id),
    at,
  );
  const volumes = await tx
    .deleteFrom('Volume')
    .where('virtualMachineId', '=', machineId)
    .returningAll()
    .execute();
  for (const { poolId, sizeBytes } of volumes) await releasePool(tx, poolId, sizeBytes);
  const machine = await tx
    .deleteFrom('VirtualMachine')
    .where('id', '=', machineId)
    .returningAll()
    .executeTakeFirstOrThrow();
  if (machine.hostId !== null) await releaseHost(tx, machine.hostId, machine);
  await releaseLimits(tx, machine.accountId, { ...machineAmounts(machine), ...volumeAmounts(volumes) });
}

import { idField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import type { UsageSource } from '../../../billing/event-id.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { releaseLimits } from '../../../identity/limit/limits.ts';
import { releaseAddresses } from '../../../network/address/store.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import { forgetSnapshots } from '../../machine-snapshot/forget-snapshot.ts';
import { releasePool } from '../../placement/pools.ts';
import { machineAmounts, volumeAmounts } from '../counted.ts';
import { addressUsage } from '../nics/address-usage.ts';
import { move } from '../store.ts';
import { machineUsage, volumeUsage } from '../usage.ts';
import type { MachineSagaDeps } from './deploy.ts';

const expungeInput = z.object({
  machineId: idField('VirtualMachine'),
  /** Agent of the host it ran on last, where its definition still is. */
  lastAgentId: idField('Agent').nullable(),
  /** Its disks, each with the agent of a host that reaches it. */
  volumes: z.array(
    z.object({
      volumeId: idField('Volume'),
      agentId: idField('Agent'),
      pool: z.object({ poolId: idField('StoragePool'), path: z.string() }),
    }),
  ),
});

type ExpungeOutputs = { removeMachine: undefined; deleteVolumes: undefined };

/** Removes a destroyed machine for good: nothing of it is left anywhere. What fails is tried again by the expunger. */
export function expungeSaga({ agents, clock, settings }: MachineSagaDeps) {
  const wait = () => ({ deadlineSeconds: settings.get('wait') });
  return defineSaga<z.output<typeof expungeInput>, ExpungeOutputs>({
    kind: 'virtualMachine.expunge',
    input: expungeInput,
    noReturnFrom: 'removeMachine',
    steps: [
      {
        name: 'removeMachine',
        act: async (run) => {
          const { lastAgentId, machineId } = run.input;
          if (lastAgentId !== null)
            await agents.execute(run, lastAgentId, 'machine.remove', { machineId }, wait());
        },
      },
      {
        name: 'deleteVolumes',
        act: async (run) => {
          for (const { volumeId, agentId, pool } of run.input.volumes) {
            await agents.execute(
              run,
              agentId,
              'volume.delete',
              { volumeId, pool },
              { ...wait(), label: volumeId },
            );
          }
        },
        record: (tx, { input, jobId }) =>
          forget(tx, input.machineId, clock.now(), { id: jobId, part: 'deleteVolumes' }),
      },
    ],
    failed: async (tx, { input }) => {
      await move(tx, input.machineId, 'expungeFailed');
    },
  });
}

/** Deletes the rows of a machine that is on no host and gives back all it held. */
export async function forget(
  tx: Transaction,
  machineId: Id<'VirtualMachine'>,
  at: Date,
  source: UsageSource,
): Promise<void> {
  const nics = await tx.selectFrom('Nic').selectAll().where('virtualMachineId', '=', machineId).execute();
  await releaseAddresses(
    tx,
    nics.map(({ id }) => id),
    at,
  );
  const ofSnapshots = await forgetSnapshots(tx, machineId, at);
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
  // A machine that never ran is counted no more, and never was metered: its failed deployment took that back.
  const hasRun = machine.lastHostId !== null;
  await releaseLimits(tx, machine.accountId, {
    ...(hasRun && machineAmounts(machine)),
    ...volumeAmounts(volumes),
  });
  await releaseLimits(tx, machine.accountId, ofSnapshots);
  const events = [
    ...volumes.map((volume) => volumeUsage('VOLUME_DELETE', volume, at)),
    ...(hasRun
      ? [
          machineUsage('VM_EXPUNGE', machine, at),
          ...addressUsage('IP_ADDRESS_RELEASE', machine.zoneId, nics, at),
        ]
      : []),
  ];
  await appendUsage(tx, events, source);
}

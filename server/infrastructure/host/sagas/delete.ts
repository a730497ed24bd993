import { idField, imageIdField } from '@nephos/agent-protocol/fields.ts';
import type { Transaction } from '@nephos/model/database.ts';
import { z } from 'zod';
import type { AgentDispatcher } from '../../../agent-gateway/agent-dispatcher.ts';
import type { AgentGateway } from '../../../agent-gateway/agent-gateway.ts';
import type { Platform } from '../../../platform/platform.ts';
import { defineSaga } from '../../../platform/jobs/saga.ts';
import type { HostCleaning } from '../../host-installation/host-cleaning.ts';
import { sshAddress } from '../../host-installation/installing.ts';
import { attachPool, detachPool } from '../../storage-pool/attach.ts';
import { deleteHostRows, reopenLocalPools, type HostsMachines } from '../host-removal.ts';

const deleteInput = z.object({
  hostId: idField('Host'),
  agentId: idField('Agent'),
  /** Where the agent is to be taken off; null: it is left there. */
  ssh: sshAddress.nullable(),
  /** Its agent was connected when it was asked for; otherwise what is on the machine stays there. */
  isReachable: z.boolean(),
  /** An administrator vouches for it that the host, and so its machines, are off. */
  isSurelyOff: z.boolean(),
  /** Machines that are off and whose definitions are there. */
  machineIds: z.array(idField('VirtualMachine')),
  /** Its local storage, on which is nothing but copies of templates. */
  pools: z.array(
    z.object({ poolId: idField('StoragePool'), path: z.string(), imageIds: z.array(imageIdField) }),
  ),
});

export const deleteHostKind = 'host.delete';

type DeleteInput = z.output<typeof deleteInput>;
type DeleteOutputs = {
  connect: undefined;
  forgetMachines: undefined;
  detachStorage: undefined;
  delete: undefined;
  disconnect: undefined;
  uninstall: undefined;
};

export interface DeleteHostDeps {
  platform: Pick<Platform, 'clock' | 'settings'>;
  agents: AgentDispatcher;
  gateway: Pick<AgentGateway, 'disconnect'>;
  machines: HostsMachines;
  cleaning: HostCleaning;
}

/** Removes a host on which nothing runs, and locks its agent out. */
export function deleteHostSaga({ platform, agents, gateway, machines, cleaning }: DeleteHostDeps) {
  const wait = (label: string) => ({ deadlineSeconds: platform.settings.get('wait'), label });
  const hostsOf = ({ hostId, agentId }: DeleteInput) => [{ hostId, agentId }];
  return defineSaga<DeleteInput, DeleteOutputs>({
    kind: deleteHostKind,
    input: deleteInput,
    noReturnAfter: 'delete',
    steps: [
      {
        name: 'connect',
        act: (run) => cleaning.connect(run).then(() => undefined),
      },
      {
        name: 'forgetMachines',
        // Every start defines a machine anew: there is nothing to take back.
        act: async (run) => {
          const { agentId, isReachable, machineIds } = run.input;
          if (!isReachable) return;
          for (const machineId of machineIds)
            await agents.execute(run, agentId, 'machine.remove', { machineId }, wait(machineId));
        },
      },
      {
        name: 'detachStorage',
        act: async (run) => {
          const { agentId, isReachable, pools } = run.input;
          if (!isReachable) return;
          for (const { poolId, path, imageIds } of pools) {
            const pool = { poolId, path };
            for (const imageId of imageIds)
              await agents.execute(run, agentId, 'base.remove', { imageId, pool }, wait(imageId));
            await detachPool(agents, run, pool, hostsOf(run.input));
          }
        },
        record: async (tx, { input }) => {
          await forgetBases(tx, input);
        },
        undo: async (run) => {
          if (!run.input.isReachable) return;
          for (const { poolId, path } of run.input.pools)
            await attachPool(agents, run, { poolId, path }, hostsOf(run.input));
        },
      },
      {
        name: 'delete',
        record: async (tx, { input }) => {
          await deleteHostRows(tx, { ...input, at: platform.clock.now(), machines });
        },
      },
      {
        name: 'disconnect',
        act: (run) => gateway.disconnect(run.input.agentId, 'the host was deleted').then(() => undefined),
      },
      {
        name: 'uninstall',
        act: (run) => cleaning.uninstall(run).then(() => undefined),
      },
    ],
    succeeded: async (tx, { input }) => {
      await cleaning.forget(tx, input.hostId, true);
      return input.hostId;
    },
    failed: async (tx, { input }) => {
      await cleaning.forget(tx, input.hostId, false);
      await reopenLocalPools(tx, input.hostId);
    },
  });
}

/** Copies that are made again when they are needed. */
async function forgetBases(tx: Transaction, { pools }: DeleteInput): Promise<void> {
  const poolIds = pools.map(({ poolId }) => poolId);
  if (poolIds.length > 0) await tx.deleteFrom('BaseImage').where('poolId', 'in', poolIds).execute();
}

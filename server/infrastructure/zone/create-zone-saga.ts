import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { z } from 'zod';
import { idField } from '@nephos/agent-protocol/fields.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import { insertGuestNetwork, insertGuestRange } from '../../network/guest-network/store.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import { defineSaga, type Saga } from '../../platform/jobs/saga.ts';
import { insertCluster } from '../cluster/store.ts';
import { agentForHost, insertHost } from '../host/store.ts';
import { insertImageStore } from '../image-store/store.ts';
import { insertPhysicalNetwork } from '../physical-network/store.ts';
import { insertPod } from '../pod/store.ts';
import { attachPool, detachPool, spaceOf, type SpaceText } from '../storage-pool/attach.ts';
import { insertStoragePool } from '../storage-pool/store.ts';
import type { ZonePlan } from './zone-plan.ts';

/** The plan, and the ids of all that is to be made: given at the start, so that every repetition makes the same. */
export interface CreateZoneInput {
  plan: ZonePlan;
  zoneId: Id<'Zone'>;
  physicalNetworkIds: Id<'PhysicalNetwork'>[];
  podId: Id<'Pod'>;
  networkId: Id<'GuestNetwork'>;
  clusterId: Id<'Cluster'>;
  hosts: { hostId: Id<'Host'>; agentId: Id<'Agent'> }[];
  poolId: Id<'StoragePool'>;
  imageStoreId: Id<'ImageStore'>;
  storageAgentId: Id<'Agent'>;
}

const createZoneInput: z.ZodType<CreateZoneInput> = z.object({
  // Checked field by field when the job was made, in terms that a person understands.
  plan: z.custom<ZonePlan>((value) => typeof value === 'object' && value !== null),
  zoneId: idField('Zone'),
  physicalNetworkIds: z.array(idField('PhysicalNetwork')),
  podId: idField('Pod'),
  networkId: idField('GuestNetwork'),
  clusterId: idField('Cluster'),
  hosts: z.array(z.object({ hostId: idField('Host'), agentId: idField('Agent') })),
  poolId: idField('StoragePool'),
  imageStoreId: idField('ImageStore'),
  storageAgentId: idField('Agent'),
});

type Outputs = {
  createPhysicalNetworks: undefined;
  createPod: undefined;
  createGuestNetwork: undefined;
  createCluster: undefined;
  addHosts: undefined;
  attachPrimaryStorage: SpaceText;
  attachImageStore: SpaceText;
  enableZone: undefined;
};

export const createZoneKind = 'zone.create';
const deadlineSeconds = 60;

/** Makes a whole zone: all of it, or nothing. The zone's own row is there from the start, disabled. */
export function createZoneSaga({
  agents,
  clock,
}: {
  agents: AgentDispatcher;
  clock: Clock;
}): Saga<CreateZoneInput, Outputs> {
  const storeReference = ({ imageStoreId, plan }: CreateZoneInput) => ({
    imageStoreId,
    path: plan.imageStore.path,
  });
  const poolReference = ({ poolId, plan }: CreateZoneInput) => ({ poolId, path: plan.primaryStorage.path });
  const placeOfPool = ({ plan, zoneId, podId, clusterId, hosts }: CreateZoneInput) => {
    const { scope } = plan.primaryStorage;
    return {
      zoneId,
      podId: scope === 'ZONE' ? null : podId,
      clusterId: scope === 'ZONE' ? null : clusterId,
      hostId: scope === 'HOST' ? (hosts[0]?.hostId ?? null) : null,
    };
  };
  return defineSaga<CreateZoneInput, Outputs>({
    kind: createZoneKind,
    input: createZoneInput,
    steps: [
      {
        name: 'createPhysicalNetworks',
        record: async (tx, { input }) => {
          for (const [index, network] of input.plan.physicalNetworks.entries()) {
            const id = input.physicalNetworkIds[index];
            if (id !== undefined) await insertPhysicalNetwork(tx, id, input.zoneId, network);
          }
        },
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('PhysicalNetwork').where('zoneId', '=', input.zoneId).execute();
        },
      },
      {
        name: 'createPod',
        record: async (tx, { input }) => {
          await insertPod(tx, input.podId, input.zoneId, input.plan.pod);
        },
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('Pod').where('id', '=', input.podId).execute();
        },
      },
      {
        name: 'createGuestNetwork',
        record: async (tx, { input }) => {
          const { zoneId, networkId, podId, plan } = input;
          const physicalNetworkId = guestCarrier(input);
          await insertGuestNetwork(tx, networkId, { zoneId, physicalNetworkId, name: `${plan.name} guests` });
          await insertGuestRange(tx, { networkId, podId }, plan.guestRange);
        },
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('GuestNetwork').where('id', '=', input.networkId).execute();
        },
      },
      {
        name: 'createCluster',
        record: async (tx, { input }) => {
          const { zoneId, podId, clusterId, plan } = input;
          await insertCluster(tx, clusterId, { zoneId, podId }, plan.cluster);
        },
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('Cluster').where('id', '=', input.clusterId).execute();
        },
      },
      {
        name: 'addHosts',
        record: (tx, { input }) => addHosts(tx, input, clock.now()),
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('Host').where('clusterId', '=', input.clusterId).execute();
        },
      },
      {
        name: 'attachPrimaryStorage',
        act: (run) => attachPool(agents, run, poolReference(run.input), run.input.hosts),
        record: async (tx, { input }, space) => {
          const { plan, poolId, hosts } = input;
          const hostIds = hosts.map(({ hostId }) => hostId);
          await insertStoragePool(
            tx,
            poolId,
            placeOfPool(input),
            plan.primaryStorage,
            hostIds,
            spaceOf(space),
          );
        },
        undo: (run) => detachPool(agents, run, poolReference(run.input), run.input.hosts),
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('StoragePool').where('id', '=', input.poolId).execute();
        },
      },
      {
        name: 'attachImageStore',
        act: async (run) => {
          const store = storeReference(run.input);
          const space = await agents.execute(run, run.input.storageAgentId, 'store.attach', store, {
            deadlineSeconds,
          });
          return { totalBytes: space.totalBytes.toString(), usedBytes: space.usedBytes.toString() };
        },
        record: async (tx, { input }, space) => {
          const { imageStoreId, zoneId, plan, storageAgentId } = input;
          await insertImageStore(tx, imageStoreId, zoneId, plan.imageStore, storageAgentId, spaceOf(space));
        },
        undo: async (run) => {
          await agents.execute(run, run.input.storageAgentId, 'store.detach', storeReference(run.input), {
            deadlineSeconds,
          });
        },
        recordUndo: async (tx, { input }) => {
          await tx.deleteFrom('ImageStore').where('id', '=', input.imageStoreId).execute();
          await tx.updateTable('Agent').set({ zoneId: null }).where('zoneId', '=', input.zoneId).execute();
        },
      },
      {
        name: 'enableZone',
        record: async (tx, { input }) => {
          await tx
            .updateTable('Zone')
            .set({ allocationState: 'ENABLED' })
            .where('id', '=', input.zoneId)
            .execute();
        },
      },
    ],
    succeeded: (_tx, { input }) => Promise.resolve(input.zoneId),
    failed: async (tx, { input }) => {
      await tx.deleteFrom('Zone').where('id', '=', input.zoneId).execute();
    },
  });
}

/** The physical network that guests' traffic travels on; the plan has exactly one. */
function guestCarrier({ plan, physicalNetworkIds }: CreateZoneInput): Id<'PhysicalNetwork'> {
  const index = plan.physicalNetworks.findIndex(({ traffic }) =>
    traffic.some(({ type }) => type === 'GUEST'),
  );
  const id = physicalNetworkIds[index];
  if (id === undefined) throw new Error('no physical network of the plan carries guest traffic');
  return id;
}

async function addHosts(tx: Transaction, input: CreateZoneInput, at: Date): Promise<void> {
  const cluster = await tx
    .selectFrom('Cluster')
    .selectAll()
    .where('id', '=', input.clusterId)
    .executeTakeFirstOrThrow();
  for (const [index, host] of input.plan.hosts.entries()) {
    const agent = await agentForHost(tx, `input.hosts.${index}`, host, cluster);
    const id = input.hosts[index]?.hostId;
    if (id !== undefined) await insertHost(tx, id, cluster, agent, host.name ?? agent.name, at);
  }
}

import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { AgentDispatcher } from '../../agent-gateway/agent-dispatcher.ts';
import type { Clock } from '@nephos/model/kernel/clock.ts';
import type { Step } from '../../platform/jobs/saga.ts';
import { insertCluster } from '../cluster/store.ts';
import { agentForHost, insertHost } from '../host/store.ts';
import { insertPhysicalNetwork } from '../physical-network/store.ts';
import { insertPod } from '../pod/store.ts';
import { insertGuestNetwork, insertGuestRange } from '../../network/guest-network/store.ts';
import type { SpaceText } from '../storage-pool/attach.ts';
import type { ZoneBlueprint } from './blueprint.ts';
import { hostsOfCluster } from './store.ts';
import { imageStoreStep, primaryStorageStep } from './storage-steps.ts';

export interface ZoneStepDeps {
  db: Database;
  agents: AgentDispatcher;
  clock: Clock;
}

/** What the steps of a zone return. */
export type ZoneOutputs = {
  createPhysicalNetworks: undefined;
  createPod: undefined;
  createGuestNetwork: undefined;
  createCluster: undefined;
  addHosts: undefined;
  attachPrimaryStorage: SpaceText;
  attachImageStore: SpaceText;
  enableZone: undefined;
};

export type ZoneStep<Name extends keyof ZoneOutputs = keyof ZoneOutputs> = Step<
  ZoneBlueprint,
  ZoneOutputs,
  Name
>;

/** All that makes a zone, in order, each with its way back: whoever makes one, or removes it, takes these steps. */
export function zoneSteps(deps: ZoneStepDeps): { [Name in keyof ZoneOutputs]: ZoneStep<Name> } {
  return {
    createPhysicalNetworks: {
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
    createPod: {
      name: 'createPod',
      record: async (tx, { input }) => {
        await insertPod(tx, input.podId, input.zoneId, input.plan.pod);
      },
      recordUndo: async (tx, { input }) => {
        await tx.deleteFrom('Pod').where('id', '=', input.podId).execute();
      },
    },
    createGuestNetwork: {
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
    createCluster: {
      name: 'createCluster',
      record: async (tx, { input }) => {
        const { zoneId, podId, clusterId, plan } = input;
        await insertCluster(tx, clusterId, { zoneId, podId }, plan.cluster);
      },
      recordUndo: async (tx, { input }) => {
        await tx.deleteFrom('Cluster').where('id', '=', input.clusterId).execute();
      },
    },
    addHosts: {
      name: 'addHosts',
      record: (tx, { input }) => addHosts(tx, input, deps.clock.now()),
      recordUndo: async (tx, { input }) => {
        await tx.deleteFrom('Host').where('clusterId', '=', input.clusterId).execute();
      },
    },
    attachPrimaryStorage: primaryStorageStep(deps),
    attachImageStore: imageStoreStep(deps),
    enableZone: {
      name: 'enableZone',
      record: async (tx, { input }) => {
        await tx
          .updateTable('Zone')
          .set({ allocationState: 'ENABLED' })
          .where('id', '=', input.zoneId)
          .execute();
      },
    },
  };
}

/** The physical network that guests' traffic travels on; the plan has exactly one. */
function guestCarrier({ plan, physicalNetworkIds }: ZoneBlueprint): Id<'PhysicalNetwork'> {
  const index = plan.physicalNetworks.findIndex(({ traffic }) =>
    traffic.some(({ type }) => type === 'GUEST'),
  );
  const id = physicalNetworkIds[index];
  if (id === undefined) throw new Error('no physical network of the plan carries guest traffic');
  return id;
}

/** Makes hosts of the agents that have enrolled; machines that are entered over SSH have jobs of their own. */
async function addHosts(tx: Transaction, input: ZoneBlueprint, at: Date): Promise<void> {
  const cluster = await tx
    .selectFrom('Cluster')
    .selectAll()
    .where('id', '=', input.clusterId)
    .executeTakeFirstOrThrow();
  const there = new Set((await hostsOfCluster(tx, cluster.id)).map(({ hostId }) => hostId));
  for (const [index, { hostId, agentId, name }] of input.hosts.entries()) {
    if (agentId === null || there.has(hostId)) continue;
    const agent = await agentForHost(tx, `input.hosts.${index}`, { agentId }, cluster);
    await insertHost(tx, hostId, cluster, agent, name ?? agent.name, at);
  }
}

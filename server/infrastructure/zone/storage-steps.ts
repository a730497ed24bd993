import { insertImageStore } from '../image-store/store.ts';
import { attachPool, detachPool, spaceOf } from '../storage-pool/attach.ts';
import { insertStoragePool } from '../storage-pool/store.ts';
import type { ZoneBlueprint } from './blueprint.ts';
import { hostsOfCluster } from './store.ts';
import type { ZoneStep, ZoneStepDeps } from './zone-steps.ts';

const deadlineSeconds = 60;

const poolReference = ({ poolId, plan }: ZoneBlueprint) => ({ poolId, path: plan.primaryStorage.path });
const storeReference = ({ imageStoreId, plan }: ZoneBlueprint) => ({
  imageStoreId,
  path: plan.imageStore.path,
});

function placeOfPool({ plan, zoneId, podId, clusterId, hosts }: ZoneBlueprint) {
  const { scope } = plan.primaryStorage;
  return {
    zoneId,
    podId: scope === 'ZONE' ? null : podId,
    clusterId: scope === 'ZONE' ? null : clusterId,
    hostId: scope === 'HOST' ? (hosts[0]?.hostId ?? null) : null,
  };
}

/** Has every host of the cluster reach the primary storage. */
export function primaryStorageStep({ db, agents }: ZoneStepDeps): ZoneStep<'attachPrimaryStorage'> {
  return {
    name: 'attachPrimaryStorage',
    act: async (run) => {
      const hosts = await hostsOfCluster(db, run.input.clusterId);
      return attachPool(agents, run, poolReference(run.input), hosts);
    },
    record: async (tx, { input }, space) => {
      const { plan, poolId, clusterId } = input;
      const hosts = await hostsOfCluster(tx, clusterId);
      const hostIds = hosts.map(({ hostId }) => hostId);
      await insertStoragePool(tx, poolId, placeOfPool(input), plan.primaryStorage, hostIds, spaceOf(space));
    },
    undo: async (run) => {
      const hosts = await hostsOfCluster(db, run.input.clusterId);
      await detachPool(agents, run, poolReference(run.input), hosts);
    },
    recordUndo: async (tx, { input }) => {
      await tx.deleteFrom('StoragePool').where('id', '=', input.poolId).execute();
    },
  };
}

/** Has the zone's storage agent make the secondary storage ready. */
export function imageStoreStep({ agents }: ZoneStepDeps): ZoneStep<'attachImageStore'> {
  return {
    name: 'attachImageStore',
    act: async (run) => {
      const store = storeReference(run.input);
      const { storageAgentId } = run.input;
      const space = await agents.execute(run, storageAgentId, 'store.attach', store, { deadlineSeconds });
      return { totalBytes: space.totalBytes.toString(), usedBytes: space.usedBytes.toString() };
    },
    record: async (tx, { input }, space) => {
      const { imageStoreId, zoneId, plan, storageAgentId } = input;
      await insertImageStore(tx, imageStoreId, zoneId, plan.imageStore, storageAgentId, spaceOf(space));
    },
    undo: async (run) => {
      const store = storeReference(run.input);
      await agents.execute(run, run.input.storageAgentId, 'store.detach', store, { deadlineSeconds });
    },
    recordUndo: async (tx, { input }) => {
      await tx.deleteFrom('ImageStore').where('id', '=', input.imageStoreId).execute();
      await tx.updateTable('Agent').set({ zoneId: null }).where('zoneId', '=', input.zoneId).execute();
    },
  };
}

import type { AllocationState } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded, lockForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { refreshCapacities } from '../host/capacity.ts';
import { checkCluster, checkOvercommit, clusterNameTaken, insertCluster, type ClusterPlan } from './store.ts';

export interface UpdateClusterInput extends ExpectsVersion {
  id: Id<'Cluster'>;
  name?: string | null | undefined;
  allocationState?: AllocationState | null | undefined;
  cpuOvercommit?: number | null | undefined;
  memoryOvercommit?: number | null | undefined;
  idempotencyKey?: string | null | undefined;
}

/** Groups of hosts of one hypervisor type. */
export class ClusterService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  create(actor: Actor, input: ClusterPlan & { podId: Id<'Pod'> }): Promise<{ clusterId: string }> {
    const { podId, ...plan } = input;
    const check = new Check();
    checkCluster(check, 'input.cluster', plan);
    check.done();
    return this.#platform.mutations.run({ action: 'cluster.create', actor, input: {} }, async (mutation) => {
      const { zoneId } = await getGuarded(mutation.tx, actor, 'Pod', podId, 'cluster.create');
      const cluster = await insertCluster(mutation.tx, newId('Cluster'), { zoneId, podId }, plan);
      mutation.concerns('Cluster', cluster.id, null);
      return { clusterId: cluster.id };
    });
  }

  /**
   * Fields that are absent stay as they are. What its hosts may be promised changes at once.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateClusterInput): Promise<{ clusterId: string }> {
    const { name, allocationState, cpuOvercommit, memoryOvercommit } = input;
    const check = new Check();
    if (name != null) check.name('input.name', name);
    checkOvercommit(check, 'input', input);
    check.done();
    const action = 'cluster.update';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const before = await lockForChange(tx, actor, 'Cluster', input.id, action);
      assertVersion(`cluster ${before.name}`, before, input);
      const after = {
        name: name ?? before.name,
        allocationState: allocationState ?? before.allocationState,
        cpuOvercommit: cpuOvercommit ?? before.cpuOvercommit,
        memoryOvercommit: memoryOvercommit ?? before.memoryOvercommit,
      };
      try {
        await tx.updateTable('Cluster').set(after).where('id', '=', before.id).execute();
      } catch (error) {
        if (isUniqueViolation(error)) throw clusterNameTaken('input.name', after.name);
        throw error;
      }
      await refreshCapacities(tx, { clusterId: before.id });
      mutation.concerns('Cluster', before.id, null, changedFields(before, after));
      return { clusterId: before.id };
    });
  }
}

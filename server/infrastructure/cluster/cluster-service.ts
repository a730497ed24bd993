import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getGuarded } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkCluster, insertCluster, type ClusterPlan } from './store.ts';

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
}

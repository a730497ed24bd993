import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkPhysicalNetwork, insertPhysicalNetwork, type PhysicalNetworkPlan } from './store.ts';

/** Networks that hosts are wired to. */
export class PhysicalNetworkService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  create(
    actor: Actor,
    input: PhysicalNetworkPlan & { zoneId: Id<'Zone'> },
  ): Promise<{ physicalNetworkId: string }> {
    const { zoneId, ...plan } = input;
    const check = new Check();
    checkPhysicalNetwork(check, 'input.physicalNetwork', plan);
    check.done();
    return this.#platform.mutations.run(
      { action: 'physicalNetwork.create', actor, input: {} },
      async (mutation) => {
        const zone = await getForChange(mutation.tx, actor, 'Zone', zoneId, 'physicalNetwork.create');
        const network = await insertPhysicalNetwork(mutation.tx, newId('PhysicalNetwork'), zone.id, plan);
        mutation.concerns('PhysicalNetwork', network.id, null);
        return { physicalNetworkId: network.id };
      },
    );
  }
}

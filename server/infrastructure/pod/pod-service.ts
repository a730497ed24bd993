import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { lockForChange } from '../../identity/access/guarded-loader.ts';
import { guestRanges } from '../../network/guest-network/store.ts';
import { checkClearOf } from '../../network/address-plan.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkPod, checkPodIsClear, insertPod, type PodPlan } from './store.ts';

/** Racks. */
export class PodService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  create(actor: Actor, input: PodPlan & { zoneId: Id<'Zone'> }): Promise<{ podId: string }> {
    const { zoneId, ...plan } = input;
    const check = new Check();
    const parsed = checkPod(check, 'input.pod', plan);
    check.done();
    return this.#platform.mutations.run({ action: 'pod.create', actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      // Two pods planned at once must see each other.
      await lockForChange(tx, actor, 'Zone', zoneId, 'pod.create');
      await checkPodIsClear(tx, check, 'input.pod', zoneId, plan);
      if (parsed)
        checkClearOf(
          check,
          parsed.range,
          await guestRanges(tx, zoneId),
          'input.pod.reservedStart',
          plan.reservedStart,
        );
      check.done();
      const pod = await insertPod(tx, newId('Pod'), zoneId, plan);
      mutation.concerns('Pod', pod.id, null);
      return { podId: pod.id };
    });
  }
}

import type { Id } from '@nephos/model/kernel/ids.ts';
import { getForChange, getGuarded } from '../../identity/access/guarded-loader.ts';
import { reservedRanges } from '../../infrastructure/pod/store.ts';
import type { Actor } from '../../platform/actor.ts';
import { invalid } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkClearOf } from '../address-plan.ts';
import { checkGuestRange, guestRanges, insertGuestRange, type GuestRangePlan } from './store.ts';

export interface CreateGuestIpRangeInput extends GuestRangePlan {
  networkId: Id<'GuestNetwork'>;
  podId: Id<'Pod'>;
}

/** Networks that machines are plugged into. */
export class GuestNetworkService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** Adds addresses to a network, for the guests in one pod. */
  createRange(actor: Actor, input: CreateGuestIpRangeInput): Promise<{ rangeId: string }> {
    const { networkId, podId, ...plan } = input;
    const check = new Check();
    const parsed = checkGuestRange(check, 'input.range', plan);
    check.done();
    return this.#platform.mutations.run(
      { action: 'guestIpRange.create', actor, input: {} },
      async (mutation) => {
        const { tx } = mutation;
        const network = await getForChange(tx, actor, 'GuestNetwork', networkId, 'guestIpRange.create');
        const pod = await getGuarded(tx, actor, 'Pod', podId, 'guestIpRange.create');
        if (pod.zoneId !== network.zoneId)
          throw invalid('input.podId', podId, 'must be a pod of the network’s zone');
        // Two ranges planned at once must see each other.
        await tx.selectFrom('Zone').select('id').where('id', '=', network.zoneId).forUpdate().execute();
        const taken = [
          ...(await guestRanges(tx, network.zoneId)),
          ...(await reservedRanges(tx, network.zoneId)),
        ];
        if (parsed) checkClearOf(check, parsed.range, taken, 'input.range.startIp', plan.startIp);
        check.done();
        const range = await insertGuestRange(tx, { networkId, podId }, plan);
        mutation.concerns('GuestIpRange', range.id, null);
        return { rangeId: range.id };
      },
    );
  }
}

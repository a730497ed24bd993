import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { loadMachine, type MachineInput } from '../virtual-machine/machine-change.ts';
import { checkLease, type Lease } from './check-lease.ts';

/** Leases of machines: until when each may stay. */
export class LeaseService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /**
   * `lease: null` ends the lease: the machine stays.
   * @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  set(actor: Actor, input: MachineInput & { lease: Lease | null }): Promise<{ virtualMachineId: string }> {
    const { lease } = input;
    const check = new Check();
    checkLease(check, lease, this.#platform.clock.now());
    check.done();
    const action = 'virtualMachine.lease';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const seen = await loadMachine(mutation.tx, actor, input, action);
      const facts = { leaseExpiresAt: lease?.expiresAt ?? null, leaseAction: lease?.action ?? null };
      await mutation.tx
        .updateTable('VirtualMachine')
        .set({ ...facts, leaseWarnedAt: null })
        .where('id', '=', seen.id)
        .execute();
      const { leaseExpiresAt, leaseAction } = seen;
      const changes = changedFields({ leaseExpiresAt, leaseAction }, facts);
      mutation.concerns('VirtualMachine', seen.id, seen.accountId, changes);
      return { virtualMachineId: seen.id };
    });
  }
}

import type { RowChange } from '@nephos/model/database.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { checkLabels, type Labels } from './labels.ts';
import { appendScaleUsage } from './scale/scale-usage.ts';
import { checkUserData } from './seed/user-data.ts';
import { loadMachine, type MachineInput } from './machine-change.ts';
import type { MachineRow } from './store.ts';

/** What is left out stays as it is. */
export interface UpdateMachineInput extends MachineInput, Labels {
  /** Reaches the guest when it starts next. */
  name?: string | null | undefined;
  isDeleteProtected?: boolean | null | undefined;
  /** Reaches the guest when it starts next. */
  userData?: string | null | undefined;
}

/** What is written about machines. */
export class UpdateService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT */
  update(actor: Actor, input: UpdateMachineInput): Promise<{ virtualMachineId: string }> {
    const check = new Check();
    if (input.name != null) check.hostName('input.name', input.name);
    checkLabels(check, input);
    checkUserData(check, input.userData);
    check.done();
    const action = 'virtualMachine.update';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const seen = await loadMachine(mutation.tx, actor, input, action);
      const { name, group, tags, details, isDeleteProtected, userData } = input;
      const shown = {
        ...(name != null && { name }),
        // An empty text takes it out of its group.
        ...(group != null && { groupName: group === '' ? null : group }),
        ...(isDeleteProtected != null && { isDeleteProtected }),
      };
      const pairs = { ...(tags != null && { tags }), ...(details != null && { details }) };
      const change: RowChange<'VirtualMachine'> = {
        ...shown,
        ...(tags != null && { tags: JSON.stringify(tags) }),
        ...(details != null && { details: JSON.stringify(details) }),
        // A guest takes in only what is new to it.
        ...(userData != null && {
          userData: userData === '' ? null : Buffer.from(userData),
          seedVersion: seen.seedVersion + 1,
        }),
      };
      const changes = {
        ...changedFields(seen, shown),
        ...changedFields<object>(seen, pairs),
        // It often holds secrets.
        ...(userData != null && { userData: { before: '(secret)', after: '(changed)' } }),
      };
      mutation.concerns('VirtualMachine', seen.id, seen.accountId, changes);
      if (Object.keys(change).length === 0) return { virtualMachineId: seen.id };
      try {
        const machine = await mutation.tx
          .updateTable('VirtualMachine')
          .set(change)
          .where('id', '=', seen.id)
          .returningAll()
          .executeTakeFirstOrThrow();
        // Prices and reports go by tags as they are at the time.
        if ('tags' in changes && isAllocated(machine))
          await appendScaleUsage(mutation.tx, machine, mutation.at);
      } catch (error) {
        if (isUniqueViolation(error))
          throw invalid('input.name', name, 'is the name of another of your machines');
        throw error;
      }
      return { virtualMachineId: seen.id };
    });
  }
}

/** Whether its meters run: what was never made is not metered. */
function isAllocated({ state, hostId, lastHostId }: MachineRow): boolean {
  return lastHostId !== null || state === 'STOPPED' || (hostId !== null && state !== 'STARTING');
}

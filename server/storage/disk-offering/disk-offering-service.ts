import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import { lockForChange } from '../../identity/access/guarded-loader.ts';
import {
  changedOffering,
  loadScope,
  type OfferingChange,
  type OfferingScope,
} from '../../identity/access/offering-scope.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { checkTags, tidyTags } from '../../platform/tags.ts';
import { Check } from '../../platform/validation.ts';

export interface DiskOfferingPlan {
  name: string;
  displayText?: string | null | undefined;
  /** Absent: tenants name the size. */
  sizeBytes?: bigint | null | undefined;
  /** Pools must have all of these tags. */
  storageTags?: readonly string[] | null | undefined;
}

export interface UpdateDiskOfferingInput extends OfferingChange, ExpectsVersion {
  id: Id<'DiskOffering'>;
  storageTags?: readonly string[] | null | undefined;
}

export interface DeleteDiskOfferingInput extends ExpectsVersion {
  id: Id<'DiskOffering'>;
  idempotencyKey?: string | null | undefined;
}

const nameTaken = (name: string) => invalid('input.name', name, 'is the name of another disk offering');

/** Choices that a fresh cloud begins with. */
const seeded: DiskOfferingPlan[] = [
  { name: '1 GiB', sizeBytes: GiB },
  { name: '20 GiB', sizeBytes: 20n * GiB },
  { name: '100 GiB', sizeBytes: 100n * GiB },
  { name: 'custom', displayText: 'a size of your choice' },
];

/** Choices of disks. */
export class DiskOfferingService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  create(
    actor: Actor,
    input: DiskOfferingPlan & OfferingScope & { idempotencyKey?: string | null | undefined },
  ): Promise<{ diskOfferingId: string }> {
    const { idempotencyKey: _, domainIds: _domains, zoneIds: _zones, ...plan } = input;
    const largest = BigInt(this.#platform.settings.get('storage.max.volume.gib')) * GiB;
    const { sizeBytes } = plan;
    const check = new Check();
    check.name('input.name', plan.name);
    if (plan.displayText != null) check.line('input.displayText', plan.displayText);
    checkTags(check, 'input.storageTags', plan.storageTags);
    check.that(
      sizeBytes == null || (sizeBytes >= MiB && sizeBytes <= largest && sizeBytes % MiB === 0n),
      'input.size',
      sizeBytes,
      `must be whole MiB from 1 MiB to ${(largest / GiB).toString()} GiB (setting storage.max.volume.gib)`,
    );
    check.done();
    return this.#platform.mutations.run({ action: 'diskOffering.create', actor, input }, async (mutation) => {
      const scope = await loadScope(mutation.tx, actor, input, 'diskOffering.create');
      try {
        const id = newId('DiskOffering');
        await mutation.tx
          .insertInto('DiskOffering')
          .values({
            id,
            name: plan.name,
            displayText: plan.displayText ?? plan.name,
            sizeBytes: sizeBytes ?? null,
            storageTags: tidyTags(plan.storageTags ?? []),
            ...scope,
          })
          .execute();
        mutation.concerns('DiskOffering', id, null);
        return { diskOfferingId: id };
      } catch (error) {
        if (isUniqueViolation(error)) throw nameTaken(plan.name);
        throw error;
      }
    });
  }

  /**
   * Changes what it is called and where it is offered; disks that have it keep it.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateDiskOfferingInput): Promise<{ diskOfferingId: string }> {
    const check = new Check();
    if (input.name != null) check.name('input.name', input.name);
    if (input.displayText != null) check.line('input.displayText', input.displayText);
    checkTags(check, 'input.storageTags', input.storageTags);
    check.done();
    const action = 'diskOffering.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const before = await lockForChange(tx, actor, 'DiskOffering', input.id, action);
      assertVersion(`disk offering ${before.name}`, before, input);
      const after = {
        ...(await changedOffering(tx, actor, before, input, action)),
        storageTags: input.storageTags == null ? before.storageTags : tidyTags(input.storageTags),
      };
      try {
        await tx.updateTable('DiskOffering').set(after).where('id', '=', before.id).execute();
      } catch (error) {
        if (isUniqueViolation(error)) throw nameTaken(after.name);
        throw error;
      }
      mutation.concerns('DiskOffering', before.id, null, changedFields(before, after));
      return { diskOfferingId: before.id };
    });
  }

  /**
   * Offers it no longer; disks that have it keep it.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  delete(actor: Actor, input: DeleteDiskOfferingInput): Promise<{ diskOfferingId: string }> {
    const action = 'diskOffering.delete';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const offering = await lockForChange(tx, actor, 'DiskOffering', input.id, action);
      assertVersion(`disk offering ${offering.name}`, offering, input);
      await tx.updateTable('DiskOffering').set({ removedAt: at }).where('id', '=', offering.id).execute();
      mutation.concerns('DiskOffering', offering.id, null, { name: offering.name });
      return { diskOfferingId: offering.id };
    });
  }

  /** Gives a cloud that has no offering yet the first few. */
  async seed(): Promise<void> {
    const { db } = this.#platform;
    if ((await db.selectFrom('DiskOffering').select('id').executeTakeFirst()) !== undefined) return;
    await db
      .insertInto('DiskOffering')
      .values(
        seeded.map(({ name, displayText, sizeBytes }) => ({
          id: newId('DiskOffering'),
          name,
          displayText: displayText ?? `a disk of ${name}`,
          sizeBytes: sizeBytes ?? null,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

import { newId } from '@nephos/model/kernel/ids.ts';
import { GiB, MiB } from '@nephos/model/kernel/units.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';

export interface DiskOfferingPlan {
  name: string;
  displayText?: string | null | undefined;
  /** Absent: tenants name the size. */
  sizeBytes?: bigint | null | undefined;
}

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
    input: DiskOfferingPlan & { idempotencyKey?: string | null | undefined },
  ): Promise<{ diskOfferingId: string }> {
    const { idempotencyKey: _, ...plan } = input;
    const largest = BigInt(this.#platform.settings.get('storage.max.volume.gib')) * GiB;
    const { sizeBytes } = plan;
    const check = new Check();
    check.name('input.name', plan.name);
    if (plan.displayText != null) check.line('input.displayText', plan.displayText);
    check.that(
      sizeBytes == null || (sizeBytes >= MiB && sizeBytes <= largest && sizeBytes % MiB === 0n),
      'input.size',
      sizeBytes,
      `must be whole MiB from 1 MiB to ${(largest / GiB).toString()} GiB (setting storage.max.volume.gib)`,
    );
    check.done();
    return this.#platform.mutations.run({ action: 'diskOffering.create', actor, input }, async (mutation) => {
      try {
        const id = newId('DiskOffering');
        await mutation.tx
          .insertInto('DiskOffering')
          .values({
            id,
            name: plan.name,
            displayText: plan.displayText ?? plan.name,
            sizeBytes: sizeBytes ?? null,
          })
          .execute();
        mutation.concerns('DiskOffering', id, null);
        return { diskOfferingId: id };
      } catch (error) {
        if (isUniqueViolation(error))
          throw invalid('input.name', plan.name, 'is the name of another disk offering');
        throw error;
      }
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
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  }
}

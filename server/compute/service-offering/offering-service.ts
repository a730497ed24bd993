import type { Row } from '@nephos/model/database.ts';
import type { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { formatBytes, GiB, MiB, TiB } from '@nephos/model/kernel/units.ts';
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

/** Where machines of an offering are placed. */
export interface PlacementPlan {
  hostTags?: readonly string[] | null | undefined;
  storageTags?: readonly string[] | null | undefined;
  /** `null`: as the setting says. */
  placement?: PlacementStrategy | null | undefined;
}

export interface ServiceOfferingPlan extends PlacementPlan {
  name: string;
  displayText?: string | null | undefined;
  cpuCount: number;
  /** The choice goes up to this. */
  maxCpuCount?: number | null | undefined;
  cpuMhz: number;
  memoryBytes: bigint;
  /** The choice goes up to this. */
  maxMemoryBytes?: bigint | null | undefined;
  /** Absent: as large as the template. */
  rootDiskBytes?: bigint | null | undefined;
  isScalableLive?: boolean | undefined;
}

export interface UpdateServiceOfferingInput extends OfferingChange, PlacementPlan, ExpectsVersion {
  id: Id<'ServiceOffering'>;
}

const mostCpus = 256;

const anywhere = { hostTags: [], storageTags: [], placement: null };
export interface DeleteServiceOfferingInput extends ExpectsVersion {
  id: Id<'ServiceOffering'>;
  idempotencyKey?: string | null | undefined;
}

const nameTaken = (name: string) => invalid('input.name', name, 'is the name of another service offering');

function checkPlacement(check: Check, { hostTags, storageTags }: PlacementPlan): void {
  checkTags(check, 'input.hostTags', hostTags);
  checkTags(check, 'input.storageTags', storageTags);
}

/** Where machines are placed after a change; what is left out stays. */
function placementOf(
  { hostTags, storageTags, placement }: PlacementPlan,
  before: Pick<Row<'ServiceOffering'>, 'hostTags' | 'storageTags' | 'placement'>,
) {
  return {
    hostTags: hostTags == null ? before.hostTags : tidyTags(hostTags),
    storageTags: storageTags == null ? before.storageTags : tidyTags(storageTags),
    placement: placement === undefined ? before.placement : placement,
  };
}

/** Choices that a fresh cloud begins with. */
const seeded: ServiceOfferingPlan[] = [
  { name: 'tiny', displayText: '1 processor, 256 MiB', cpuCount: 1, cpuMhz: 500, memoryBytes: 256n * MiB },
  { name: 'small', displayText: '1 processor, 1 GiB', cpuCount: 1, cpuMhz: 1000, memoryBytes: GiB },
  { name: 'medium', displayText: '2 processors, 4 GiB', cpuCount: 2, cpuMhz: 1000, memoryBytes: 4n * GiB },
  { name: 'large', displayText: '4 processors, 8 GiB', cpuCount: 4, cpuMhz: 1000, memoryBytes: 8n * GiB },
  { name: 'xlarge', displayText: '8 processors, 16 GiB', cpuCount: 8, cpuMhz: 1000, memoryBytes: 16n * GiB },
];

/** Choices of processors and memory. */
export class OfferingService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  create(
    actor: Actor,
    input: ServiceOfferingPlan & OfferingScope & { idempotencyKey?: string | null | undefined },
  ): Promise<{ serviceOfferingId: string }> {
    const { idempotencyKey: _, domainIds: _domains, zoneIds: _zones, ...plan } = input;
    const check = new Check();
    check.name('input.name', plan.name);
    if (plan.displayText != null) check.line('input.displayText', plan.displayText);
    checkPlacement(check, plan);
    check.range('input.cpuCount', plan.cpuCount, 1, mostCpus);
    if (plan.maxCpuCount != null) check.range('input.maxCpuCount', plan.maxCpuCount, plan.cpuCount, mostCpus);
    check.range('input.cpuMhz', plan.cpuMhz, 100, 10_000);
    check.that(
      plan.memoryBytes >= 32n * MiB && plan.memoryBytes <= 16n * TiB && plan.memoryBytes % MiB === 0n,
      'input.memory',
      plan.memoryBytes,
      'must be whole MiB from 32 MiB to 16 TiB',
    );
    const { maxMemoryBytes, rootDiskBytes } = plan;
    check.that(
      maxMemoryBytes == null ||
        (maxMemoryBytes >= plan.memoryBytes && maxMemoryBytes <= 16n * TiB && maxMemoryBytes % MiB === 0n),
      'input.maxMemory',
      maxMemoryBytes,
      'must be whole MiB from the least memory to 16 TiB',
    );
    const largest = BigInt(this.#platform.settings.get('storage.max.volume.gib')) * GiB;
    check.that(
      rootDiskBytes == null ||
        (rootDiskBytes >= MiB && rootDiskBytes <= largest && rootDiskBytes % MiB === 0n),
      'input.rootDiskSize',
      rootDiskBytes,
      `must be whole MiB from 1 MiB to ${formatBytes(largest)}`,
    );
    check.done();
    return this.#platform.mutations.run(
      { action: 'serviceOffering.create', actor, input },
      async (mutation) => {
        const scope = await loadScope(mutation.tx, actor, input, 'serviceOffering.create');
        try {
          const id = newId('ServiceOffering');
          await mutation.tx
            .insertInto('ServiceOffering')
            .values({
              id,
              ...plan,
              ...placementOf(plan, anywhere),
              ...scope,
              displayText: plan.displayText ?? plan.name,
            })
            .execute();
          mutation.concerns('ServiceOffering', id, null);
          return { serviceOfferingId: id };
        } catch (error) {
          if (isUniqueViolation(error)) throw nameTaken(plan.name);
          throw error;
        }
      },
    );
  }

  /**
   * Changes what it is called and where it is offered; machines that have it keep it.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateServiceOfferingInput): Promise<{ serviceOfferingId: string }> {
    const check = new Check();
    if (input.name != null) check.name('input.name', input.name);
    if (input.displayText != null) check.line('input.displayText', input.displayText);
    checkPlacement(check, input);
    check.done();
    const action = 'serviceOffering.update';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const before = await lockForChange(tx, actor, 'ServiceOffering', input.id, action);
      assertVersion(`service offering ${before.name}`, before, input);
      const after = {
        ...(await changedOffering(tx, actor, before, input, action)),
        ...placementOf(input, before),
      };
      try {
        await tx.updateTable('ServiceOffering').set(after).where('id', '=', before.id).execute();
      } catch (error) {
        if (isUniqueViolation(error)) throw nameTaken(after.name);
        throw error;
      }
      mutation.concerns('ServiceOffering', before.id, null, changedFields(before, after));
      return { serviceOfferingId: before.id };
    });
  }

  /**
   * Offers it no longer; machines that have it keep it.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  delete(actor: Actor, input: DeleteServiceOfferingInput): Promise<{ serviceOfferingId: string }> {
    const action = 'serviceOffering.delete';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const offering = await lockForChange(tx, actor, 'ServiceOffering', input.id, action);
      assertVersion(`service offering ${offering.name}`, offering, input);
      await tx.updateTable('ServiceOffering').set({ removedAt: at }).where('id', '=', offering.id).execute();
      mutation.concerns('ServiceOffering', offering.id, null, { name: offering.name });
      return { serviceOfferingId: offering.id };
    });
  }

  /** Gives a cloud that has no offering yet the first few. */
  async seed(): Promise<void> {
    const { db } = this.#platform;
    if ((await db.selectFrom('ServiceOffering').select('id').executeTakeFirst()) !== undefined) return;
    await db
      .insertInto('ServiceOffering')
      .values(
        seeded.map((plan) => ({
          id: newId('ServiceOffering'),
          ...plan,
          ...placementOf(plan, anywhere),
          displayText: plan.displayText ?? plan.name,
        })),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }
}

import type { AffinityEnforcement, AffinityKind } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import { getForChange } from '../../identity/access/guarded-loader.ts';
import { ownerFor } from '../../identity/access/owner.ts';
import type { Actor } from '../../platform/actor.ts';
import { changedFields } from '../../platform/audit/changed-fields.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import { assertVersion, versionConflict, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import { holdMembers } from './members.ts';

export interface CreateAffinityGroupInput {
  name: string;
  description?: string | null | undefined;
  kind: AffinityKind;
  enforcement: AffinityEnforcement;
  accountId?: Id<'Account'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface UpdateAffinityGroupInput extends ExpectsVersion {
  id: Id<'AffinityGroup'>;
  name?: string | null | undefined;
  description?: string | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface DeleteAffinityGroupInput extends ExpectsVersion {
  id: Id<'AffinityGroup'>;
  idempotencyKey?: string | null | undefined;
}

const nameTaken = (name: string) =>
  invalid('input.name', name, 'is the name of another affinity group of the account');

/** Groups of machines that are to share a host, or not to. */
export class AffinityGroupService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN, INVALID_STATE */
  create(actor: Actor, input: CreateAffinityGroupInput): Promise<{ affinityGroupId: string }> {
    const { name, description, kind, enforcement } = input;
    assertFine(input);
    const action = 'affinityGroup.create';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx, at } = mutation;
      const { accountId } = await ownerFor(tx, actor, input.accountId, action);
      const id = newId('AffinityGroup');
      const row = { name, description: description ?? '', kind, enforcement };
      try {
        await tx
          .insertInto('AffinityGroup')
          .values({ id, accountId, ...row, createdAt: at })
          .execute();
      } catch (error) {
        if (isUniqueViolation(error)) throw nameTaken(name);
        throw error;
      }
      mutation.concerns('AffinityGroup', id, accountId, row);
      return { affinityGroupId: id };
    });
  }

  /**
   * What it is called; what it demands of its machines stays as it is.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VALIDATION_FAILED, VERSION_CONFLICT
   */
  update(actor: Actor, input: UpdateAffinityGroupInput): Promise<{ affinityGroupId: string }> {
    const { name, description } = input;
    assertFine(input);
    const action = 'affinityGroup.update';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const group = await getForChange(tx, actor, 'AffinityGroup', input.id, action);
      assertVersion(`affinity group ${group.name}`, group, input);
      const after = { name: name ?? group.name, description: description ?? group.description };
      try {
        const changed = await tx
          .updateTable('AffinityGroup')
          .set(after)
          .where('id', '=', group.id)
          .where('version', '=', group.version)
          .returning('id')
          .executeTakeFirst();
        if (changed === undefined)
          throw versionConflict(`affinity group ${group.name}`, group.version, group.version + 1);
      } catch (error) {
        if (isUniqueViolation(error)) throw nameTaken(after.name);
        throw error;
      }
      mutation.concerns('AffinityGroup', group.id, group.accountId, changedFields(group, after));
      return { affinityGroupId: group.id };
    });
  }

  /**
   * Its machines stay where they are.
   * @throws PlatformError NOT_FOUND, FORBIDDEN, VERSION_CONFLICT
   */
  delete(actor: Actor, input: DeleteAffinityGroupInput): Promise<{ affinityGroupId: string }> {
    const action = 'affinityGroup.delete';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const group = await getForChange(tx, actor, 'AffinityGroup', input.id, action);
      assertVersion(`affinity group ${group.name}`, group, input);
      await holdMembers(tx, group.id);
      await tx.deleteFrom('AffinityGroup').where('id', '=', group.id).execute();
      mutation.concerns('AffinityGroup', group.id, group.accountId, { name: group.name });
      return { affinityGroupId: group.id };
    });
  }
}

function assertFine({ name, description }: Pick<UpdateAffinityGroupInput, 'name' | 'description'>): void {
  const check = new Check();
  if (name != null) check.name('input.name', name);
  if (description != null) check.line('input.description', description);
  check.done();
}

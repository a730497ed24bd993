import type { Row, Transaction } from '@nephos/model/database.ts';
import type { AccountType } from '@nephos/model/generated/enums.ts';
import { newId, type Id } from '@nephos/model/kernel/ids.ts';
import type { RoleRule } from '@nephos/model/shapes/role.ts';
import type { Actor } from '../../platform/actor.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Check } from '../../platform/validation.ts';
import type { AccessNotices } from '../access/access-notices.ts';
import { getForChange, getGuarded } from '../access/guarded-loader.ts';
import { isPermissionPattern, type Permission } from '../access/permissions.ts';
import { assertHolds } from '../access/rank.ts';
import { rightsByRules, rightsOfRole, rulesOfRole } from '../access/rights.ts';

export interface RoleTexts {
  name?: string | null | undefined;
  description?: string | null | undefined;
  rules?: readonly RoleRule[] | null | undefined;
}

export interface CreateRoleInput extends RoleTexts {
  name: string;
  accountType?: AccountType | null | undefined;
  copyOfId?: Id<'Role'> | null | undefined;
  idempotencyKey?: string | null | undefined;
}

export interface RoleInput extends ExpectsVersion {
  id: Id<'Role'>;
}

const mostRules = 500;

function checkTexts({ name, description, rules }: RoleTexts): void {
  const check = new Check();
  if (name != null) check.name('input.name', name);
  if (description != null) check.line('input.description', description);
  if (rules != null) {
    check.that(rules.length <= mostRules, 'input.rules', rules.length, `must be at most ${mostRules} rules`);
    for (const [index, { pattern }] of rules.entries()) {
      check.that(
        isPermissionPattern(pattern),
        `input.rules.${index}.pattern`,
        pattern,
        'must be a permission (virtualMachine.start), a family (virtualMachine.*, *.list) or all (*), and match something',
      );
    }
  }
  check.done();
}

function nameTaken(error: unknown, name: string): unknown {
  return isUniqueViolation(error, 'Role_name_key')
    ? invalid('input.name', name, 'is the name of another role')
    : error;
}

/** Roles: the built-in ones stay as they are, others are made of rules. */
export class RoleService {
  readonly #platform: Platform;
  readonly #access: AccessNotices;

  constructor(platform: Platform, access: AccessNotices) {
    this.#platform = platform;
    this.#access = access;
  }

  /** @throws PlatformError VALIDATION_FAILED, NOT_FOUND, FORBIDDEN for rights that the author does not have */
  create(actor: Actor, input: CreateRoleInput): Promise<{ roleId: string }> {
    checkTexts(input);
    const action = 'role.create';
    return this.#platform.mutations.run({ action, actor, input }, async (mutation) => {
      const { tx } = mutation;
      const copied =
        input.copyOfId == null ? undefined : await getGuarded(tx, actor, 'Role', input.copyOfId, action);
      const accountType = input.accountType ?? copied?.accountType;
      const rules = input.rules ?? (copied && rulesOfRole(copied));
      const rule = 'must be given, or a role to copy';
      if (accountType === undefined) throw invalid('input.accountType', null, rule);
      if (rules === undefined) throw invalid('input.rules', null, rule);
      assertHolds(actor, { accountType, rights: rightsByRules(accountType, rules) }, 'input.rules');
      const id = newId('Role');
      const description = input.description ?? copied?.description ?? '';
      try {
        await tx
          .insertInto('Role')
          .values({ id, name: input.name, description, accountType, rules: JSON.stringify(rules) })
          .execute();
      } catch (error) {
        throw nameTaken(error, input.name);
      }
      mutation.concerns('Role', id, null, { name: input.name, accountType, rules });
      return { roleId: id };
    });
  }

  /** Other rules count from the next request on, and on open sockets at once. */
  async update(actor: Actor, input: RoleInput & RoleTexts): Promise<{ roleId: string }> {
    checkTexts(input);
    const action = 'role.update';
    const answer = await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const role = await this.#load(mutation.tx, actor, input, action);
      const name = input.name ?? role.name;
      const description = input.description ?? role.description;
      const rules = input.rules ?? role.rules;
      const { accountType } = role;
      assertHolds(actor, { accountType, rights: rightsByRules(accountType, rules) }, 'input.rules');
      try {
        await mutation.tx
          .updateTable('Role')
          .set({ name, description, rules: JSON.stringify(rules) })
          .where('id', '=', role.id)
          .execute();
      } catch (error) {
        throw nameTaken(error, name);
      }
      mutation.concerns('Role', role.id, null, {
        name: { before: role.name, after: name },
        description: { before: role.description, after: description },
        rules: { before: role.rules, after: rules },
      });
      return { roleId: role.id };
    });
    await this.#access.announce({ roleId: input.id });
    return answer;
  }

  /** @throws PlatformError NOT_FOUND, FORBIDDEN, RESOURCE_IN_USE with the number of those that have it */
  delete(actor: Actor, input: RoleInput): Promise<{ roleId: string }> {
    const action = 'role.delete';
    return this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      const role = await this.#load(tx, actor, input, action);
      const { accounts, mappings } = await countUses(tx, role.id);
      if (accounts + mappings > 0) {
        throw new PlatformError(
          'RESOURCE_IN_USE',
          `role ${role.name} is used by ${accounts} accounts and ${mappings} mappings of identity providers`,
          { details: { accounts, mappings }, remedy: 'give them another role first' },
        );
      }
      await tx.deleteFrom('Role').where('id', '=', role.id).execute();
      mutation.concerns('Role', role.id, null, { name: role.name });
      return { roleId: role.id };
    });
  }

  /** A role that the actor may change, held until the transaction ends: nobody is given it meanwhile. */
  async #load(tx: Transaction, actor: Actor, input: RoleInput, permission: Permission): Promise<Row<'Role'>> {
    await tx.selectFrom('Role').select('id').where('id', '=', input.id).forUpdate().execute();
    const seen = await getGuarded(tx, actor, 'Role', input.id, permission);
    if (seen.isBuiltIn) {
      throw new PlatformError('FORBIDDEN', `role ${seen.name} belongs to Nephos and stays as it is`, {
        details: { id: seen.id, isBuiltIn: true },
        remedy: 'make a role that is a copy of it',
      });
    }
    const role = await getForChange(tx, actor, 'Role', input.id, permission);
    assertVersion(`role ${role.name}`, role, input);
    assertHolds(actor, { accountType: role.accountType, rights: rightsOfRole(role) }, 'input.id');
    return role;
  }
}

async function countUses(
  tx: Transaction,
  roleId: Id<'Role'>,
): Promise<{ accounts: number; mappings: number }> {
  const count = async (table: 'Account' | 'IdentityRoleMapping') => {
    const { used } = await tx
      .selectFrom(table)
      .select(({ fn }) => fn.countAll<bigint>().as('used'))
      .where('roleId', '=', roleId)
      .executeTakeFirstOrThrow();
    return Number(used);
  };
  return { accounts: await count('Account'), mappings: await count('IdentityRoleMapping') };
}

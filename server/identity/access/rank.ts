import type { Row, Transaction } from '@nephos/model/database.ts';
import type { AccountType } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { Actor } from '../../platform/actor.ts';
import { PlatformError } from '../../platform/errors.ts';
import { getGuarded } from './guarded-loader.ts';
import type { Permission } from './permissions.ts';
import { rankOf, rightsOfRole } from './rights.ts';

const mostNamed = 5;

/** Rights that somebody would get who took a role over and that the actor has not. */
function rightsBeyond(actor: Actor, rights: ReadonlySet<Permission>): Permission[] {
  return [...rights].filter((right) => !actor.rights.has(right));
}

function list(rights: readonly Permission[]): string {
  const more = rights.length - mostNamed;
  return `${rights.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/**
 * Nobody gives away what they do not have themselves.
 * @throws PlatformError FORBIDDEN
 */
export function assertHolds(
  actor: Actor,
  role: { accountType: AccountType; rights: ReadonlySet<Permission> },
  path: string,
): void {
  if (rankOf[role.accountType] > rankOf[actor.accountType]) {
    throw new PlatformError(
      'FORBIDDEN',
      `${path}: a ${actor.accountType} cannot give away what makes a ${role.accountType}`,
      { details: { path, value: role.accountType, rule: 'must not rank above your own account' } },
    );
  }
  const beyond = rightsBeyond(actor, role.rights);
  if (beyond.length === 0) return;
  throw new PlatformError('FORBIDDEN', `${path}: you do not have these rights yourself: ${list(beyond)}`, {
    details: { path, rights: beyond, rule: 'must not allow more than you may yourself' },
  });
}

interface Ruled {
  type: AccountType;
  rights: ReadonlySet<Permission>;
}

/** What an account's users are and may; the account of a project has no users. */
async function ruledBy(tx: Transaction, account: Row<'Account'>): Promise<Ruled> {
  if (account.roleId === null) return { type: 'USER', rights: new Set() };
  const role = await tx
    .selectFrom('Role')
    .selectAll()
    .where('id', '=', account.roleId)
    .executeTakeFirstOrThrow();
  return { type: role.accountType, rights: rightsOfRole(role) };
}

function outranks(account: Row<'Account'>, actor: Actor, { type }: Ruled): PlatformError {
  return new PlatformError(
    'FORBIDDEN',
    `account ${account.name} is a ${type}; a ${actor.accountType} does not rule over it`,
    { details: { id: account.id, rule: 'nobody changes what ranks above them' } },
  );
}

function mayDoMore(account: Row<'Account'>, beyond: Permission[]): PlatformError {
  return new PlatformError('FORBIDDEN', `account ${account.name} may do what you may not: ${list(beyond)}`, {
    details: { id: account.id, rights: beyond, rule: 'nobody changes who may do more than they may' },
  });
}

/**
 * Guards whatever says who an account's users are, how they get in and what they may do: whoever could change that
 * could become them.
 * @throws PlatformError FORBIDDEN that names the rule
 */
export async function assertMayRule(tx: Transaction, actor: Actor, account: Row<'Account'>): Promise<void> {
  const ruled = await ruledBy(tx, account);
  if (rankOf[ruled.type] > rankOf[actor.accountType]) throw outranks(account, actor, ruled);
  const beyond = rightsBeyond(actor, ruled.rights);
  if (beyond.length > 0) throw mayDoMore(account, beyond);
}

/**
 * Guards what takes from one account and gives to another: it is for administrators of the branch that both are in. That
 * an actor takes part in a project is not enough.
 * @throws PlatformError FORBIDDEN
 */
export async function assertReaches(tx: Transaction, actor: Actor, account: Row<'Account'>): Promise<void> {
  if (actor.accountType === 'ROOT_ADMIN') return;
  const { lineage } = await tx
    .selectFrom('Domain')
    .select('lineage')
    .where('id', '=', account.domainId)
    .executeTakeFirstOrThrow();
  if (actor.accountType === 'DOMAIN_ADMIN' && lineage.includes(actor.domainId)) return;
  throw new PlatformError('FORBIDDEN', `account ${account.name} is not in the branch that you administer`, {
    details: { id: account.id, rule: 'for administrators above the account' },
  });
}

/**
 * Guards letting somebody in again, which gives the actor nothing: those of lower rank whatever they may do, so that
 * support can help them; those of the same rank only if the actor may do all that they may.
 * @throws PlatformError FORBIDDEN that names the rule
 */
export async function assertMayAdmit(tx: Transaction, actor: Actor, account: Row<'Account'>): Promise<void> {
  const ruled = await ruledBy(tx, account);
  if (rankOf[ruled.type] < rankOf[actor.accountType]) return;
  await assertMayRule(tx, actor, account);
}

/**
 * Loads a role that the actor wants to give to somebody, and holds it so that it cannot be deleted meanwhile.
 * @param path of the role's id in the input: `input.roleId`
 * @throws PlatformError NOT_FOUND, FORBIDDEN for a role that ranks or may do more than the actor
 */
export async function assertMayGiveRole(
  tx: Transaction,
  actor: Actor,
  roleId: Id<'Role'>,
  path: string,
): Promise<Row<'Role'>> {
  await tx.selectFrom('Role').select('id').where('id', '=', roleId).forShare().execute();
  const role = await getGuarded(tx, actor, 'Role', roleId, 'role.list');
  assertHolds(actor, { accountType: role.accountType, rights: rightsOfRole(role) }, path);
  return role;
}

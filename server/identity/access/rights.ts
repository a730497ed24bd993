import type { AccountType, ProjectRole } from '@nephos/model/generated/enums.ts';
import type { RoleRule } from '@nephos/model/shapes/role.ts';
import { builtInRoles } from '../role/built-in-roles.ts';
import { matchesPattern, permissions, type Permission, type PermissionPattern } from './permissions.ts';

/** A role as its row says, as far as rights go. */
export interface RoleFacts {
  id: string;
  version: number;
  accountType: AccountType;
  rules: readonly RoleRule[];
}

/** Account types by what they may rule over; a higher one is never changed by a lower one. */
export const rankOf = {
  USER: 0,
  DOMAIN_ADMIN: 1,
  RESOURCE_ADMIN: 2,
  ROOT_ADMIN: 3,
} satisfies Record<AccountType, number>;

const builtIn = new Map<string, readonly RoleRule[]>(builtInRoles.map(({ id, rules }) => [id, rules]));

/** What only those who run the hardware can ever have, whatever the rules of a tenant's role say. */
const hardwareRights = [
  'agent.*',
  'alert.*',
  'capacity.list',
  'cluster.*',
  'controlPlane.*',
  'diskOffering.create',
  'diskOffering.update',
  'guestIpRange.*',
  'host.*',
  'imageStore.*',
  'job.resume',
  'physicalNetwork.*',
  'pod.*',
  'serviceOffering.create',
  'serviceOffering.update',
  'setting.*',
  'storagePool.*',
  'topology.*',
  'virtualMachine.migrate',
  'virtualMachine.placeOnHost',
  'zone.create',
  'zone.dedicate',
  'zone.update',
  'zoneDraft.*',
] as const satisfies PermissionPattern[];

/** What only root administrators can ever have: it concerns everybody. */
const rootRights = [
  'role.create',
  'role.delete',
  'role.update',
  'setting.update',
] as const satisfies PermissionPattern[];

/** What is done to several accounts at once. */
const adminRights = ['virtualMachine.assign'] as const satisfies PermissionPattern[];

const beyondType: Record<AccountType, readonly PermissionPattern[]> = {
  ROOT_ADMIN: [],
  RESOURCE_ADMIN: rootRights,
  DOMAIN_ADMIN: [...hardwareRights, ...rootRights],
  USER: [...hardwareRights, ...adminRights, ...rootRights],
};

/**
 * What rules allow to an account type: the first rule that matches a permission decides, what none matches is denied,
 * and what the type can never have is left out.
 */
export function rightsByRules(accountType: AccountType, rules: readonly RoleRule[]): ReadonlySet<Permission> {
  const isBeyond = (permission: Permission) =>
    beyondType[accountType].some((pattern) => matchesPattern(pattern, permission));
  return new Set(
    permissions.filter(
      (permission) =>
        rules.find(({ pattern }) => matchesPattern(pattern, permission))?.effect === 'ALLOW' &&
        !isBeyond(permission),
    ),
  );
}

/** The rules of a role, in order: those of a built-in one are in the code. */
export function rulesOfRole(role: Pick<RoleFacts, 'id' | 'rules'>): readonly RoleRule[] {
  return builtIn.get(role.id) ?? role.rules;
}

const mostKnown = 1000;
const known = new Map<string, ReadonlySet<Permission>>();

/** What a role allows. Worked out once for each version of it. */
export function rightsOfRole(role: RoleFacts): ReadonlySet<Permission> {
  const key = `${role.id} ${role.version}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const rights = rightsByRules(role.accountType, rulesOfRole(role));
  if (known.size >= mostKnown) known.clear();
  known.set(key, rights);
  return rights;
}

/** What is left of rights under the scopes of an API key; without scopes all of them. */
export function confine(rights: ReadonlySet<Permission>, scopes: readonly string[]): ReadonlySet<Permission> {
  if (scopes.length === 0) return rights;
  return new Set([...rights].filter((right) => scopes.some((scope) => matchesPattern(scope, right))));
}

/** Project roles that may change what the project owns. */
export const changingProjectRoles: ReadonlySet<ProjectRole> = new Set(['ADMIN', 'MEMBER']);

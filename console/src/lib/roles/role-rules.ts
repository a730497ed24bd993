import type { Role } from './fragments.ts';
import type { PermissionFamily } from './role-queries.ts';

export type RoleRule = Role['rules'][number];

/** Whether a pattern covers a permission: as the server decides it. */
export function matchesPattern(pattern: string, permission: string): boolean {
  if (pattern === '*') return true;
  const [resource = '', action = ''] = permission.split('.');
  const [wantedResource, wantedAction] = pattern.split('.');
  return (
    (wantedResource === '*' || wantedResource === resource) &&
    (wantedAction === '*' || wantedAction === action)
  );
}

const syntax = /^(\*|[a-z][A-Za-z]*)\.(\*|[a-z][A-Za-z]*)$/;

/** Why a pattern would be refused. */
export type PatternFault = 'EMPTY' | 'SYNTAX' | 'MATCHES_NOTHING';

export function patternFault(pattern: string, permissions: readonly string[]): PatternFault | undefined {
  if (pattern === '') return 'EMPTY';
  if (pattern === '*') return undefined;
  if (!syntax.test(pattern)) return 'SYNTAX';
  return permissions.some((permission) => matchesPattern(pattern, permission))
    ? undefined
    : 'MATCHES_NOTHING';
}

/** What can be typed as a pattern: all, families by thing, families by action, and every permission. */
export function patternSuggestions(families: readonly PermissionFamily[]): string[] {
  const permissions = families.flatMap((family) => family.permissions);
  const actions = Map.groupBy(permissions, (permission) => permission.split('.')[1] ?? '');
  return [
    '*',
    ...families.map(({ resource }) => `${resource}.*`),
    ...[...actions].filter(([, all]) => all.length > 1).map(([action]) => `*.${action}`),
    ...permissions,
  ];
}

export interface Decision {
  permission: string;
  isAllowed: boolean;
  /** Number of the rule that decides, from 1; without any it is denied. */
  ruleNumber: number | undefined;
  pattern: string | undefined;
}

/** What the rules say to a permission: the first that matches decides. */
export function decide(rules: readonly RoleRule[], permission: string): Decision {
  const index = rules.findIndex(({ pattern }) => matchesPattern(pattern, permission));
  const rule = rules[index];
  return {
    permission,
    isAllowed: rule?.effect === 'ALLOW',
    ruleNumber: rule === undefined ? undefined : index + 1,
    pattern: rule?.pattern,
  };
}

/** Rules that decide nothing, because those before them match all that they match; by their numbers from 1. */
export function idleRules(rules: readonly RoleRule[], permissions: readonly string[]): Set<number> {
  const deciding = new Set(permissions.map((permission) => decide(rules, permission).ruleNumber));
  return new Set(rules.map((_rule, index) => index + 1).filter((number) => !deciding.has(number)));
}

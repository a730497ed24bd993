/** The permissions about one kind of thing: `virtualMachine.start`. */
export interface PermissionFamily {
  resource: string;
  permissions: string[];
}

/** Permissions by the kind of thing that they are about. */
export function familiesOf(permissions: readonly string[]): PermissionFamily[] {
  const families = Map.groupBy(permissions, (permission) => permission.split('.')[0] ?? '');
  return [...families].map(([resource, names]) => ({ resource, permissions: names }));
}

/** Everything about one kind of thing. */
export const allOf = (resource: string) => `${resource}.*`;
/** Whatever lists things and changes nothing. */
export const readEverything = '*.list';

/** Whether a pattern, a permission itself among them, covers a permission. */
export function covers(pattern: string, permission: string): boolean {
  if (pattern === '*' || pattern === permission) return true;
  const [resource = '', action = ''] = permission.split('.');
  return pattern === `${resource}.*` || pattern === `*.${action}`;
}

/** Whether any of the patterns but the permission itself covers it: then it need not be chosen, too. */
export function isCoveredByOther(scopes: readonly string[], permission: string): boolean {
  return scopes.some((scope) => scope !== permission && covers(scope, permission));
}

/** Chooses a pattern, or takes it back; what it covers is not listed beside it. */
export function withScope(scopes: readonly string[], pattern: string, isChosen: boolean): string[] {
  const others = scopes.filter((scope) => scope !== pattern && !(isChosen && covers(pattern, scope)));
  return isChosen ? [...others, pattern] : others;
}

import type { AccountRole } from '@nephos/model/generated/enums.ts';

/** Everything that can be allowed or refused. Every root field of the API names one. */
export const permissions = [
  'account.get',
  'account.create',
  'account.list',
  'agent.list',
  'agent.createEnrolmentToken',
  'apiKey.create',
  'apiKey.delete',
  'apiKey.list',
  'change.follow',
  'cluster.create',
  'cluster.list',
  'diskOffering.create',
  'diskOffering.list',
  'event.list',
  'guestNetwork.list',
  'host.add',
  'host.list',
  'imageStore.create',
  'imageStore.list',
  'iso.delete',
  'iso.list',
  'iso.register',
  'job.cancel',
  'job.list',
  'job.resume',
  'node.get',
  'physicalNetwork.create',
  'pod.create',
  'guestIpRange.create',
  'serviceOffering.create',
  'serviceOffering.list',
  'session.list',
  'session.revoke',
  'setting.list',
  'setting.update',
  'storagePool.create',
  'storagePool.list',
  'template.create',
  'template.delete',
  'template.list',
  'template.register',
  'usageRecord.list',
  'virtualMachine.attachIso',
  'virtualMachine.console',
  'virtualMachine.deploy',
  'virtualMachine.destroy',
  'virtualMachine.detachIso',
  'virtualMachine.expunge',
  'virtualMachine.list',
  'virtualMachine.reboot',
  'virtualMachine.recover',
  'virtualMachine.rename',
  'virtualMachine.start',
  'virtualMachine.statistics',
  'virtualMachine.stop',
  'volume.list',
  'zone.create',
  'zone.list',
  'zone.update',
] as const;

export type Permission = (typeof permissions)[number];

/** A permission, a family of them (`virtualMachine.*`, `*.list`), or all (`*`). */
export type PermissionPattern = Permission | '*' | `${string}.*` | `*.${string}`;

/** What each role may do. Whether it may do so to a certain thing, its visibility decides. */
const rolePatterns: Record<AccountRole, readonly PermissionPattern[]> = {
  ROOT_ADMIN: ['*'],
  USER: [
    'apiKey.*',
    'change.follow',
    'diskOffering.list',
    'event.list',
    'guestNetwork.list',
    'iso.*',
    'job.cancel',
    'job.list',
    'node.get',
    'serviceOffering.list',
    'session.*',
    'template.*',
    'usageRecord.list',
    'virtualMachine.*',
    'volume.*',
    'zone.list',
  ],
};

/** Whether a pattern covers a permission. */
export function matchesPattern(pattern: string, permission: string): boolean {
  if (pattern === '*') return true;
  const [resource = '', action = ''] = permission.split('.');
  const [wantedResource, wantedAction] = pattern.split('.');
  return (
    (wantedResource === '*' || wantedResource === resource) &&
    (wantedAction === '*' || wantedAction === action)
  );
}

const allowedByRole = new Map<AccountRole, Set<Permission>>(
  (Object.keys(rolePatterns) as AccountRole[]).map((role) => [
    role,
    new Set(
      permissions.filter((permission) =>
        rolePatterns[role].some((pattern) => matchesPattern(pattern, permission)),
      ),
    ),
  ]),
);

/** Whether a role may do something at all. */
export function roleAllows(role: AccountRole, permission: Permission): boolean {
  return allowedByRole.get(role)?.has(permission) ?? false;
}

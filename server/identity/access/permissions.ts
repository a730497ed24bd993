/** Everything that can be allowed or refused. Every root field of the API names one. */
export const permissions = [
  'account.create',
  'account.delete',
  'account.disable',
  'account.enable',
  'account.list',
  'account.lock',
  'account.update',
  'agent.createEnrolmentToken',
  'agent.list',
  'apiKey.create',
  'apiKey.delete',
  'apiKey.list',
  'auditEvent.list',
  'change.follow',
  'cluster.create',
  'cluster.list',
  'diskOffering.create',
  'diskOffering.list',
  'diskOffering.update',
  'domain.create',
  'domain.delete',
  'domain.list',
  'domain.update',
  'guestIpRange.create',
  'guestIpRange.list',
  'guestNetwork.list',
  'host.add',
  'host.list',
  'identityProvider.create',
  'identityProvider.delete',
  'identityProvider.list',
  'identityProvider.update',
  'imageStore.create',
  'imageStore.list',
  'iso.delete',
  'iso.list',
  'iso.publish',
  'iso.register',
  'iso.share',
  'job.cancel',
  'job.list',
  'job.resume',
  'nic.list',
  'node.get',
  'physicalNetwork.create',
  'physicalNetwork.list',
  'pod.create',
  'pod.list',
  'project.activate',
  'project.create',
  'project.delete',
  'project.invite',
  'project.list',
  'project.removeMember',
  'project.suspend',
  'project.update',
  'project.updateMember',
  'projectInvitation.answer',
  'projectInvitation.list',
  'resourceLimit.list',
  'resourceLimit.recount',
  'resourceLimit.update',
  'role.create',
  'role.delete',
  'role.list',
  'role.update',
  'serviceOffering.create',
  'serviceOffering.list',
  'serviceOffering.update',
  'session.list',
  'session.revoke',
  'setting.list',
  'setting.update',
  'storagePool.create',
  'storagePool.list',
  'template.create',
  'template.delete',
  'template.list',
  'template.publish',
  'template.register',
  'template.share',
  'usageRecord.list',
  'user.create',
  'user.delete',
  'user.disable',
  'user.enable',
  'user.list',
  'user.lock',
  'user.resetPassword',
  'user.resetSecondFactor',
  'user.update',
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
  'zone.dedicate',
  'zone.list',
  'zone.update',
] as const;

export type Permission = (typeof permissions)[number];

/** A permission, a family of them (`virtualMachine.*`, `*.list`), or all (`*`). */
export type PermissionPattern = Permission | '*' | `${string}.*` | `*.${string}`;

const patternSyntax = /^(\*|[a-z][A-Za-z]*)\.(\*|[a-z][A-Za-z]*)$/;

/** Whether a text can be a pattern, and covers at least one permission there is. */
export function isPermissionPattern(text: string): boolean {
  return (
    text === '*' ||
    (patternSyntax.test(text) && permissions.some((permission) => matchesPattern(text, permission)))
  );
}

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

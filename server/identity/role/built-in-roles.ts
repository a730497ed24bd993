import type { AccountType } from '@nephos/model/generated/enums.ts';
import { parseId, type Id } from '@nephos/model/kernel/ids.ts';
import type { RoleRule } from '@nephos/model/shapes/role.ts';
import type { PermissionPattern } from '../access/permissions.ts';

/** A role that every cloud has. Its row is made by the migrations; what it allows grows with the code. */
export interface BuiltInRole {
  id: Id<'Role'>;
  name: string;
  accountType: AccountType;
  rules: readonly RoleRule[];
}

const allow = (...patterns: PermissionPattern[]): RoleRule[] =>
  patterns.map((pattern) => ({ pattern, effect: 'ALLOW' }));
const deny = (...patterns: PermissionPattern[]): RoleRule[] =>
  patterns.map((pattern) => ({ pattern, effect: 'DENY' }));

/** What everybody may do with what is their own: look, follow, and look after their way in. */
const self = allow(
  'node.get',
  'change.follow',
  'apiKey.*',
  'session.*',
  'projectInvitation.*',
  'job.dismiss',
);

/** What a tenant looks at. */
const tenantReading = allow(
  'account.list',
  'affinityGroup.list',
  'auditEvent.list',
  'balance.*',
  'budget.list',
  'diskOffering.list',
  'domain.list',
  'guestNetwork.list',
  'iso.list',
  'job.list',
  'ledgerEntry.list',
  'nic.list',
  'notice.list',
  'noticeContact.list',
  'prepaidTerm.list',
  'priceAdjustment.list',
  'project.list',
  'ratedLine.list',
  'resourceLimit.list',
  'role.list',
  'serviceOffering.list',
  'sshKeyPair.list',
  'statement.list',
  'tariff.list',
  'template.list',
  'usageExport.*',
  'usageExportSchedule.*',
  'usageRecord.list',
  'user.list',
  'virtualMachine.list',
  'virtualMachine.statistics',
  'virtualMachineSchedule.list',
  'virtualMachineSnapshot.list',
  'volume.list',
  'zone.list',
);

/** What a tenant does. */
const tenantWork = [
  ...deny('iso.publish', 'template.publish'),
  ...allow(
    'affinityGroup.*',
    'budget.*',
    'iso.*',
    'job.cancel',
    'job.retry',
    'noticeContact.*',
    'prepaidTerm.*',
    'project.*',
    'sshKeyPair.*',
    'template.*',
    'virtualMachine.*',
    'virtualMachineSchedule.*',
    'virtualMachineSnapshot.*',
    'volume.*',
  ),
];

/** What helps a tenant without touching what it owns. */
const help = allow(
  'job.cancel',
  'job.retry',
  'virtualMachine.console',
  'virtualMachine.reboot',
  'virtualMachine.resume',
  'virtualMachine.start',
  'virtualMachine.stop',
  'virtualMachine.suspend',
);

const hardwareReading = allow(
  'agent.list',
  'alert.list',
  'capacity.list',
  'cluster.list',
  'controlPlane.list',
  'diskOffering.list',
  'foreignMachine.list',
  'guestIpRange.list',
  'guestNetwork.list',
  'host.list',
  'host.statistics',
  'imageStore.list',
  'job.list',
  'physicalNetwork.list',
  'pod.list',
  'serviceOffering.list',
  'setting.list',
  'storagePool.list',
  'storagePool.statistics',
  'topology.list',
  'zone.list',
  'zoneDraft.list',
  'account.list',
  'domain.list',
  'role.list',
  'user.list',
  'auditEvent.list',
  'resourceLimit.list',
);

const domainReading = [...tenantReading, ...allow('identityProvider.list')];

const roles = [
  ['Root Admin', 'ROOT_ADMIN', allow('*')],
  [
    'Root Admin (read-only)',
    'ROOT_ADMIN',
    [...self, ...allow('*.list', '*.statistics', 'balance.*', 'usageExport.*', 'usageExportSchedule.*')],
  ],
  [
    'Root Admin (support)',
    'ROOT_ADMIN',
    [
      ...self,
      ...allow('*.list', '*.statistics', 'alert.acknowledge', 'job.resume', 'zone.update', 'user.enable'),
      ...allow('balance.*', 'usageExport.*', 'usageExportSchedule.*'),
      ...help,
    ],
  ],
  [
    'Resource Admin',
    'RESOURCE_ADMIN',
    [
      ...self,
      ...hardwareReading,
      ...allow(
        'agent.*',
        'alert.*',
        'cluster.*',
        'diskOffering.*',
        'guestIpRange.*',
        'guestNetwork.*',
        'host.*',
        'imageStore.*',
        'job.*',
        'physicalNetwork.*',
        'pod.*',
        'serviceOffering.*',
        'storagePool.*',
        'zone.*',
        'zoneDraft.*',
      ),
    ],
  ],
  ['Resource Admin (read-only)', 'RESOURCE_ADMIN', [...self, ...hardwareReading]],
  [
    'Resource Admin (support)',
    'RESOURCE_ADMIN',
    [...self, ...hardwareReading, ...allow('alert.acknowledge', 'job.cancel', 'job.resume', 'zone.update')],
  ],
  [
    'Domain Admin',
    'DOMAIN_ADMIN',
    [
      ...self,
      ...tenantWork,
      ...domainReading,
      ...allow('account.*', 'domain.*', 'identityProvider.*', 'resourceLimit.*', 'user.*'),
    ],
  ],
  ['Domain Admin (read-only)', 'DOMAIN_ADMIN', [...self, ...domainReading]],
  ['Domain Admin (support)', 'DOMAIN_ADMIN', [...self, ...domainReading, ...help, ...allow('user.enable')]],
  ['User', 'USER', [...self, ...tenantWork, ...tenantReading]],
] as const satisfies [string, AccountType, RoleRule[]][];

/** In the order of their ids: `role_…01` to `role_…10`, as the migration numbered them. */
export const builtInRoles: readonly BuiltInRole[] = roles.map(([name, accountType, rules], index) => ({
  id: parseId('Role', `role_${String(index + 1).padStart(26, '0')}`),
  name,
  accountType,
  rules,
}));

function idOf(name: (typeof roles)[number][0]): Id<'Role'> {
  const role = builtInRoles.find((each) => each.name === name);
  if (role === undefined) throw new Error(`there is no built-in role ${name}`);
  return role.id;
}

export const rootAdminRoleId = idOf('Root Admin');
export const userRoleId = idOf('User');

import { findIdKind } from '@nephos/model/kernel/ids.ts';
import type { GuardedId, GuardedTable } from '../identity/access/visibility.ts';
import { invalid } from '../platform/errors.ts';
import { builder, Node } from './builder.ts';
import type { RequestContext } from './context.ts';

/** Tables by the kind that an id names. Kinds without a type of their own in the API stand not here. */
const tables: Partial<Record<string, GuardedTable>> = {
  Domain: 'Domain',
  Account: 'Account',
  User: 'User',
  UserSession: 'UserSession',
  ApiKey: 'ApiKey',
  Role: 'Role',
  Project: 'Project',
  ProjectInvitation: 'ProjectInvitation',
  IdentityProvider: 'IdentityProvider',
  Agent: 'Agent',
  Alert: 'Alert',
  Zone: 'Zone',
  ZoneDraft: 'ZoneDraft',
  Pod: 'Pod',
  Cluster: 'Cluster',
  Host: 'Host',
  PhysicalNetwork: 'PhysicalNetwork',
  GuestNetwork: 'GuestNetwork',
  GuestIpRange: 'GuestIpRange',
  StoragePool: 'StoragePool',
  ImageStore: 'ImageStore',
  ServiceOffering: 'ServiceOffering',
  DiskOffering: 'DiskOffering',
  Template: 'Image',
  Iso: 'Image',
  Volume: 'Volume',
  VirtualMachine: 'VirtualMachine',
  ForeignMachine: 'ForeignMachine',
  AffinityGroup: 'AffinityGroup',
  SshKeyPair: 'SshKeyPair',
  Nic: 'Nic',
  VirtualMachineSchedule: 'VirtualMachineSchedule',
  VirtualMachineSnapshot: 'VirtualMachineSnapshot',
  Job: 'Job',
  AuditEvent: 'AuditEvent',
  UsageRecord: 'UsageRecord',
  UsagePeriod: 'UsagePeriod',
  Budget: 'Budget',
  Tariff: 'Tariff',
  PriceAdjustment: 'PriceAdjustment',
  PrepaidTerm: 'PrepaidTerm',
  RatedLine: 'RatedLine',
  Statement: 'Statement',
  UsageExport: 'UsageExport',
  LedgerEntry: 'LedgerEntry',
  Balance: 'Balance',
  Notice: 'Notice',
  QuotaPolicy: 'QuotaPolicy',
  UsageExportSchedule: 'UsageExportSchedule',
  UsageExportRun: 'UsageExportRun',
};

/** Anything by its id; `null` for what does not exist or may not be seen. */
export async function findNode({ load }: RequestContext, id: string): Promise<{ id: string } | null> {
  const table = tables[findIdKind(id) ?? ''];
  return table === undefined ? null : load.find(table, id as GuardedId<typeof table>);
}

const mostNodes = 500;

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    permission: 'node.get',
    description: 'Anything by its id; null when there is none or you may not see it.',
    args: { id: t.arg.id({ description: 'Its id.' }) },
    resolve: (_parent, { id }, context) => findNode(context, id),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    permission: 'node.get',
    description: `Many things by their ids, at most ${mostNodes}, in their order; null in place of what you may not see.`,
    args: { ids: t.arg.idList({ description: 'Their ids.' }) },
    resolve: (_parent, { ids }, context) => {
      if (ids.length > mostNodes) throw invalid('ids', ids.length, `must be at most ${mostNodes}`);
      return Promise.all(ids.map((id) => findNode(context, id)));
    },
  }),
);

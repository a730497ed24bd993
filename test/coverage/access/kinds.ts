import type { IdKind } from '@nephos/model/kernel/ids.ts';
import type { Tables } from '@nephos/model/generated/tables.ts';
import type { Tenancy } from './tenancy.ts';
import { isAllowed, type May, type Viewer } from './viewers.ts';
import type { AnyRow } from './rows.ts';

type Rule = (viewer: Viewer, row: AnyRow, tenancy: Tenancy) => boolean;

/** Who sees the things of one kind, and who of those may change them. */
export interface KindExpectation {
  table: keyof Tables;
  /** Part of the table. */
  only?: { column: string; value: string };
  /** Whoever else sees none of them at all. */
  readBy: May;
  sees: Rule;
  /** Everyone who sees it when left out. */
  changes?: Rule;
}

const nobody: Rule = () => false;
const isRoot: Rule = ({ rank }) => rank === 'root';
const everyone: Rule = () => true;

const ofAccount =
  (column = 'accountId', ...roles: ('ADMIN' | 'MEMBER' | 'VIEWER')[]): Rule =>
  (viewer, row, tenancy) =>
    tenancy.administers(viewer, row[column]) ||
    (roles.length === 0 ? tenancy.has(viewer, row[column]) : tenancy.has(viewer, row[column], roles));

/** What an account owns: its own users', its project's members', and administrators' above. */
const owned = (table: keyof Tables, column?: string): KindExpectation => ({
  table,
  readBy: 'look',
  sees: ofAccount(column),
  changes: ofAccount(column, 'ADMIN', 'MEMBER'),
});

const isOwn =
  (column: string): Rule =>
  (viewer, row, tenancy) =>
    tenancy.accountOf(viewer)?.userId === row[column];

/** Whoever ranks higher is seen from below, and left alone. */
const isWithinRank =
  (column: string): Rule =>
  (viewer, row, tenancy) =>
    viewer.rank === 'root' || tenancy.holderOf(row[column]) !== 'chief';

/** What a user has as a person, and administrators above. */
const personal = (table: keyof Tables, column = 'userId'): KindExpectation => ({
  table,
  readBy: 'look',
  sees: (viewer, row, tenancy) =>
    tenancy.administers(viewer, row[column]) || isOwn(column)(viewer, row, tenancy),
  changes: (viewer, row, tenancy) =>
    isOwn(column)(viewer, row, tenancy) || (!viewer.isReadOnly && isWithinRank(column)(viewer, row, tenancy)),
});

/** The only one that is granted is the template that `sibling` lets `stranger` use. */
const isGranted: Rule = (viewer, row, tenancy) =>
  row.kind === 'TEMPLATE' && tenancy.holderOf(row.accountId) === 'sibling' && viewer.as === 'stranger';

const image = (value: 'TEMPLATE' | 'ISO'): KindExpectation => ({
  ...owned('Image'),
  only: { column: 'kind', value },
  sees: (viewer, row, tenancy) =>
    row.isPublic === true || isGranted(viewer, row, tenancy) || ofAccount()(viewer, row, tenancy),
});

const hardware = (table: keyof Tables): KindExpectation => ({ table, readBy: 'operate', sees: isRoot });

/** Whether a domain is above the viewer's, or below what the viewer administers. */
function concernsDomain(viewer: Viewer, domainId: unknown, tenancy: Tenancy): boolean {
  const isAbove = tenancy.accountOf(viewer)?.lineage.some((id) => id === domainId) ?? false;
  return isAbove || tenancy.isAbove(viewer, tenancy.lineageOf(domainId));
}

/** Offered to some domains and those below, or to all. */
const offered = (table: keyof Tables): KindExpectation => ({
  table,
  readBy: 'look',
  sees: (viewer, row, tenancy) => {
    const domainIds = row.domainIds as string[];
    return domainIds.length === 0 || domainIds.some((id) => concernsDomain(viewer, id, tenancy));
  },
  changes: isRoot,
});

/** For all, for an account, or for a domain and those below. */
const priced = (table: keyof Tables): KindExpectation => ({
  table,
  readBy: 'look',
  sees: (viewer, { accountId, domainId }, tenancy) =>
    (accountId === null || ofAccount()(viewer, { id: '', accountId }, tenancy)) &&
    (domainId === null || concernsDomain(viewer, domainId, tenancy)),
  changes: isRoot,
});

const ofUserAlone = (table: keyof Tables): KindExpectation => ({
  table,
  readBy: 'look',
  sees: (viewer, row, tenancy) => isRoot(viewer, row, tenancy) || isOwn('userId')(viewer, row, tenancy),
});

/** One line for every kind that has ids of its own; a kind without a line fails the test. */
export const kinds = {
  VirtualMachine: owned('VirtualMachine'),
  Volume: owned('Volume'),
  Nic: owned('Nic'),
  VirtualMachineSchedule: owned('VirtualMachineSchedule'),
  VirtualMachineSnapshot: owned('VirtualMachineSnapshot'),
  AffinityGroup: owned('AffinityGroup'),
  SshKeyPair: owned('SshKeyPair'),
  Job: owned('Job'),
  AuditEvent: owned('AuditEvent'),
  UsageRecord: owned('UsageRecord'),
  Budget: owned('Budget'),
  UsagePeriod: { table: 'UsagePeriod', readBy: 'operate', sees: isRoot },
  // They may hold what only that user sees.
  UsageExport: ofUserAlone('UsageExport'),
  UsageExportSchedule: ofUserAlone('UsageExportSchedule'),
  UsageExportRun: ofUserAlone('UsageExportRun'),
  Template: image('TEMPLATE'),
  Iso: image('ISO'),
  Account: owned('Account', 'id'),
  User: personal('User', 'id'),
  UserSession: personal('UserSession'),
  ApiKey: personal('ApiKey'),
  Domain: {
    table: 'Domain',
    readBy: 'look',
    sees: (viewer, row, tenancy) =>
      tenancy.isAbove(viewer, row.lineage as string[]) || tenancy.accountOf(viewer)?.domainId === row.id,
    changes: (viewer, row, tenancy) => tenancy.isAbove(viewer, row.lineage as string[]),
  },
  Role: {
    table: 'Role',
    readBy: 'look',
    sees: (viewer, row, tenancy) =>
      viewer.rank === 'root' || viewer.rank === 'domainAdmin' || tenancy.accountOf(viewer)?.roleId === row.id,
    changes: (viewer, row) => viewer.rank === 'root' && row.isBuiltIn !== true,
  },
  Project: { ...owned('Project'), changes: ofAccount('accountId', 'ADMIN') },
  ProjectInvitation: {
    table: 'ProjectInvitation',
    readBy: 'look',
    // The only project is the one that `owner` runs; those above it are above whom it invites, too.
    sees: (viewer, row, tenancy) => ofAccount()(viewer, row, tenancy) || viewer.as === 'owner',
    changes: (viewer, row, tenancy) => tenancy.administers(viewer, row.accountId) || viewer.as === 'owner',
  },
  IdentityProvider: {
    table: 'IdentityProvider',
    readBy: 'inspect',
    sees: (viewer, row, tenancy) => tenancy.isAbove(viewer, tenancy.lineageOf(row.domainId)),
  },
  Zone: {
    table: 'Zone',
    readBy: 'look',
    sees: (viewer, { dedicatedAccountId: account, dedicatedDomainId: domain }, tenancy) => {
      if (account !== null) return tenancy.administers(viewer, account) || tenancy.has(viewer, account);
      return domain === null || concernsDomain(viewer, domain, tenancy);
    },
    changes: isRoot,
  },
  ZoneDraft: hardware('ZoneDraft'),
  GuestNetwork: { table: 'GuestNetwork', readBy: 'look', sees: everyone, changes: isRoot },
  ServiceOffering: offered('ServiceOffering'),
  DiskOffering: offered('DiskOffering'),
  Agent: hardware('Agent'),
  Alert: hardware('Alert'),
  Pod: hardware('Pod'),
  Cluster: hardware('Cluster'),
  Host: hardware('Host'),
  ForeignMachine: hardware('ForeignMachine'),
  PhysicalNetwork: hardware('PhysicalNetwork'),
  GuestIpRange: hardware('GuestIpRange'),
  StoragePool: hardware('StoragePool'),
  ImageStore: hardware('ImageStore'),
  Tariff: priced('Tariff'),
  PriceAdjustment: priced('PriceAdjustment'),
  PrepaidTerm: owned('PrepaidTerm'),
  TariffVersion: { table: 'TariffVersion', readBy: 'look', sees: nobody },
  RatedLine: owned('RatedLine'),
  Statement: owned('Statement'),
  LedgerEntry: owned('LedgerEntry'),
  Balance: owned('Balance'),
  Notice: owned('Notice'),
  QuotaPolicy: { table: 'QuotaPolicy', readBy: 'operate', sees: isRoot },
  Arrears: { table: 'Arrears', readBy: 'look', sees: nobody },
  UsageEvent: { table: 'UsageEvent', readBy: 'look', sees: nobody },
  ServerInstance: { table: 'ServerInstance', readBy: 'look', sees: nobody },
} satisfies Record<IdKind, KindExpectation>;

export type Kind = keyof typeof kinds;

/** What the confined API key may read. */
const keyReads: readonly Kind[] = ['VirtualMachine'];

export function sees(viewer: Viewer, kind: Kind, row: AnyRow, tenancy: Tenancy): boolean {
  const { readBy, sees: rule }: KindExpectation = kinds[kind];
  return isAllowed(viewer, readBy, keyReads.includes(kind)) && rule(viewer, row, tenancy);
}

/** Of a thing that is seen. */
export function changes(viewer: Viewer, kind: Kind, row: AnyRow, tenancy: Tenancy): boolean {
  const { changes: rule = everyone }: KindExpectation = kinds[kind];
  return rule(viewer, row, tenancy);
}

import type { Row } from '@nephos/model/database.ts';
import type { ProjectRole } from '@nephos/model/generated/enums.ts';
import type { Tables } from '@nephos/model/generated/tables.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import type { Change } from '../../platform/change-feed/change.ts';
import type { Permission } from './permissions.ts';
import { changingProjectRoles } from './rights.ts';

type Condition = RawBuilder<boolean>;

/** Rows whose column holds one of these keys. An index on the column and `id` has the rows of each key in order. */
export interface Part {
  column: RawBuilder<unknown>;
  keys: readonly string[];
  /** Rows of another part, too. */
  except?: Condition;
}

/** Who may see rows of a table, and who may change them: conditions on the table's row, the same for one and for many. */
interface Rule {
  /** Without any of these none of the rows is seen. */
  permissions: readonly [Permission, ...Permission[]];
  seen(actor: Actor): Condition;
  /** The same in parts, without a row twice, where they let a long list be read in the order of its ids. */
  parts?(actor: Actor): readonly Part[] | undefined;
  /** Rows that may be changed; every row that is seen when left out. */
  changed?(actor: Actor): Condition;
}

const everything = sql<boolean>`true`;
const nothing = sql<boolean>`false`;
const isRoot = ({ accountType }: Actor) => accountType === 'ROOT_ADMIN';
const runsHardware = ({ accountType }: Actor) =>
  accountType === 'ROOT_ADMIN' || accountType === 'RESOURCE_ADMIN';
const runsDomain = ({ accountType }: Actor) => accountType === 'DOMAIN_ADMIN';

/** Domains of a branch of the domain tree. */
const domainsBelow = (domainId: Id<'Domain'>) =>
  sql`select d."id" from "Domain" d where d."lineage" @> array[${domainId}]::text[]`;

/** Accounts of a branch of the domain tree. */
const accountsBelow = (domainId: Id<'Domain'>) =>
  sql`select a."id" from "Account" a join "Domain" d on d."id" = a."domainId" where d."lineage" @> array[${domainId}]::text[]`;

function projectAccounts(actor: Actor, roles?: ReadonlySet<ProjectRole>): Id<'Account'>[] {
  return [...actor.projects].filter(([, role]) => roles?.has(role) ?? true).map(([accountId]) => accountId);
}

/** Rows whose column names an account that the actor has, takes part in, or administers. */
function ofAccounts(actor: Actor, column: string, accounts: readonly Id<'Account'>[]): Condition {
  const owner = sql.ref(column);
  if (isRoot(actor)) return everything;
  if (runsDomain(actor)) {
    const below = accountsBelow(actor.domainId);
    return accounts.length === 1
      ? sql<boolean>`${owner} in (${below})`
      : sql<boolean>`${owner} in (${below} union select unnest(${accounts}::text[]))`;
  }
  const [only] = accounts;
  return accounts.length === 1
    ? sql<boolean>`${owner} = ${only}`
    : sql<boolean>`${owner} = any(${accounts}::text[])`;
}

/** What an account owns: its users, members of its project, and administrators above. */
const owned = (permission: Permission, column = 'accountId'): Rule => ({
  permissions: [permission],
  seen: (actor) => ofAccounts(actor, column, [actor.accountId, ...projectAccounts(actor)]),
  changed: (actor) =>
    ofAccounts(actor, column, [actor.accountId, ...projectAccounts(actor, changingProjectRoles)]),
});

/** Levels of the domain tree, below ROOT, that have an index on what is below each of their domains. */
const indexedLevels = [2, 3, 4];

function partsOf(actor: Actor, accounts: readonly Id<'Account'>[]): readonly Part[] | undefined {
  if (isRoot(actor)) return undefined;
  const owner = { column: sql.ref('accountId') };
  if (!runsDomain(actor)) return [{ ...owner, keys: accounts }];
  const level = actor.lineage.length;
  if (!indexedLevels.includes(level)) return undefined;
  const branch = { column: sql.ref(`level${level}Id`), keys: [actor.domainId] };
  const others = accounts.filter((id) => id !== actor.accountId);
  if (others.length === 0) return [branch];
  return [branch, { ...owner, keys: others, except: holds(branch) }];
}

/**
 * Whether a row is of a part. One key is asked for as a range: of `=` the planner, which plans once for all branches,
 * expects as many rows as branches have on average, and rather reads the table.
 */
function holds({ column, keys }: Part): Condition {
  const [only] = keys;
  return keys.length === 1
    ? sql<boolean>`${column} between ${only} and ${only}`
    : sql<boolean>`${column} = any(${keys}::text[])`;
}

/** What an account owns of what there is most of: rows know the domains above their owner. */
const ownedInBranch = (permission: Permission): Rule => {
  const inParts = (actor: Actor, accounts: readonly Id<'Account'>[]): Condition => {
    const parts = partsOf(actor, accounts);
    // Everything has an owner, and all owners are below ROOT.
    if (runsDomain(actor) && actor.lineage.length === 1) return everything;
    if (parts === undefined) return ofAccounts(actor, 'accountId', accounts);
    return sql<boolean>`(${sql.join(parts.map(holds), sql` or `)})`;
  };
  const all = (actor: Actor) => [actor.accountId, ...projectAccounts(actor)];
  return {
    permissions: [permission],
    seen: (actor) => inParts(actor, all(actor)),
    parts: (actor) => partsOf(actor, all(actor)),
    changed: (actor) => inParts(actor, [actor.accountId, ...projectAccounts(actor, changingProjectRoles)]),
  };
};

/** What an account owns or, without an owner, the hardware's administrators do. */
const ownedOrOperated = (permission: Permission): Rule => {
  const rule = owned(permission);
  const orNobodys = (condition: Condition, actor: Actor) =>
    runsHardware(actor) && !isRoot(actor) ? sql<boolean>`("accountId" is null or ${condition})` : condition;
  return {
    permissions: [permission],
    seen: (actor) => orNobodys(rule.seen(actor), actor),
    changed: (actor) => orNobodys(rule.changed?.(actor) ?? nothing, actor),
  };
};

/** Hardware. */
const operated = (permission: Permission): Rule => ({
  permissions: [permission],
  seen: (actor) => (runsHardware(actor) ? everything : nothing),
});

/** What concerns all tenants together. */
const ofPlatform = (permission: Permission): Rule => ({
  permissions: [permission],
  seen: (actor) => (isRoot(actor) ? everything : nothing),
});

/** Of what tenants have, administrators of the hardware alone learn nothing. */
const alerts: Rule = {
  permissions: ['alert.list'],
  seen: (actor) => {
    if (isRoot(actor)) return everything;
    return runsHardware(actor) ? sql<boolean>`not "isOfTenant"` : nothing;
  },
};

/** Domains whose branches an actor belongs to: by its account, and by the projects that it takes part in. */
function branchesOf(actor: Actor): RawBuilder<string[]> {
  const own = sql<string[]>`${actor.lineage}::text[]`;
  if (actor.projects.size === 0) return own;
  return sql<string[]>`(${own} || array(select unnest(d."lineage") from "Account" a
    join "Domain" d on d."id" = a."domainId" where a."id" = any(${projectAccounts(actor)}::text[])))`;
}

/** What is offered in the actor's domain; to be changed by those who run the hardware. */
const offered = (permission: Permission): Rule => ({
  permissions: [permission],
  seen: (actor) =>
    runsHardware(actor)
      ? sql<boolean>`"removedAt" is null`
      : sql<boolean>`"removedAt" is null and ("domainIds" = '{}' or "domainIds" && ${branchesOf(actor)}${
          runsDomain(actor)
            ? sql` or exists (select 1 from "Domain" d where d."id" = any("domainIds") and d."lineage" @> array[${actor.domainId}]::text[])`
            : sql``
        })`,
  changed: (actor) => (runsHardware(actor) ? everything : nothing),
});

const zones: Rule = {
  permissions: ['zone.list'],
  seen: (actor) =>
    runsHardware(actor)
      ? everything
      : sql<boolean>`(("dedicatedDomainId" is null and "dedicatedAccountId" is null)
          or "dedicatedDomainId" = any(${branchesOf(actor)})
          ${runsDomain(actor) ? sql`or exists (select 1 from "Domain" d where d."id" = "dedicatedDomainId" and d."lineage" @> array[${actor.domainId}]::text[])` : sql``}
          or ("dedicatedAccountId" is not null and ${ofAccounts(actor, 'dedicatedAccountId', [actor.accountId, ...projectAccounts(actor)])}))`,
  changed: (actor) => (runsHardware(actor) ? everything : nothing),
};

/** A zone's networks are seen by whoever sees the zone. */
const guestNetworks: Rule = {
  permissions: ['guestNetwork.list'],
  seen: (actor) =>
    runsHardware(actor)
      ? everything
      : sql<boolean>`"zoneId" in (select "id" from "Zone" where ${zones.seen(actor)})`,
  changed: (actor) => (runsHardware(actor) ? everything : nothing),
};

/** Images of one's own, those granted to one's account, and the public ones. */
const images: Rule = {
  permissions: ['template.list', 'iso.list'],
  seen: (actor) => {
    const { rights } = actor;
    const kinds = [
      ...(rights.has('template.list') ? ['TEMPLATE'] : []),
      ...(rights.has('iso.list') ? ['ISO'] : []),
    ];
    const present = sql<boolean>`"removedAt" is null and "kind"::text = any(${kinds})`;
    if (isRoot(actor)) return present;
    const accounts = [actor.accountId, ...projectAccounts(actor)];
    return sql<boolean>`(${present} and ("isPublic" or ${ofAccounts(actor, 'accountId', accounts)}
      or "id" in (select g."imageId" from "ImageGrant" g where g."accountId" = any(${accounts}::text[]))))`;
  },
  changed: (actor) =>
    ofAccounts(actor, 'accountId', [actor.accountId, ...projectAccounts(actor, changingProjectRoles)]),
};

/** An account sees itself and the projects' that it takes part in, administrators those in the domains below. */
const accounts: Rule = {
  permissions: ['account.list'],
  seen: (actor) => accountsFor(actor, projectAccounts(actor)),
  changed: (actor) => accountsFor(actor, projectAccounts(actor, changingProjectRoles)),
};

function accountsFor(actor: Actor, others: readonly Id<'Account'>[]): Condition {
  if (!runsDomain(actor)) return ofAccounts(actor, 'id', [actor.accountId, ...others]);
  const below = sql<boolean>`"domainId" in (${domainsBelow(actor.domainId)})`;
  return others.length === 0 ? below : sql<boolean>`(${below} or "id" = any(${others}::text[]))`;
}

const domains: Rule = {
  permissions: ['domain.list'],
  seen: (actor) => {
    // Zones and offerings are reserved for domains by those who run the hardware.
    if (runsHardware(actor)) return everything;
    return runsDomain(actor)
      ? sql<boolean>`"lineage" @> array[${actor.domainId}]::text[]`
      : sql<boolean>`"id" = ${actor.domainId}`;
  },
  changed: (actor) => {
    if (isRoot(actor)) return everything;
    return runsDomain(actor) ? sql<boolean>`"lineage" @> array[${actor.domainId}]::text[]` : nothing;
  },
};

/** Users see themselves; administrators those of the accounts below. */
const users: Rule = {
  permissions: ['user.list'],
  seen: (actor) => {
    if (isRoot(actor)) return everything;
    return runsDomain(actor)
      ? sql<boolean>`"accountId" in (${accountsBelow(actor.domainId)})`
      : sql<boolean>`"id" = ${actor.userId}`;
  },
};

/** What a user has as a person; administrators of the user see it too. */
const personal = (permission: Permission): Rule => ({
  permissions: [permission],
  seen: (actor) => {
    if (isRoot(actor)) return everything;
    return runsDomain(actor)
      ? sql<boolean>`"userId" in (select u."id" from "User" u where u."accountId" in (${accountsBelow(actor.domainId)}))`
      : sql<boolean>`"userId" = ${actor.userId}`;
  },
});

/** Administrators see the roles they could give away, everybody their own. */
const roles: Rule = {
  permissions: ['role.list'],
  seen: (actor) => (isRoot(actor) || runsDomain(actor) ? everything : sql<boolean>`"id" = ${actor.roleId}`),
  changed: (actor) => (isRoot(actor) ? sql<boolean>`not "isBuiltIn"` : nothing),
};

const projects: Rule = {
  permissions: ['project.list'],
  seen: (actor) => ofAccounts(actor, 'accountId', [actor.accountId, ...projectAccounts(actor)]),
  changed: (actor) =>
    ofAccounts(actor, 'accountId', [actor.accountId, ...projectAccounts(actor, new Set(['ADMIN']))]),
};

/** Those who are invited, and those who run the project. */
const projectInvitations: Rule = {
  permissions: ['projectInvitation.list'],
  seen: (actor) =>
    sql<boolean>`(${ofAccounts(actor, 'accountId', [actor.accountId])}
      or "projectId" in (select "id" from "Project" where ${projects.changed?.(actor) ?? nothing}))`,
};

const identityProviders: Rule = {
  permissions: ['identityProvider.list'],
  seen: (actor) => {
    if (isRoot(actor)) return everything;
    return runsDomain(actor)
      ? sql<boolean>`"domainId" in (select d."id" from "Domain" d where d."lineage" @> array[${actor.domainId}]::text[])`
      : nothing;
  },
};

/** What belongs to a user alone: it may hold what only that user sees. */
const ownAlone = (permission: Permission): Rule => ({
  permissions: [permission],
  seen: (actor) => (isRoot(actor) ? everything : sql<boolean>`"userId" = ${actor.userId}`),
});

/** Tenants see what they may come to pay: what is for all, for their account, and for their domain or one above. */
const tariffs = (permission: Permission): Rule => ({
  permissions: [permission],
  seen: (actor) =>
    isRoot(actor)
      ? everything
      : sql<boolean>`(("accountId" is null or ${ofAccounts(actor, 'accountId', [actor.accountId, ...projectAccounts(actor)])})
          and ("domainId" is null or "domainId" = any(${branchesOf(actor)})
            ${runsDomain(actor) ? sql`or "domainId" in (${domainsBelow(actor.domainId)})` : sql``}))`,
  changed: (actor) => (isRoot(actor) ? everything : nothing),
});

/** One line for each kind of thing that the API shows. What has no line cannot be loaded. */
const rules = {
  Domain: domains,
  Account: accounts,
  User: users,
  UserSession: personal('session.list'),
  ApiKey: personal('apiKey.list'),
  Role: roles,
  Project: projects,
  ProjectInvitation: projectInvitations,
  IdentityProvider: identityProviders,
  Agent: operated('agent.list'),
  Alert: alerts,
  Zone: zones,
  ZoneDraft: operated('zoneDraft.list'),
  Pod: operated('pod.list'),
  Cluster: operated('cluster.list'),
  Host: operated('host.list'),
  ForeignMachine: operated('foreignMachine.list'),
  PhysicalNetwork: operated('physicalNetwork.list'),
  GuestNetwork: guestNetworks,
  GuestIpRange: operated('guestIpRange.list'),
  StoragePool: operated('storagePool.list'),
  ImageStore: operated('imageStore.list'),
  ServiceOffering: offered('serviceOffering.list'),
  DiskOffering: offered('diskOffering.list'),
  AffinityGroup: owned('affinityGroup.list'),
  SshKeyPair: owned('sshKeyPair.list'),
  Image: images,
  Volume: ownedInBranch('volume.list'),
  VirtualMachine: ownedInBranch('virtualMachine.list'),
  Nic: owned('nic.list'),
  VirtualMachineSchedule: owned('virtualMachineSchedule.list'),
  VirtualMachineSnapshot: owned('virtualMachineSnapshot.list'),
  Job: ownedOrOperated('job.list'),
  AuditEvent: owned('auditEvent.list'),
  UsageRecord: owned('usageRecord.list'),
  UsagePeriod: ofPlatform('usagePeriod.list'),
  Tariff: tariffs('tariff.list'),
  PriceAdjustment: tariffs('priceAdjustment.list'),
  PrepaidTerm: owned('prepaidTerm.list'),
  RatedLine: owned('ratedLine.list'),
  Statement: owned('statement.list'),
  UsageExport: ownAlone('usageExport.list'),
  Budget: owned('budget.list'),
  LedgerEntry: owned('ledgerEntry.list'),
  Balance: owned('balance.list'),
  Notice: owned('notice.list'),
  QuotaPolicy: ofPlatform('quotaPolicy.list'),
  UsageExportSchedule: ownAlone('usageExportSchedule.list'),
  UsageExportRun: ownAlone('usageExportSchedule.list'),
} satisfies { [Table in keyof Tables]?: Rule };

/** A table whose rows are loaded with authorization. */
export type GuardedTable = keyof typeof rules;

/** Id of a row of a guarded table. */
export type GuardedId<Table extends GuardedTable> =
  Row<Table> extends { id: infer RowId extends string } ? RowId : never;

/** Whether an actor may read anything of a table at all. */
export function mayRead(actor: Actor, table: GuardedTable): boolean {
  return rules[table].permissions.some((permission) => actor.rights.has(permission));
}

/** The permission to ask for, for those who may not. */
export function readingPermission(table: GuardedTable): Permission {
  return rules[table].permissions[0];
}

/** The part of a table that an actor may see. */
export function scopeOf(actor: Actor, table: GuardedTable): Condition {
  return mayRead(actor, table) ? rules[table].seen(actor) : nothing;
}

/** {@link scopeOf} in parts that can be read in the order of ids; `undefined` where the whole is as good. */
export function partsOfScope(actor: Actor, table: GuardedTable): readonly Part[] | undefined {
  const rule: Rule = rules[table];
  return mayRead(actor, table) ? rule.parts?.(actor) : undefined;
}

/** The part of what an actor sees of a table that it may change. */
export function changeableScopeOf(actor: Actor, table: GuardedTable): Condition {
  const rule: Rule = rules[table];
  return rule.changed?.(actor) ?? everything;
}

/** Kinds of change whose table is called otherwise. */
const tablesOfKinds: Partial<Record<string, GuardedTable>> = { Template: 'Image', Iso: 'Image' };

function tableOfKind(kind: string): GuardedTable | undefined {
  return tablesOfKinds[kind] ?? (Object.hasOwn(rules, kind) ? (kind as GuardedTable) : undefined);
}

/** Whether an actor may learn of a change; the thing itself is loaded with authorization all the same. */
export function seesChange(actor: Actor, change: Change): boolean {
  const table = tableOfKind(change.kind);
  if (table === undefined || !mayRead(actor, table)) return false;
  switch (change.audience) {
    case 'EVERYONE':
      return true;
    case 'OPERATOR':
      return runsHardware(actor);
    case 'ACCOUNT':
      return reaches(actor, change);
    case 'USER':
      return isRoot(actor) || change.userId === actor.userId;
    case 'DOMAIN':
      return reaches(actor, change) || actor.lineage.some((id) => id === change.lineage.at(-1));
  }
}

function reaches(actor: Actor, { accountId, lineage }: Change): boolean {
  if (isRoot(actor)) return true;
  if (runsDomain(actor) && lineage.includes(actor.domainId)) return true;
  return accountId !== null && (accountId === actor.accountId || actor.projects.has(accountId));
}

import type { Row } from '@nephos/model/database.ts';
import type { Tables } from '@nephos/model/generated/tables.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import type { Change } from '../../platform/change-feed/change.ts';

/** Who may see rows of a table: the same rule for one row in memory and for lists in SQL. */
interface Rule<Table extends keyof Tables> {
  sees(actor: Actor, row: Row<Table>): boolean;
  /** A condition on the table's row, for a list. */
  scope(actor: Actor): RawBuilder<boolean>;
}

const everything = sql<boolean>`true`;
const nothing = sql<boolean>`false`;
const isOperator = (actor: Actor) => actor.role === 'ROOT_ADMIN';

/** Everyone who is signed in. */
const everyone = { sees: () => true, scope: () => everything };

/** Root administrators only. */
const operators = { sees: isOperator, scope: (actor: Actor) => (isOperator(actor) ? everything : nothing) };

/** The account that owns the row; root administrators see all. */
const owners = {
  sees: (actor: Actor, row: { accountId: Id<'Account'> | null }) =>
    isOperator(actor) || row.accountId === actor.accountId,
  scope: (actor: Actor) => (isOperator(actor) ? everything : sql<boolean>`"accountId" = ${actor.accountId}`),
};

/** Like owners, and everyone for public images. */
const imageViewers = {
  sees: (actor: Actor, row: { accountId: Id<'Account'>; isPublic: boolean; removedAt: Date | null }) =>
    row.removedAt === null && (row.isPublic || owners.sees(actor, row)),
  scope: (actor: Actor) =>
    isOperator(actor)
      ? sql<boolean>`"removedAt" is null`
      : sql<boolean>`("removedAt" is null and ("isPublic" or "accountId" = ${actor.accountId}))`,
};

/** Users see themselves. */
const selves = {
  sees: (actor: Actor, row: { id: Id<'User'> }) => isOperator(actor) || row.id === actor.userId,
  scope: (actor: Actor) => (isOperator(actor) ? everything : sql<boolean>`"id" = ${actor.userId}`),
};

/** What a user owns as a person. */
const persons = {
  sees: (actor: Actor, row: { userId: Id<'User'> }) => row.userId === actor.userId,
  scope: (actor: Actor) => sql<boolean>`"userId" = ${actor.userId}`,
};

const ownAccount = {
  sees: (actor: Actor, row: { id: Id<'Account'> }) => isOperator(actor) || row.id === actor.accountId,
  scope: (actor: Actor) => (isOperator(actor) ? everything : sql<boolean>`"id" = ${actor.accountId}`),
};

const ownDomain = {
  sees: (actor: Actor, row: { id: Id<'Domain'> }) => isOperator(actor) || row.id === actor.domainId,
  scope: (actor: Actor) => (isOperator(actor) ? everything : sql<boolean>`"id" = ${actor.domainId}`),
};

/** One line for each kind of thing that the API shows. What has no line cannot be loaded. */
const rules = {
  Domain: ownDomain,
  Account: ownAccount,
  User: selves,
  UserSession: persons,
  ApiKey: persons,
  Agent: operators,
  Zone: everyone,
  Pod: operators,
  Cluster: operators,
  Host: operators,
  PhysicalNetwork: operators,
  GuestNetwork: everyone,
  GuestIpRange: operators,
  StoragePool: operators,
  ImageStore: operators,
  ServiceOffering: everyone,
  DiskOffering: everyone,
  Image: imageViewers,
  Volume: owners,
  VirtualMachine: owners,
  Nic: owners,
  Job: owners,
  AuditEvent: owners,
  UsageRecord: owners,
} satisfies { [Table in keyof Tables]?: Rule<Table> };

/** A table whose rows are loaded with authorization. */
export type GuardedTable = keyof typeof rules;

/** Id of a row of a guarded table. */
export type GuardedId<Table extends GuardedTable> =
  Row<Table> extends { id: infer RowId extends string } ? RowId : never;

/** Whether an actor may see a row. */
export function sees<Table extends GuardedTable>(actor: Actor, table: Table, row: Row<Table>): boolean {
  return (rules[table] as unknown as Rule<Table>).sees(actor, row);
}

/** The part of a table that an actor may see, as a condition for a list of it. */
export function scopeOf(actor: Actor, table: GuardedTable): RawBuilder<boolean> {
  return rules[table].scope(actor);
}

/** Whether an actor may learn of a change; the thing itself is loaded with authorization all the same. */
export function seesChange(actor: Actor, change: Change): boolean {
  if (change.audience === 'EVERYONE' || isOperator(actor)) return true;
  return change.audience === 'ACCOUNT' && change.accountId === actor.accountId;
}

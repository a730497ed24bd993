import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { sql, type RawBuilder } from 'kysely';
import DataLoader from 'dataloader';
import type { Actor } from '../../platform/actor.ts';
import { notFound, PlatformError } from '../../platform/errors.ts';
import type { Permission } from './permissions.ts';
import {
  changeableScopeOf,
  mayRead,
  readingPermission,
  scopeOf,
  type GuardedId,
  type GuardedTable,
} from './visibility.ts';

/** Words for people; everything else is called by its table's name. */
const names: Partial<Record<GuardedTable, string>> = {
  VirtualMachine: 'virtual machine',
  ServiceOffering: 'service offering',
  DiskOffering: 'disk offering',
  AffinityGroup: 'affinity group',
  SshKeyPair: 'SSH key pair',
  VirtualMachineSnapshot: 'snapshot',
  StoragePool: 'storage pool',
  ZoneDraft: 'zone draft',
  ForeignMachine: 'foreign machine',
  ImageStore: 'image store',
  PhysicalNetwork: 'physical network',
  GuestNetwork: 'guest network',
  UserSession: 'session',
  ApiKey: 'API key',
  ProjectInvitation: 'invitation',
  IdentityProvider: 'identity provider',
  AuditEvent: 'audit event',
  UsageRecord: 'usage record',
  UsagePeriod: 'usage period',
  RatedLine: 'rated line',
  PriceAdjustment: 'adjustment',
  PrepaidTerm: 'prepaid term',
  UsageExport: 'export',
  LedgerEntry: 'ledger entry',
  QuotaPolicy: 'quota policy',
  UsageExportSchedule: 'export schedule',
  UsageExportRun: 'export run',
};

function nameOf(table: GuardedTable): string {
  return names[table] ?? table.toLowerCase();
}

/** @throws PlatformError FORBIDDEN when the actor's role, or API key, does not include the permission */
export function demand(actor: Actor, permission: Permission): void {
  if (actor.rights.has(permission)) return;
  if (actor.mustChangePassword) {
    throw new PlatformError('FORBIDDEN', 'your password has to be changed first', {
      details: { permission, mustChangePassword: true },
      remedy: 'change it with changePassword',
    });
  }
  if (actor.mustEnrolSecondFactor) {
    throw new PlatformError('FORBIDDEN', 'a second factor has to be set up first', {
      details: { permission, mustEnrolSecondFactor: true },
      remedy: 'set it up with beginSecondFactor and confirmSecondFactor',
    });
  }
  const whose = actor.apiKeyId === null ? 'your role does' : 'your role, or the scopes of this API key, do';
  throw new PlatformError('FORBIDDEN', `${whose} not allow ${permission}`, { details: { permission } });
}

async function readRows<Table extends GuardedTable>(
  db: Database | Transaction,
  actor: Actor,
  table: Table,
  ids: readonly string[],
  lock = sql``,
): Promise<Row<Table>[]> {
  // PostgreSQL keeps a plan for one id, and makes one anew each time for a list whose length it does not know.
  const isWanted = ids.length === 1 ? sql`"id" = ${ids[0]}` : sql`"id" = any(${ids}::text[])`;
  const { rows } = await sql<Row<Table>>`
    select * from ${sql.table(table)} where ${isWanted} and ${scopeOf(actor, table)}
    ${lock}`.execute(db);
  return rows;
}

/** @throws PlatformError NOT_FOUND */
async function readOne<Table extends GuardedTable>(
  db: Database | Transaction,
  actor: Actor,
  table: Table,
  id: GuardedId<Table>,
  lock?: RawBuilder<unknown>,
): Promise<Row<Table>> {
  const [row] = await readRows(db, actor, table, [id], lock);
  if (row === undefined) throw notFound(nameOf(table), id);
  return row;
}

/**
 * Loads one thing to use it: the only way from an id in the input to a row.
 * @throws PlatformError NOT_FOUND when there is none or the actor may not see it, FORBIDDEN when the actor may see
 * it but not do this
 */
export async function getGuarded<Table extends GuardedTable>(
  db: Database | Transaction,
  actor: Actor,
  table: Table,
  id: GuardedId<Table>,
  permission: Permission,
): Promise<Row<Table>> {
  const row = await readOne(db, actor, table, id);
  demand(actor, permission);
  return row;
}

/** Like {@link getGuarded}; the thing stays as it is until the transaction ends. */
export async function holdGuarded<Table extends GuardedTable>(
  tx: Transaction,
  actor: Actor,
  table: Table,
  id: GuardedId<Table>,
  permission: Permission,
): Promise<Row<Table>> {
  const row = await readOne(tx, actor, table, id, sql`for share of ${sql.table(table)}`);
  demand(actor, permission);
  return row;
}

/**
 * Loads one thing to change it: what is only shared with the actor (a public template, what a project shows its
 * viewers) it may not change.
 * @throws PlatformError NOT_FOUND, FORBIDDEN
 */
export async function getForChange<Table extends GuardedTable>(
  db: Database | Transaction,
  actor: Actor,
  table: Table,
  id: GuardedId<Table>,
  permission: Permission,
): Promise<Row<Table>> {
  const row = await getGuarded(db, actor, table, id, permission);
  const { rows } = await sql`
    select 1 from ${sql.table(table)} where "id" = ${id} and ${changeableScopeOf(actor, table)}`.execute(db);
  if (rows.length === 0) {
    throw new PlatformError(
      'FORBIDDEN',
      `${nameOf(table)} ${id} is shared with you; it is not yours to change`,
      {
        details: { kind: table, id },
      },
    );
  }
  return row;
}

/**
 * Like {@link getForChange}, and holds the row until the transaction ends: what is compared with it stays true. A change
 * that was under way is waited for.
 * @throws PlatformError NOT_FOUND, FORBIDDEN
 */
export async function lockForChange<Table extends GuardedTable>(
  tx: Transaction,
  actor: Actor,
  table: Table,
  id: GuardedId<Table>,
  permission: Permission,
): Promise<Row<Table>> {
  await getForChange(tx, actor, table, id, permission);
  return readOne(tx, actor, table, id, sql`for update of ${sql.table(table)}`);
}

/** Loads things for reading, many at once; what the actor may not see is `null`, as if it did not exist. */
export class GuardedLoader {
  readonly #db: Database;
  readonly #actor: Actor;
  readonly #cache: boolean;
  readonly #loaders = new Map<GuardedTable, DataLoader<string, unknown>>();
  readonly #parts = new Map<string, DataLoader<string, unknown>>();

  /** With `cache` a thing is read once, which is right for one request and wrong for a subscription. */
  constructor(db: Database, actor: Actor, options: { cache: boolean }) {
    this.#db = db;
    this.#actor = actor;
    this.#cache = options.cache;
  }

  async find<Table extends GuardedTable>(table: Table, id: GuardedId<Table>): Promise<Row<Table> | null> {
    return (await this.#loaderOf(table).load(id)) as Row<Table> | null;
  }

  /** @throws PlatformError NOT_FOUND, or FORBIDDEN when the actor may read nothing of that kind */
  async get<Table extends GuardedTable>(table: Table, id: GuardedId<Table>): Promise<Row<Table>> {
    const row = await this.find(table, id);
    if (row !== null) return row;
    if (!mayRead(this.#actor, table)) demand(this.#actor, readingPermission(table));
    throw notFound(nameOf(table), id);
  }

  /**
   * Loads what is part of a thing that was itself loaded with authorization (its disks, its plugs), for many such
   * things in one statement.
   * @param name tells one kind of part from another
   * @param read parts by the id of what they belong to
   */
  async partsOf<Part>(
    name: string,
    id: string,
    read: (db: Database, ids: readonly string[]) => Promise<ReadonlyMap<string, Part>>,
  ): Promise<Part | undefined> {
    const loader =
      this.#parts.get(name) ??
      new DataLoader<string, unknown>(
        async (ids) => {
          const parts = await read(this.#db, ids);
          return ids.map((each) => parts.get(each));
        },
        { cache: this.#cache },
      );
    this.#parts.set(name, loader);
    return (await loader.load(id)) as Part | undefined;
  }

  #loaderOf(table: GuardedTable): DataLoader<string, unknown> {
    const known = this.#loaders.get(table);
    if (known !== undefined) return known;
    const read = async (ids: readonly string[]) => {
      const rows = await readRows(this.#db, this.#actor, table, ids);
      const visible = new Map(rows.map((row) => [row.id as string, row]));
      return ids.map((id) => visible.get(id) ?? null);
    };
    const loader = new DataLoader<string, unknown>(read, { cache: this.#cache });
    this.#loaders.set(table, loader);
    return loader;
  }
}

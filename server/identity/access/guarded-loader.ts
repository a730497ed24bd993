import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import DataLoader from 'dataloader';
import type { Actor } from '../../platform/actor.ts';
import { notFound, PlatformError } from '../../platform/errors.ts';
import { roleAllows, type Permission } from './permissions.ts';
import { sees, type GuardedId, type GuardedTable } from './visibility.ts';

/** Words for people; everything else is called by its table's name. */
const names: Partial<Record<GuardedTable, string>> = {
  VirtualMachine: 'virtual machine',
  ServiceOffering: 'service offering',
  DiskOffering: 'disk offering',
  StoragePool: 'storage pool',
  ImageStore: 'image store',
  PhysicalNetwork: 'physical network',
  GuestNetwork: 'guest network',
  UserSession: 'session',
  ApiKey: 'API key',
};

function nameOf(table: GuardedTable): string {
  return names[table] ?? table.toLowerCase();
}

/** @throws PlatformError FORBIDDEN when the actor's role does not include the permission */
export function demand(actor: Actor, permission: Permission): void {
  if (roleAllows(actor.role, permission)) return;
  throw new PlatformError('FORBIDDEN', `your role does not allow ${permission}`, { details: { permission } });
}

async function readRows<Table extends GuardedTable>(
  db: Database | Transaction,
  table: Table,
  ids: readonly string[],
): Promise<Row<Table>[]> {
  const { rows } = await sql<Row<Table>>`select * from ${sql.table(table)} where "id" = any(${ids})`.execute(
    db,
  );
  return rows;
}

/**
 * Loads one thing for an act: the only way from an id in the input to a row.
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
  const [row] = await readRows(db, table, [id]);
  if (row === undefined || !sees(actor, table, row)) throw notFound(nameOf(table), id);
  demand(actor, permission);
  return row;
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

  /** @throws PlatformError NOT_FOUND */
  async get<Table extends GuardedTable>(table: Table, id: GuardedId<Table>): Promise<Row<Table>> {
    const row = await this.find(table, id);
    if (row === null) throw notFound(nameOf(table), id);
    return row;
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
      const rows = await readRows(this.#db, table, ids);
      const visible = new Map(
        rows.filter((row) => sees(this.#actor, table, row)).map((row) => [row.id as string, row]),
      );
      return ids.map((id) => visible.get(id) ?? null);
    };
    const loader = new DataLoader<string, unknown>(read, { cache: this.#cache });
    this.#loaders.set(table, loader);
    return loader;
  }
}

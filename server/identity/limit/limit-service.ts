import type { Database, Transaction } from '@nephos/model/database.ts';
import type { LimitedResource } from '@nephos/model/generated/enums.ts';
import { findIdKind, type Id } from '@nephos/model/kernel/ids.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { invalid, PlatformError } from '../../platform/errors.ts';
import { assertVersion, type ExpectsVersion } from '../../platform/expected-version.ts';
import { lockName } from '../../platform/lock-name.ts';
import type { Platform } from '../../platform/platform.ts';
import { getForChange, getGuarded } from '../access/guarded-loader.ts';
import type { Permission } from '../access/permissions.ts';
import { scopeOf } from '../access/visibility.ts';
import { countedThings } from './counted-things.ts';
import { limitedResources, unlimited } from './limited-resources.ts';
import { defaultLimit, type OwnerKind } from './limits.ts';

/** One limit, and how much of it is used. */
export interface LimitView {
  ownerId: string;
  resource: LimitedResource;
  /** `null`: no limit. */
  maximum: bigint | null;
  used: bigint;
  /** Nobody set it: it is the default of the settings. */
  isDefault: boolean;
  /** 0 while nobody set it. */
  version: number;
}

/** A counter that does not say what is there. */
export interface Drift {
  accountId: Id<'Account'>;
  resource: LimitedResource;
  counted: bigint;
  actual: bigint;
}

/** Whose limits: an account's, a project's by its account, or a domain's. */
type Owner =
  { kind: 'Account'; id: Id<'Account'>; ownerKind: OwnerKind } | { kind: 'Domain'; id: Id<'Domain'> };

const resources = Object.keys(limitedResources) as LimitedResource[];

/** How much accounts, projects and domains may have. */
export class LimitService {
  readonly #platform: Platform;

  constructor(platform: Platform) {
    this.#platform = platform;
  }

  /** @throws PlatformError NOT_FOUND, VALIDATION_FAILED for the id of something that has no limits */
  async list(actor: Actor, ownerId: string): Promise<LimitView[]> {
    const { db, settings } = this.#platform;
    const owner = await db
      .transaction()
      .execute((tx) => ownerOf(tx, actor, 'ownerId', ownerId, 'resourceLimit.list', getGuarded));
    const limits = await db.selectFrom('ResourceLimit').selectAll().where('ownerId', '=', owner.id).execute();
    const used = await usedBy(db, owner);
    return resources.map((resource) => {
      const set = limits.find((limit) => limit.resource === resource);
      const maximum =
        set?.maximum ??
        (owner.kind === 'Domain' ? unlimited : defaultLimit(settings, resource, owner.ownerKind));
      return {
        ownerId: owner.id,
        resource,
        maximum: maximum === unlimited ? null : maximum,
        used: used.get(resource) ?? 0n,
        isDefault: set === undefined,
        version: set?.version ?? 0,
      };
    });
  }

  /**
   * Sets a limit, also below what is used: then nothing is added until enough is gone. `maximum: null` is no limit,
   * `undefined` the default again.
   * @throws PlatformError NOT_FOUND, VALIDATION_FAILED, VERSION_CONFLICT, FORBIDDEN for the limits one is under oneself
   */
  async update(
    actor: Actor,
    input: {
      ownerId: string;
      resource: LimitedResource;
      maximum: bigint | null | undefined;
    } & ExpectsVersion,
  ): Promise<LimitView> {
    const action = 'resourceLimit.update';
    const { resource, maximum } = input;
    if (maximum != null && maximum < 0n) throw invalid('input.maximum', maximum, 'must not be negative');
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx, at } = mutation;
      const owner = await ownerOf(tx, actor, 'input.ownerId', input.ownerId, action, getForChange);
      assertNotOwn(actor, owner);
      await lockName(tx, 'limit', `${owner.id} ${resource}`);
      const before = await tx
        .selectFrom('ResourceLimit')
        .select(['maximum', 'version'])
        .where('ownerId', '=', owner.id)
        .where('resource', '=', resource)
        .forUpdate()
        .executeTakeFirst();
      assertVersion(`the limit of ${resource}`, before ?? { version: 0 }, input);
      if (maximum === undefined) {
        await tx
          .deleteFrom('ResourceLimit')
          .where('ownerId', '=', owner.id)
          .where('resource', '=', resource)
          .execute();
      } else {
        const row = { ownerId: owner.id, resource, maximum: maximum ?? unlimited, updatedAt: at };
        await tx
          .insertInto('ResourceLimit')
          .values(row)
          .onConflict((conflict) =>
            conflict
              .columns(['ownerId', 'resource'])
              .doUpdateSet((old) => ({ ...row, version: old('ResourceLimit.version', '+', 1) })),
          )
          .execute();
      }
      mutation.concerns(owner.kind, owner.id, owner.kind === 'Account' ? owner.id : null, {
        [resource]: {
          before: textOf(before?.maximum),
          after: textOf(maximum === null ? unlimited : maximum),
        },
      });
      return {};
    });
    const view = (await this.list(actor, input.ownerId)).find((limit) => limit.resource === resource);
    if (view === undefined) throw new Error(`limit ${resource} of ${input.ownerId} is gone`);
    return view;
  }

  /**
   * Counts anew what accounts have, and with `isMending` sets the counters right. Nothing is made or removed meanwhile
   * by the accounts that are mended.
   * @returns every counter that did not say what is there
   */
  async recount(
    actor: Actor,
    input: { accountId: Id<'Account'> | null; isMending: boolean },
  ): Promise<Drift[]> {
    const action = 'resourceLimit.recount';
    let found: Drift[] = [];
    await this.#platform.mutations.run({ action, actor, input: {} }, async (mutation) => {
      const { tx } = mutation;
      if (input.accountId !== null) await getForChange(tx, actor, 'Account', input.accountId, action);
      found = await driftOf(tx, scopeOf(actor, 'Account'), input.accountId, input.isMending);
      mutation.concerns('Account', input.accountId ?? 'all', input.accountId, {
        isMending: input.isMending,
        drift: found.map(({ counted, actual, ...drift }) => ({
          ...drift,
          counted: counted.toString(),
          actual: actual.toString(),
        })),
      });
      return {};
    });
    return found;
  }
}

function textOf(maximum: bigint | undefined): string {
  if (maximum === undefined) return 'default';
  return maximum === unlimited ? 'none' : maximum.toString();
}

async function ownerOf(
  tx: Transaction,
  actor: Actor,
  path: string,
  id: string,
  permission: Permission,
  load: typeof getGuarded | typeof getForChange,
): Promise<Owner> {
  switch (findIdKind(id)) {
    case 'Domain':
      return { kind: 'Domain', id: (await load(tx, actor, 'Domain', id as Id<'Domain'>, permission)).id };
    case 'Project': {
      const project = await load(tx, actor, 'Project', id as Id<'Project'>, permission);
      return { kind: 'Account', id: project.accountId, ownerKind: 'project' };
    }
    case 'Account': {
      const account = await load(tx, actor, 'Account', id as Id<'Account'>, permission);
      return { kind: 'Account', id: account.id, ownerKind: await ownerKindOf(tx, account.roleId) };
    }
    default:
      throw invalid(path, id, 'must be the id of an account, a project or a domain');
  }
}

async function ownerKindOf(tx: Transaction, roleId: Id<'Role'> | null): Promise<OwnerKind> {
  if (roleId === null) return 'project';
  const role = await tx.selectFrom('Role').select('accountType').where('id', '=', roleId).executeTakeFirst();
  return role?.accountType === 'ROOT_ADMIN' ? 'rootAdmin' : 'account';
}

async function usedBy(db: Database, owner: Owner): Promise<Map<LimitedResource, bigint>> {
  const accounts =
    owner.kind === 'Account'
      ? sql`select ${owner.id}::text`
      : sql`select a."id" from "Account" a join "Domain" d on d."id" = a."domainId"
          where d."lineage" @> array[${owner.id}]::text[]`;
  const { rows } = await sql<{ resource: LimitedResource; used: bigint }>`
    select "resource", sum("used")::bigint as "used" from "ResourceCount"
    where "accountId" in (${accounts}) group by "resource"`.execute(db);
  return new Map(rows.map(({ resource, used }) => [resource, used]));
}

async function driftOf(
  tx: Transaction,
  scope: RawBuilder<boolean>,
  accountId: Id<'Account'> | null,
  isMending: boolean,
): Promise<Drift[]> {
  const accounts = sql`select "id" from "Account" where ${scope}${
    accountId === null ? sql`` : sql` and "id" = ${accountId}`
  }`;
  if (isMending) {
    // Whoever makes or removes something waits at these rows, or is waited for.
    await sql`
      insert into "ResourceCount" ("accountId", "resource", "used")
      select a."id", r."resource", 0 from (${accounts}) a
      cross join unnest(enum_range(null::"LimitedResource")) as r("resource")
      on conflict do nothing`.execute(tx);
    await sql`
      select 1 from "ResourceCount" where "accountId" in (${accounts})
      order by "accountId", "resource" for update`.execute(tx);
  }
  const { rows } = await sql<Drift>`
    with actual as (
      select "accountId", "resource", sum("amount") as "amount" from (${countedThings}) as counted group by 1, 2
    )
    select coalesce(c."accountId", t."accountId") as "accountId", coalesce(c."resource"::text, t."resource") as "resource",
      coalesce(c."used", 0)::bigint as "counted", coalesce(t."amount", 0)::bigint as "actual"
    from "ResourceCount" c
    full join actual t on t."accountId" = c."accountId" and t."resource" = c."resource"::text
    where coalesce(c."used", 0) <> coalesce(t."amount", 0)
      and coalesce(c."accountId", t."accountId") in (${accounts})
    order by 1, 2`.execute(tx);
  if (isMending) {
    for (const { resource, actual, ...drift } of rows) {
      await tx
        .updateTable('ResourceCount')
        .set({ used: actual })
        .where('accountId', '=', drift.accountId)
        .where('resource', '=', resource)
        .execute();
    }
  }
  return rows;
}

function assertNotOwn(actor: Actor, owner: Owner): void {
  if (actor.accountType === 'ROOT_ADMIN') return;
  const isOwn = owner.id === actor.accountId || owner.id === actor.domainId;
  if (isOwn) {
    throw new PlatformError(
      'FORBIDDEN',
      'the limits that you are under yourself are set by those above you',
      {
        details: { ownerId: owner.id },
      },
    );
  }
}

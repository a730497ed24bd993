import type { Database, Transaction } from '@nephos/model/database.ts';
import type { AccountType, ProjectRole } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { RoleRule } from '@nephos/model/shapes/role.ts';
import { sql, type RawBuilder } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import { confine, rightsOfRole } from './rights.ts';

/** A user with account, role, domain and projects, in one statement. */
interface ActorRow {
  userId: Id<'User'>;
  username: string;
  mustChangePassword: boolean;
  mustEnrolSecondFactor: boolean;
  accountId: Id<'Account'>;
  accountName: string;
  domainId: Id<'Domain'>;
  lineage: Id<'Domain'>[];
  roleId: Id<'Role'>;
  roleVersion: number;
  rules: RoleRule[];
  accountType: AccountType;
  projects: { accountId: Id<'Account'>; role: ProjectRole }[] | null;
}

/** How an actor came in. */
export interface Entry {
  sessionId: Id<'UserSession'> | null;
  apiKeyId: Id<'ApiKey'> | null;
  clientAddress: string;
  expiresAt: Date | null;
  /** Of the API key. */
  scopes?: readonly string[];
}

const nothing: ReadonlySet<string> = new Set();

function actorFrom(row: ActorRow, { scopes = [], ...entry }: Entry): Actor {
  const { roleVersion, rules, projects, mustChangePassword, ...facts } = row;
  // Programs with a key have no second factor to show.
  const mustEnrolSecondFactor = row.mustEnrolSecondFactor && entry.sessionId !== null;
  const rights = confine(
    rightsOfRole({ id: row.roleId, version: roleVersion, accountType: row.accountType, rules }),
    scopes,
  );
  return {
    ...facts,
    mustChangePassword,
    mustEnrolSecondFactor,
    rights: mustChangePassword || mustEnrolSecondFactor ? nothing : rights,
    projects: new Map(projects?.map(({ accountId, role }) => [accountId, role])),
    ...entry,
  };
}

/** What a user is looked up by: a condition on `u` (User) and what `join` adds, and columns that come with it. */
export interface ActorQuery<Extra> {
  join?: RawBuilder<unknown>;
  columns?: RawBuilder<Extra>;
  where: RawBuilder<boolean>;
}

/**
 * Whether a setting asks for a second factor that a user `u` with a role `r` has not set up. Who comes from an OpenID
 * Connect provider shows it there.
 */
const lacksSecondFactor = sql<boolean>`(u."totpConfirmedAt" is null
  and case (select "value" from "Setting" where "key" = 'second.factor.required' and "scopeId" = '')
    when 'everybody' then true when 'admins' then r."accountType" <> 'USER' else false end
  and not exists (select 1 from "IdentityProvider" i where i."id" = u."identityProviderId" and i."kind" = 'OIDC'))`;

/**
 * The one way to become somebody: only users who are enabled, of accounts that are, in domains that are not being
 * deleted, are found.
 */
export async function findActorRow<Extra = null>(
  db: Database | Transaction,
  query: ActorQuery<Extra>,
): Promise<{ extra: Extra; actor: (entry: Entry) => Actor } | undefined> {
  const { rows } = await sql<ActorRow & { extra: Extra }>`
    select u."id" as "userId", u."username", u."mustChangePassword", ${lacksSecondFactor} as "mustEnrolSecondFactor", u."accountId", a."name" as "accountName", a."domainId", d."lineage",
      r."id" as "roleId", r."version" as "roleVersion", r."rules", r."accountType",
      (select json_agg(json_build_object('accountId', p."accountId", 'role', m."role"))
        from "ProjectMember" m join "Project" p on p."id" = m."projectId"
        where m."accountId" = a."id" and p."state" <> 'DELETING') as "projects",
      ${query.columns ?? sql`null`} as "extra"
    from "User" u
    join "Account" a on a."id" = u."accountId"
    join "Role" r on r."id" = a."roleId"
    join "Domain" d on d."id" = a."domainId"
    ${query.join ?? sql``}
    where u."state" = 'ENABLED' and a."state" = 'ENABLED' and not a."isDeleting" and d."state" = 'ACTIVE'
      and ${query.where}`.execute(db);
  const row = rows[0];
  if (row === undefined) return undefined;
  const { extra, ...facts } = row;
  return { extra, actor: (entry) => actorFrom(facts, entry) };
}

/** How somebody once came in, to look whether it still holds. */
export type EntryPoint = Pick<Actor, 'userId' | 'sessionId' | 'apiKeyId' | 'clientAddress'>;

/** Who an earlier entry belongs to now; `undefined` when its session, or key, is gone. */
export async function findActorAgain(
  db: Database | Transaction,
  { userId, sessionId, apiKeyId, clientAddress }: EntryPoint,
  now: Date,
): Promise<Actor | undefined> {
  const found = await findActorRow<{ expiresAt: string | null; scopes: string[] }>(
    db,
    sessionId === null
      ? {
          join: sql`join "ApiKey" k on k."userId" = u."id"`,
          columns: sql`json_build_object('expiresAt', k."expiresAt", 'scopes', k."scopes")`,
          where: sql<boolean>`u."id" = ${userId} and k."id" = ${apiKeyId}
            and (k."expiresAt" is null or k."expiresAt" > ${now})`,
        }
      : {
          join: sql`join "UserSession" s on s."userId" = u."id"`,
          columns: sql`json_build_object('expiresAt', s."expiresAt", 'scopes', '{}'::text[])`,
          where: sql<boolean>`u."id" = ${userId} and s."id" = ${sessionId} and s."expiresAt" > ${now}`,
        },
  );
  if (found === undefined) return undefined;
  const { expiresAt, scopes } = found.extra;
  return found.actor({
    sessionId,
    apiKeyId,
    clientAddress,
    expiresAt: expiresAt === null ? null : new Date(expiresAt),
    scopes,
  });
}

/** Whether two looks at one actor found the same rights; projects aside. */
export function hasSameRights(before: Actor, now: Actor): boolean {
  return (
    before.accountId === now.accountId &&
    before.roleId === now.roleId &&
    before.rights.size === now.rights.size &&
    [...before.rights].every((right) => now.rights.has(right))
  );
}

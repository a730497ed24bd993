import type { Row, Transaction } from '@nephos/model/database.ts';
import type { LimitedResource } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { formatBytes } from '@nephos/model/kernel/units.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import type { Settings } from '../../platform/settings/settings.ts';
import { assertActive } from '../access/owner.ts';
import { limitedResources, sizedResources, unlimited } from './limited-resources.ts';

/** How many of which resources. */
export type Amounts = Partial<Record<LimitedResource, bigint>>;

/** In one order everywhere, so that two transactions of one account never wait for each other. */
function listed(amounts: Amounts): { resource: LimitedResource; amount: bigint }[] {
  return (Object.entries(amounts) as [LimitedResource, bigint][])
    .filter(([, amount]) => amount !== 0n)
    .map(([resource, amount]) => ({ resource, amount }))
    .sort((one, other) => (one.resource < other.resource ? -1 : 1));
}

/** What decides the default: accounts of root administrators have no limits. */
export type OwnerKind = 'account' | 'project' | 'rootAdmin';

/** How much may be had where nobody set a limit. */
export function defaultLimit(settings: Settings, resource: LimitedResource, owner: OwnerKind): bigint {
  if (owner === 'rootAdmin') return unlimited;
  const { unit, [owner]: key } = limitedResources[resource];
  const maximum = key === undefined ? -1 : settings.get(key);
  return maximum < 0 ? unlimited : BigInt(maximum) * unit;
}

interface Taken {
  resource: LimitedResource;
  used: bigint;
  maximum: bigint;
  accountName: string;
  state: Row<'Account'>['state'];
  isDeleting: boolean;
  isInArrears: boolean;
  isProject: boolean;
  isDomainLimited: boolean;
  lineage: Id<'Domain'>[];
}

/**
 * Counts what an account is about to have, in the transaction that makes it: it holds the account's counters until it
 * is committed, so that of many at once exactly as many succeed as the limit allows. To be called late, since others
 * of the same account wait.
 * The account can neither be disabled nor begin to be deleted until then.
 * @throws PlatformError RESOURCE_LIMIT_EXCEEDED, with the limit that is in the way: the account's, the project's, or
 * that of a domain above; INVALID_STATE for an account that is disabled, or about to go
 */
export async function takeLimits(
  tx: Transaction,
  settings: Settings,
  accountId: Id<'Account'>,
  amounts: Amounts,
): Promise<void> {
  const wanted = listed(amounts);
  if (wanted.length === 0) return;
  const { rows } = await sql<Taken>`
    with wanted as (
      select * from unnest(
        ${wanted.map(({ resource }) => resource)}::text[]::"LimitedResource"[],
        ${wanted.map(({ amount }) => amount)}::bigint[],
        ${wanted.map(({ resource }) => defaultLimit(settings, resource, 'account'))}::bigint[],
        ${wanted.map(({ resource }) => defaultLimit(settings, resource, 'project'))}::bigint[]
      ) as w("resource", "amount", "ofAccount", "ofProject")
    ), owner as (
      select a."id", a."name", a."state", a."isDeleting", a."isInArrears", d."lineage", a."roleId" is null as "isProject", r."accountType"
      from "Account" a join "Domain" d on d."id" = a."domainId" left join "Role" r on r."id" = a."roleId"
      where a."id" = ${accountId} for share of a
    ), taken as (
      insert into "ResourceCount" as c ("accountId", "resource", "used")
      select owner."id", w."resource", w."amount" from wanted w, owner order by w."resource"
      on conflict ("accountId", "resource") do update set "used" = c."used" + excluded."used"
      returning c."resource", c."used"
    )
    select t."resource", t."used", owner."name" as "accountName", owner."state", owner."isDeleting", owner."isInArrears", owner."isProject",
      owner."lineage",
      coalesce(l."maximum", case
        when owner."isProject" then w."ofProject"
        when owner."accountType" = 'ROOT_ADMIN' then ${unlimited}::bigint
        else w."ofAccount" end) as "maximum",
      exists (select 1 from "ResourceLimit" dl where dl."ownerId" = any(owner."lineage")
        and dl."resource" = t."resource" and dl."maximum" >= 0) as "isDomainLimited"
    from taken t join wanted w on w."resource" = t."resource" cross join owner
    left join "ResourceLimit" l on l."ownerId" = owner."id" and l."resource" = t."resource"`.execute(tx);
  const [first] = rows;
  if (first === undefined) return;
  assertActive({ ...first, id: accountId, name: first.accountName });
  for (const { resource, used, maximum, accountName, isProject } of rows) {
    if (maximum === unlimited || used <= maximum) continue;
    throw limitExceeded({
      scope: isProject ? 'PROJECT' : 'ACCOUNT',
      ownerId: accountId,
      ownerName: accountName,
      resource,
      maximum,
      used: used - (amounts[resource] ?? 0n),
      requested: amounts[resource] ?? 0n,
    });
  }
  const limited = rows.filter(({ isDomainLimited }) => isDomainLimited).map(({ resource }) => resource);
  if (limited.length > 0) await checkDomains(tx, first.lineage, limited, amounts);
}

/**
 * A domain's limit bounds the sum of the accounts below it. Whoever makes something there waits at the limit's row, and
 * then sums what was committed before.
 */
async function checkDomains(
  tx: Transaction,
  lineage: readonly Id<'Domain'>[],
  resources: readonly LimitedResource[],
  amounts: Amounts,
): Promise<void> {
  await sql`
    select 1 from "ResourceLimit" where "ownerId" = any(${lineage}::text[])
      and "resource"::text = any(${resources}::text[]) and "maximum" >= 0
    order by "ownerId", "resource" for update`.execute(tx);
  const { rows } = await sql<{
    ownerId: Id<'Domain'>;
    path: string;
    resource: LimitedResource;
    maximum: bigint;
    used: bigint;
  }>`
    select l."ownerId", d."path", l."resource", l."maximum", coalesce((
      select sum(c."used") from "ResourceCount" c
      join "Account" a on a."id" = c."accountId" join "Domain" below on below."id" = a."domainId"
      where c."resource" = l."resource" and below."lineage" @> array[l."ownerId"]), 0)::bigint as "used"
    from "ResourceLimit" l join "Domain" d on d."id" = l."ownerId"
    where l."ownerId" = any(${lineage}::text[]) and l."resource"::text = any(${resources}::text[])
      and l."maximum" >= 0
    order by cardinality(d."lineage") desc`.execute(tx);
  for (const { ownerId, path, resource, maximum, used } of rows) {
    if (used <= maximum) continue;
    const requested = amounts[resource] ?? 0n;
    const before = used - requested;
    throw limitExceeded({
      scope: 'DOMAIN',
      ownerId,
      ownerName: path,
      resource,
      maximum,
      used: before,
      requested,
    });
  }
}

/** Gives back what was taken, in the transaction that removes the thing. */
export async function releaseLimits(
  tx: Transaction,
  accountId: Id<'Account'>,
  amounts: Amounts,
): Promise<void> {
  const given = listed(amounts);
  if (given.length === 0) return;
  await sql`
    update "ResourceCount" c set "used" = c."used" - g."amount"
    from (
      select l."resource", l."amount" from "ResourceCount" r join unnest(
        ${given.map(({ resource }) => resource)}::text[]::"LimitedResource"[],
        ${given.map(({ amount }) => amount)}::bigint[]
      ) as l("resource", "amount") on r."resource" = l."resource"
      where r."accountId" = ${accountId} order by r."resource" for update of r
    ) as g
    where c."accountId" = ${accountId} and c."resource" = g."resource"`.execute(tx);
}

interface ExceededLimit {
  scope: 'ACCOUNT' | 'PROJECT' | 'DOMAIN';
  ownerId: string;
  ownerName: string;
  resource: LimitedResource;
  maximum: bigint;
  /** Before this request. */
  used: bigint;
  requested: bigint;
}

function limitExceeded({ scope, ownerId, ownerName, resource, ...amounts }: ExceededLimit): PlatformError {
  const shown = (amount: bigint) => (sizedResources.has(resource) ? formatBytes(amount) : amount.toString());
  const { maximum, used, requested } = amounts;
  const name = limitedResources[resource].name.replace(/^bytes /, '');
  return new PlatformError(
    'RESOURCE_LIMIT_EXCEEDED',
    `${scope.toLowerCase()} ${ownerName} may have ${shown(maximum)} ${name}, has ${shown(used)}, and would need ${shown(requested)} more`,
    {
      details: {
        resource,
        scope,
        ownerId,
        ownerName,
        limit: maximum.toString(),
        used: used.toString(),
        requested: requested.toString(),
      },
      remedy: 'remove something, or ask an administrator for a higher limit',
    },
  );
}

import type { PlacementStrategy } from '@nephos/model/generated/enums.ts';
import { sql, type RawBuilder } from 'kysely';
import { hasRoom, ownerKeys, type Question } from './conditions.ts';

/** Some of a zone's hosts, among which the first that fits is looked for. */
export interface Search {
  /** A statement that gives their `hostId`. */
  hosts: RawBuilder<unknown>;
  /** Whether hosts that others are taking at this moment are passed by; otherwise they are waited for. */
  isPassing: boolean;
  /** Fewer hosts than this: there are no others that are worth a look. */
  most: number;
}

/** How many hosts of the order are tried before more are. */
const firstBatch = 16;
const secondBatch = 256;
/** Owners with more hosts of their own than this do not have all of them compared. */
const mostOwn = 512;

/**
 * Where to look, one after the other: first where it is likely to end, so that the cost of placing does not grow with
 * the number of hosts; at last everywhere.
 */
export function searchesFor(question: Question): Search[] {
  const { demand, affinity } = question;
  const only = demand.targetHostId == null ? affinity.together : [demand.targetHostId];
  if (only !== null) return [{ hosts: given(only), isPassing: false, most: Infinity }];
  const { preferredHostId: preferred, clusterId, podId } = demand;
  const first = preferred === null ? [] : [{ hosts: given([preferred]), isPassing: false, most: 0 }];
  // A pod, or a cluster, is small.
  const batched =
    podId === null && clusterId === undefined
      ? [firstBatch, secondBatch].map((size) => ({
          hosts: batchOf(question, size),
          isPassing: true,
          most: size,
        }))
      : [];
  const all = { hosts: everyHost(question), most: 0 };
  return [...first, ...batched, { ...all, isPassing: true }, { ...all, isPassing: false }];
}

/** Of hosts that fit, which comes first. */
export function orderOf({ demand, affinity, rules }: Question): RawBuilder<unknown> {
  const { ratherTogether, ratherApart } = affinity;
  return sql`(h."id" is not distinct from ${demand.preferredHostId}) desc,
    (h."id" = any(${ratherTogether}::text[]))::int - (h."id" = any(${ratherApart}::text[]))::int desc,
    (c."dedicatedTo" <> '{}') desc, ${byStrategy[demand.strategy ?? rules.strategy]}`;
}

/** Machines of the owner on hosts; counted for strategies that ask. */
export function ownMachines({ demand, rules }: Question): RawBuilder<unknown> {
  return ownCounts.has(demand.strategy ?? rules.strategy)
    ? sql`own as materialized (
        select "hostId", count(*) as "machines" from "VirtualMachine"
        where "accountId" = ${demand.accountId} and "hostId" is not null group by "hostId"),`
    : sql``;
}

const ownCounts: ReadonlySet<PlacementStrategy> = new Set(['DISPERSING', 'CONCENTRATING']);
const share = sql`nephos_share(c."cpuMhzReserved", c."cpuMhzTotal", c."memoryBytesReserved", c."memoryBytesTotal")`;
const sizeClass = sql`nephos_size_class(c."memoryBytesTotal" - c."memoryBytesReserved")`;
const ownOnHost = sql`coalesce((select own."machines" from own where own."hostId" = c."hostId"), 0)`;

const byStrategy: Record<PlacementStrategy, RawBuilder<unknown>> = {
  FIRST_FIT: sql`c."hostId"`,
  DISPERSING: sql`${ownOnHost}, ${share}, c."hostId"`,
  CONCENTRATING: sql`${ownOnHost} desc, c."hostId"`,
  LEAST_CONSUMED: sql`${share}, c."hostId"`,
  RANDOM: sql`random()`,
};

const given = (hostIds: readonly string[]) => sql`select unnest(${hostIds}::text[]) as "hostId"`;

function everyHost({ demand: { zoneId, podId, clusterId } }: Question): RawBuilder<unknown> {
  const isIn = [
    sql`"zoneId" = ${zoneId}`,
    ...(podId === null ? [] : [sql`"podId" = ${podId}`]),
    ...(clusterId === undefined ? [] : [sql`"clusterId" = ${clusterId}`]),
  ];
  return sql`select "id" as "hostId" from "Host" where ${sql.join(isIn, sql` and `)}`;
}

/** The hosts that the order begins with: at most `size` of those that are open to everybody. */
function batchOf(question: Question, size: number): RawBuilder<unknown> {
  const { demand, affinity, rules } = question;
  const { apart, ratherTogether, ratherApart } = affinity;
  const strategy = demand.strategy ?? rules.strategy;
  const avoided = [...apart, ...ratherApart, ...(demand.excludedHostIds ?? [])];
  const isAvoided = avoided.length === 0 ? sql`` : sql`and c."hostId" <> all(${avoided}::text[])`;
  const fits = sql`c."zoneId" = ${demand.zoneId} and c."isOpen" and ${hasRoom(demand)} ${isAvoided}`;
  const isOpenToAll = sql`${fits} and c."dedicatedTo" = '{}'`;
  const limit = sql.raw(`limit ${size}`);
  const openTo: Record<PlacementStrategy, RawBuilder<unknown>[]> = {
    LEAST_CONSUMED: [leastConsumed(isOpenToAll, limit)],
    FIRST_FIT: [firstFit(question, isOpenToAll, limit)],
    RANDOM: [fromAnywhere(isOpenToAll, limit)],
    DISPERSING: [
      leastConsumed(sql`${isOpenToAll} and c."hostId" not in (select "hostId" from own)`, limit),
      ...(size > firstBatch ? [sql`select "hostId" from own order by "machines" ${limit}`] : []),
    ],
    CONCENTRATING: [
      sql`select "hostId" from own order by "machines" desc ${limit}`,
      firstFit(question, isOpenToAll, limit),
    ],
  };
  const own = sql`
    select c."hostId" from "HostCapacity" c
    where ${fits} and c."dedicatedTo" <> '{}' and c."dedicatedTo"[1] = any(${ownerKeys(demand)})
    order by ${byStrategy[strategy]} limit ${sql.lit(mostOwn)}`;
  const sources = [own, ...openTo[strategy], ...(ratherTogether.length === 0 ? [] : [given(ratherTogether)])];
  return sql.join(
    sources.map((source) => sql`(${source})`),
    sql` union `,
  );
}

const leastConsumed = (where: RawBuilder<unknown>, limit: RawBuilder<unknown>) => sql`
  select c."hostId" from "HostCapacity" c where ${where} order by ${share}, c."hostId" ${limit}`;

/** The oldest of each class of free memory: full hosts, which are the oldest, are not even looked at. */
const firstFit = ({ demand }: Question, where: RawBuilder<unknown>, limit: RawBuilder<unknown>) => sql`
  select fit."hostId" from unnest(${sizeClassesFor(demand.memoryBytes)}::int[]) as size(class)
  cross join lateral (
    select c."hostId" from "HostCapacity" c where ${where} and ${sizeClass} = size.class order by c."hostId" ${limit}
  ) as fit order by fit."hostId" ${limit}`;

const largestClass = 62;

/** Classes, as `nephos_size_class` has them, of what may hold so much; from one below, since that rounds. */
function sizeClassesFor(bytes: bigint): number[] {
  const lowest = Math.max(0, bytes.toString(2).length - 2);
  return Array.from({ length: largestClass + 1 - lowest }, (_, index) => lowest + index);
}

/** As they come after a place in the order of their hashes, and from its beginning where that ends. */
const fromAnywhere = (where: RawBuilder<unknown>, limit: RawBuilder<unknown>) => {
  const start = Math.floor((Math.random() - 0.5) * 2 ** 32);
  const from = (sign: '>=' | '<') => sql`(
    select c."hostId" from "HostCapacity" c where ${where} and hashtext(c."hostId") ${sql.raw(sign)} ${start}
    order by hashtext(c."hostId") ${limit})`;
  return sql`select "hostId" from (${from('>=')} union all ${from('<')}) as around ${limit}`;
};

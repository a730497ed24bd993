import type { LimitedResource } from '@nephos/model/generated/enums.ts';
import { sql, type RawBuilder } from 'kysely';

/** Where what is counted lies: the counters must say the same. */
interface Counted {
  from: RawBuilder<unknown>;
  account: RawBuilder<unknown>;
  amount: RawBuilder<unknown>;
}

/** A machine counts from its making to its expunging; one whose deployment failed never was on a host. */
const machines = sql`"VirtualMachine" where "hostId" is not null or "lastHostId" is not null`;
const owner = sql`"accountId"`;
const one = sql`count(*)`;

const things: Partial<Record<LimitedResource, Counted>> = {
  VIRTUAL_MACHINE: { from: machines, account: owner, amount: one },
  CPU: { from: machines, account: owner, amount: sql`sum("cpuCount")` },
  MEMORY: { from: machines, account: owner, amount: sql`sum("memoryBytes")` },
  VOLUME: { from: sql`"Volume"`, account: owner, amount: one },
  PRIMARY_STORAGE: {
    // A snapshot's memory takes its place there.
    from: sql`(select "accountId", "sizeBytes" from "Volume"
      union all select "accountId", "reservedBytes" from "VirtualMachineSnapshot") as stored`,
    account: owner,
    amount: sql`sum("sizeBytes")`,
  },
  TEMPLATE: { from: sql`"Image" where "removedAt" is null`, account: owner, amount: one },
  SECONDARY_STORAGE: {
    from: sql`"ImageReplica" r join "Image" i on i."id" = r."imageId" where i."removedAt" is null`,
    account: sql`i."accountId"`,
    amount: sql`sum(r."sizeBytes")`,
  },
  PROJECT: { from: sql`"Project"`, account: sql`"creatorAccountId"`, amount: one },
  API_KEY: {
    from: sql`"ApiKey" k join "User" u on u."id" = k."userId"`,
    account: sql`u."accountId"`,
    amount: one,
  },
};

/** A table `(accountId, resource, amount)` of what accounts have, counted anew. */
export const countedThings: RawBuilder<unknown> = sql.join(
  Object.entries(things).map(
    ([resource, { from, account, amount }]) =>
      sql`select ${account} as "accountId", ${sql.lit(resource)} as "resource", (${amount})::bigint as "amount" from ${from} group by 1`,
  ),
  sql` union all `,
);

import type { Database, Transaction } from '@nephos/model/database.ts';
import { sql } from 'kysely';
import { PlatformError } from '../../platform/errors.ts';
import { readAffinity } from './affinity.ts';
import type { Demand } from './demand.ts';
import type { PlacementRules } from './rules.ts';
import { candidateHosts, conditionsOf, factsFor, type Question, type Reason } from './conditions.ts';

/** How many hosts of the zone fit, and how many each reason rules out; a host may have several. */
export interface Verdict {
  hosts: number;
  fitting: number;
  ruledOut: Partial<Record<Reason, number>>;
}

/** Counts what stands in the way of a machine. */
export async function countReasons(db: Database | Transaction, question: Question): Promise<Verdict> {
  const conditions = conditionsOf(question);
  const { rows } = await sql<{ hosts: number; fitting: number } & Record<Reason, number>>`
    with ${zoneHosts(question)}
    select count(*)::int as hosts, count(*) filter (where ${sql.join(Object.values(conditions), sql` and `)})::int as fitting,
      ${sql.join(
        Object.entries(conditions).map(
          ([reason, condition]) => sql`count(*) filter (where not (${condition}))::int as ${sql.ref(reason)}`,
        ),
      )}
    from ${candidateHosts}`.execute(db);
  const { hosts = 0, fitting = 0, ...counts } = rows[0] ?? {};
  return {
    hosts,
    fitting,
    ruledOut: Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0)),
  };
}

/** All hosts of the zone as `candidate`, and what the conditions look into. */
export const zoneHosts = (question: Question) => sql`
  candidate as materialized (
    select "hostId" from "HostCapacity" where "zoneId" = ${question.demand.zoneId}) ${factsFor(question)}`;

/** What is told when no host takes a machine. */
export async function refusal(tx: Transaction, question: Question): Promise<PlatformError> {
  const { hosts, ruledOut } = await countReasons(tx, question);
  return new PlatformError(
    'INSUFFICIENT_CAPACITY',
    `${hosts === 1 ? 'the only host of the zone cannot' : `none of the ${hosts} hosts of the zone can`} take this machine now`,
    {
      details: { hosts, ruledOut },
      remedy:
        'choose a smaller offering, free something, or ask the operator for more hosts, storage or addresses',
    },
  );
}

/**
 * Nothing is reserved: it only has to fit now.
 * @throws PlatformError INSUFFICIENT_CAPACITY
 */
export async function assertFits(tx: Transaction, demand: Demand, rules: PlacementRules): Promise<void> {
  const question = { demand, affinity: await readAffinity(tx, demand), rules };
  if ((await countReasons(tx, question)).fitting === 0) throw await refusal(tx, question);
}

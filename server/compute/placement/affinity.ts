import type { Database, Transaction } from '@nephos/model/database.ts';
import type { AffinityEnforcement, AffinityKind } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { Demand } from './demand.ts';

/** What a machine's affinity groups say about hosts, as their other members stand now. */
export interface Affinity {
  /** Hosts of those that it must share a host with: it must be there, and there alone; `null`: anywhere. */
  together: readonly Id<'Host'>[] | null;
  /** Hosts of those that it must not share a host with. */
  apart: readonly Id<'Host'>[];
  ratherTogether: readonly Id<'Host'>[];
  ratherApart: readonly Id<'Host'>[];
}

type Grouped = Pick<Demand, 'affinityGroupIds' | 'forMachineId'>;

const unbound: Affinity = { together: null, apart: [], ratherTogether: [], ratherApart: [] };

const isGrouped = ({ affinityGroupIds = [], forMachineId }: Grouped) =>
  affinityGroupIds.length > 0 || forMachineId !== undefined;

const groupsOf = ({ affinityGroupIds = [], forMachineId }: Grouped) => sql<boolean>`
  (g."id" = any(${affinityGroupIds}::text[]) or g."id" in (
    select m."affinityGroupId" from "AffinityGroupMember" m where m."virtualMachineId" = ${forMachineId ?? null}))`;

/**
 * Holds a machine's groups until the transaction ends, so that of two members that are placed at once one sees where
 * the other went; in the order of their ids, so that nobody waits in a circle.
 */
export async function holdAffinity(tx: Transaction, demand: Grouped): Promise<Affinity> {
  if (!isGrouped(demand)) return unbound;
  const { rows } = await sql<{ id: string }>`
    select g."id" from "AffinityGroup" g where ${groupsOf(demand)} order by g."id" for no key update`.execute(
    tx,
  );
  return rows.length === 0 ? unbound : readAffinity(tx, demand);
}

/** What the groups say at this moment. A member that is moving counts where it is and where it goes. */
export async function readAffinity(db: Database | Transaction, demand: Grouped): Promise<Affinity> {
  if (!isGrouped(demand)) return unbound;
  const { rows } = await sql<{
    kind: AffinityKind;
    enforcement: AffinityEnforcement;
    hostIds: Id<'Host'>[];
  }>`
    select g."kind", g."enforcement", array_agg(distinct place."hostId") as "hostIds"
    from "AffinityGroup" g
    join "AffinityGroupMember" m on m."affinityGroupId" = g."id"
    join "VirtualMachine" v on v."id" = m."virtualMachineId" and v."id" is distinct from ${demand.forMachineId ?? null}
    cross join lateral (values (v."hostId"), (v."targetHostId")) as place("hostId")
    where ${groupsOf(demand)} and place."hostId" is not null
    group by g."kind", g."enforcement"`.execute(db);
  const hostsOf = (kind: AffinityKind, enforcement: AffinityEnforcement) =>
    rows.find((row) => row.kind === kind && row.enforcement === enforcement)?.hostIds ?? [];
  const together = hostsOf('HOST_AFFINITY', 'HARD');
  return {
    together: together.length === 0 ? null : together,
    apart: hostsOf('HOST_ANTI_AFFINITY', 'HARD'),
    ratherTogether: hostsOf('HOST_AFFINITY', 'SOFT'),
    ratherApart: hostsOf('HOST_ANTI_AFFINITY', 'SOFT'),
  };
}

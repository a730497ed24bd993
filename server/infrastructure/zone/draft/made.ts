import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { ZoneDraftPlan } from '@nephos/model/shapes/zone-draft.ts';

/** Parts of a plan, and the step of the launch that makes each. */
export const stepOfPart: Record<Exclude<keyof ZoneDraftPlan, 'hosts'>, string> = {
  zone: 'createZone',
  physicalNetworks: 'createPhysicalNetworks',
  pod: 'createPod',
  guestRange: 'createGuestNetwork',
  cluster: 'createCluster',
  primaryStorage: 'attachPrimaryStorage',
  imageStore: 'attachImageStore',
};

/** Keys of the hosts of a draft that are there. */
export async function madeHosts(
  db: Database | Transaction,
  { ids }: Pick<Row<'ZoneDraft'>, 'ids'>,
): Promise<ReadonlySet<string>> {
  const hostIds = Object.entries(ids?.hostIds ?? {});
  if (hostIds.length === 0) return new Set();
  const rows = await db
    .selectFrom('Host')
    .select('id')
    .where(
      'id',
      'in',
      hostIds.map(([, id]) => id),
    )
    .execute();
  const there = new Set<Id<'Host'>>(rows.map(({ id }) => id));
  return new Set(hostIds.flatMap(([key, id]) => (there.has(id) ? [key] : [])));
}

/** Whether anything of a draft is there beside the draft. */
export async function hasMade(
  db: Database | Transaction,
  draft: Pick<Row<'ZoneDraft'>, 'ids' | 'done'>,
): Promise<boolean> {
  return draft.done.length > 0 || (await madeHosts(db, draft)).size > 0;
}

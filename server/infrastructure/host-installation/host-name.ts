import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import type { HostCheck } from '@nephos/model/shapes/host-check.ts';

/** Whether a new host of a cluster may have this name, as one more check. */
export async function freeHostName(
  db: Database | Transaction,
  clusterId: Id<'Cluster'>,
  name: string,
): Promise<HostCheck> {
  const namesake = await db
    .selectFrom('Host')
    .select('id')
    .where('clusterId', '=', clusterId)
    .where('name', '=', name)
    .executeTakeFirst();
  const common = { name: 'hostName', found: name };
  if (namesake === undefined) return { ...common, outcome: 'PASSED', remedy: '' };
  return {
    ...common,
    outcome: 'FAILED',
    found: `the cluster has a host ${name} already`,
    remedy: 'give the new host another name',
  };
}

import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { StoragePoolScope, StoragePoolType } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';

export interface StoragePoolPlan {
  name: string;
  type: StoragePoolType;
  scope: StoragePoolScope;
  path: string;
}

export interface PoolPlace {
  zoneId: Id<'Zone'>;
  podId: Id<'Pod'> | null;
  clusterId: Id<'Cluster'> | null;
  hostId: Id<'Host'> | null;
}

export function checkStoragePool(check: Check, path: string, plan: StoragePoolPlan): void {
  check.name(`${path}.name`, plan.name);
  check.path(`${path}.path`, plan.path);
  check.that(
    (plan.type === 'LOCAL_DIRECTORY') === (plan.scope === 'HOST'),
    `${path}.scope`,
    plan.scope,
    plan.type === 'LOCAL_DIRECTORY'
      ? 'must be HOST for a local directory'
      : 'must be CLUSTER or ZONE for a shared directory',
  );
}

/** Writes a pool whose directory its hosts have attached. */
export async function insertStoragePool(
  tx: Transaction,
  id: Id<'StoragePool'>,
  place: PoolPlace,
  plan: StoragePoolPlan,
  hosts: readonly Id<'Host'>[],
  space: { totalBytes: bigint; usedBytes: bigint },
): Promise<Row<'StoragePool'>> {
  try {
    const pool = await tx
      .insertInto('StoragePool')
      .values({ id, ...place, ...plan, state: 'UP' })
      .returningAll()
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('StoragePoolCapacity')
      .values({ poolId: id, ...space })
      .execute();
    await tx
      .insertInto('StoragePoolHost')
      .values(hosts.map((hostId) => ({ poolId: id, hostId })))
      .execute();
    return pool;
  } catch (error) {
    if (isUniqueViolation(error))
      throw invalid('name', plan.name, 'is the name of another storage pool of this zone');
    throw error;
  }
}

/** Space of each of some pools. */
export async function poolCapacities(
  db: Database,
  poolIds: readonly string[],
): Promise<Map<string, Row<'StoragePoolCapacity'>>> {
  const rows = await db
    .selectFrom('StoragePoolCapacity')
    .selectAll()
    .where('poolId', 'in', poolIds as Id<'StoragePool'>[])
    .execute();
  return new Map(rows.map((row) => [row.poolId, row]));
}

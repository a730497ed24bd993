import type { Row, Transaction } from '@nephos/model/database.ts';
import type { Hypervisor } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';

export interface ClusterPlan {
  name: string;
  hypervisor: Hypervisor;
  cpuOvercommit?: number | null | undefined;
  memoryOvercommit?: number | null | undefined;
}

const largestOvercommit = 100;

export function checkCluster(check: Check, path: string, plan: ClusterPlan): void {
  check.name(`${path}.name`, plan.name);
  checkOvercommit(check, path, plan);
}

export function checkOvercommit(
  check: Check,
  path: string,
  { cpuOvercommit, memoryOvercommit }: Pick<ClusterPlan, 'cpuOvercommit' | 'memoryOvercommit'>,
): void {
  if (cpuOvercommit != null) check.range(`${path}.cpuOvercommit`, cpuOvercommit, 1, largestOvercommit);
  if (memoryOvercommit != null)
    check.range(`${path}.memoryOvercommit`, memoryOvercommit, 1, largestOvercommit);
}

export const clusterNameTaken = (path: string, name: string) =>
  invalid(path, name, 'is the name of another cluster of this pod');

export async function insertCluster(
  tx: Transaction,
  id: Id<'Cluster'>,
  place: { zoneId: Id<'Zone'>; podId: Id<'Pod'> },
  plan: ClusterPlan,
): Promise<Row<'Cluster'>> {
  const { name, hypervisor, cpuOvercommit, memoryOvercommit } = plan;
  try {
    return await tx
      .insertInto('Cluster')
      .values({
        id,
        ...place,
        name,
        hypervisor,
        ...(cpuOvercommit != null && { cpuOvercommit }),
        ...(memoryOvercommit != null && { memoryOvercommit }),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isUniqueViolation(error)) throw clusterNameTaken('name', name);
    throw error;
  }
}

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
  if (plan.cpuOvercommit != null)
    check.range(`${path}.cpuOvercommit`, plan.cpuOvercommit, 1, largestOvercommit);
  if (plan.memoryOvercommit != null)
    check.range(`${path}.memoryOvercommit`, plan.memoryOvercommit, 1, largestOvercommit);
}

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
    if (isUniqueViolation(error)) throw invalid('name', name, 'is the name of another cluster of this pod');
    throw error;
  }
}

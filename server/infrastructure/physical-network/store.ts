import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { TrafficType } from '@nephos/model/generated/enums.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';

export interface PhysicalNetworkPlan {
  name: string;
  traffic: { type: TrafficType; label: string }[];
}

const bridgeName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,14}$/;

export function checkPhysicalNetwork(check: Check, path: string, plan: PhysicalNetworkPlan): void {
  check.name(`${path}.name`, plan.name);
  check.that(plan.traffic.length > 0, `${path}.traffic`, plan.traffic, 'must name at least one traffic type');
  for (const [index, { type, label }] of plan.traffic.entries()) {
    check.that(
      bridgeName.test(label),
      `${path}.traffic.${index}.label`,
      label,
      'must be the name of a bridge: 1 to 15 letters, digits, dots, dashes or underscores',
    );
    const isFirst = plan.traffic.findIndex((other) => other.type === type) === index;
    check.that(isFirst, `${path}.traffic.${index}.type`, type, 'must not be named twice');
  }
}

/** What travels on each of some physical networks. */
export async function trafficOf(
  db: Database,
  networkIds: readonly string[],
): Promise<Map<string, Row<'PhysicalNetworkTraffic'>[]>> {
  const rows = await db
    .selectFrom('PhysicalNetworkTraffic')
    .selectAll()
    .where('physicalNetworkId', 'in', networkIds as Id<'PhysicalNetwork'>[])
    .orderBy('trafficType')
    .execute();
  return Map.groupBy(rows, ({ physicalNetworkId }) => physicalNetworkId);
}

export async function insertPhysicalNetwork(
  tx: Transaction,
  id: Id<'PhysicalNetwork'>,
  zoneId: Id<'Zone'>,
  plan: PhysicalNetworkPlan,
): Promise<Row<'PhysicalNetwork'>> {
  try {
    const network = await tx
      .insertInto('PhysicalNetwork')
      .values({ id, zoneId, name: plan.name })
      .returningAll()
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('PhysicalNetworkTraffic')
      .values(plan.traffic.map(({ type, label }) => ({ physicalNetworkId: id, trafficType: type, label })))
      .execute();
    return network;
  } catch (error) {
    if (isUniqueViolation(error))
      throw invalid('name', plan.name, 'is the name of another physical network of this zone');
    throw error;
  }
}

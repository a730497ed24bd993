import type { Database, Row, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { checkClearOf, checkRange, type ParsedRange, type TakenRange } from '../../network/address-plan.ts';
import { parseIpv4, parseNetwork } from '../../network/ipv4.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { Check } from '../../platform/validation.ts';

export interface PodPlan {
  name: string;
  cidr: string;
  gateway: string;
  reservedStart: string;
  reservedEnd: string;
}

/** Notes what breaks a rule in the plan by itself. */
export function checkPod(check: Check, path: string, plan: PodPlan): ParsedRange | undefined {
  check.name(`${path}.name`, plan.name);
  return checkRange(
    check,
    { cidr: plan.cidr, gateway: plan.gateway, start: plan.reservedStart, end: plan.reservedEnd },
    {
      cidr: `${path}.cidr`,
      gateway: `${path}.gateway`,
      start: `${path}.reservedStart`,
      end: `${path}.reservedEnd`,
    },
  );
}

/** Notes pods of the zone whose subnet the new one overlaps. */
export async function checkPodIsClear(
  db: Database | Transaction,
  check: Check,
  path: string,
  zoneId: Id<'Zone'>,
  plan: PodPlan,
): Promise<void> {
  const network = parseNetwork(plan.cidr);
  if (network === undefined) return;
  const pods = await db.selectFrom('Pod').select(['name', 'cidr']).where('zoneId', '=', zoneId).execute();
  const taken = pods.flatMap(({ name, cidr }): TakenRange[] => {
    const other = parseNetwork(cidr);
    return other === undefined ? [] : [{ ...other, name: `the subnet of pod ${name} (${cidr})` }];
  });
  checkClearOf(check, network, taken, `${path}.cidr`, plan.cidr);
}

/** Addresses kept for system machines in the pods of a zone. */
export async function reservedRanges(db: Database | Transaction, zoneId: Id<'Zone'>): Promise<TakenRange[]> {
  const pods = await db.selectFrom('Pod').selectAll().where('zoneId', '=', zoneId).execute();
  return pods.map((pod) => ({
    start: parseIpv4(pod.reservedStart) ?? 0,
    end: parseIpv4(pod.reservedEnd) ?? 0,
    name: `the reserved range of pod ${pod.name} (${pod.reservedStart} to ${pod.reservedEnd})`,
  }));
}

export async function insertPod(
  tx: Transaction,
  id: Id<'Pod'>,
  zoneId: Id<'Zone'>,
  plan: PodPlan,
): Promise<Row<'Pod'>> {
  try {
    return await tx
      .insertInto('Pod')
      .values({ id, zoneId, ...plan })
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid('name', plan.name, 'is the name of another pod of this zone');
    throw error;
  }
}

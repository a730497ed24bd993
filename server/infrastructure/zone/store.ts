import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { isUniqueViolation } from '../../platform/database-errors.ts';
import { invalid } from '../../platform/errors.ts';
import type { ZonePlan } from './zone-plan.ts';

export const zoneNameTaken = 'is the name of another zone';

/** Writes a zone with nothing in it, closed. @throws PlatformError VALIDATION_FAILED when its name is taken */
export async function insertZone(
  tx: Transaction,
  path: string,
  id: Id<'Zone'>,
  plan: Omit<ZonePlan, 'hosts'>,
): Promise<void> {
  try {
    await tx
      .insertInto('Zone')
      .values({
        id,
        name: plan.name,
        networkModel: plan.networkModel,
        dns1: plan.dns1,
        dns2: plan.dns2 ?? null,
        internalDns1: plan.internalDns1,
        internalDns2: plan.internalDns2 ?? null,
        networkDomain: plan.networkDomain ?? null,
        dedicatedDomainId: plan.dedicatedDomainId ?? null,
        dedicatedAccountId: plan.dedicatedAccountId ?? null,
      })
      .execute();
  } catch (error) {
    if (isUniqueViolation(error)) throw invalid(`${path}.name`, plan.name, zoneNameTaken);
    throw error;
  }
}

/** Whether another zone has this name. */
export async function isZoneName(
  db: Database | Transaction,
  name: string,
  except: Id<'Zone'> | undefined,
): Promise<boolean> {
  const namesake = await db.selectFrom('Zone').select('id').where('name', '=', name).executeTakeFirst();
  return namesake !== undefined && namesake.id !== except;
}

/** The hosts of a cluster, and their agents, oldest first. */
export function hostsOfCluster(
  db: Database | Transaction,
  clusterId: Id<'Cluster'>,
): Promise<{ hostId: Id<'Host'>; agentId: Id<'Agent'> }[]> {
  return db
    .selectFrom('Host')
    .select(['id as hostId', 'agentId'])
    .where('clusterId', '=', clusterId)
    .orderBy('id')
    .execute();
}

import type { Database } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { sql } from 'kysely';
import type { MachineRow } from '../store.ts';
import type { ExpectedDefinition } from './differences.ts';

type Seen = Pick<MachineRow, 'id' | 'state' | 'version' | 'drift'> & { isWorkedOn: boolean };

/** A machine that is on a host, and what it should be made of there. */
export interface ExpectedMachine extends Seen {
  expected: ExpectedDefinition;
}

interface Row extends Seen, Pick<ExpectedDefinition, 'cpuCount' | 'volumeIds' | 'nics'> {
  memoryBytes: string;
  isoId: string | null;
  isoPath: string | null;
}

/** Those of some machines that are on a host, in one statement. */
export async function expectedOn(
  db: Database,
  hostId: Id<'Host'>,
  machineIds: readonly Id<'VirtualMachine'>[],
): Promise<ExpectedMachine[]> {
  const { rows } = await sql<Row>`
    select m."id", m."state", m."version", m."drift", m."cpuCount", m."isoId",
      coalesce(m."headroomMemoryBytes", m."memoryBytes")::text as "memoryBytes",
      array(select v."id" from "Volume" v where v."virtualMachineId" = m."id") as "volumeIds",
      (select coalesce(jsonb_agg(jsonb_build_object('macAddress', n."macAddress", 'bridge', t."label")), '[]')
        from "Nic" n join "GuestNetwork" g on g."id" = n."networkId"
        join "PhysicalNetworkTraffic" t on t."physicalNetworkId" = g."physicalNetworkId" and t."trafficType" = 'GUEST'
        where n."virtualMachineId" = m."id") as "nics",
      (select s."path" || '/' || r."path" from "ImageReplica" r join "ImageStore" s on s."id" = r."imageStoreId"
        where r."imageId" = m."isoId" and r."zoneId" = m."zoneId" and r."state" = 'READY' limit 1) as "isoPath",
      exists (select 1 from "Job" j where j."lane" = m."id"
        and j."status" in ('QUEUED', 'RUNNING', 'CANCELLING', 'STUCK')) as "isWorkedOn"
    from "VirtualMachine" m where m."hostId" = ${hostId} and m."id" = any(${machineIds}::text[])`.execute(db);
  return rows.map(({ id, state, version, drift, isWorkedOn, isoId, isoPath, memoryBytes, ...rest }) => ({
    ...{ id, state, version, drift, isWorkedOn },
    expected: {
      ...rest,
      memoryBytes: BigInt(memoryBytes),
      isoPath: isoId !== null && isoPath === null ? undefined : isoPath,
    },
  }));
}

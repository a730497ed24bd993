import type { Row, Transaction } from '@nephos/model/database.ts';
import { appendUsage, type UsageFacts } from '../../billing/usage-events.ts';
import type { MachineRow } from './store.ts';

/** The usage facts of a machine for an event. */
export function machineUsage(kind: UsageFacts['kind'], machine: MachineRow, at: Date): UsageFacts {
  const { accountId, zoneId, id, name, serviceOfferingId, templateId, cpuCount, cpuMhz, memoryBytes } =
    machine;
  return {
    kind,
    at,
    accountId,
    zoneId,
    resourceId: id,
    resourceName: name,
    attributes: {
      offeringId: serviceOfferingId,
      ...(templateId !== null && { templateId }),
      cpuCount,
      cpuMhz,
      memoryBytes: memoryBytes.toString(),
    },
  };
}

/** The usage facts of a volume for an event. */
export function volumeUsage(kind: UsageFacts['kind'], volume: Row<'Volume'>, at: Date): UsageFacts {
  const { accountId, zoneId, id, name, sizeBytes, diskOfferingId, imageId } = volume;
  return {
    kind,
    at,
    accountId,
    zoneId,
    resourceId: id,
    resourceName: name,
    attributes: {
      sizeBytes: sizeBytes.toString(),
      ...(diskOfferingId !== null && { offeringId: diskOfferingId }),
      ...(imageId !== null && { templateId: imageId }),
    },
  };
}

export const appendMachineUsage = (
  tx: Transaction,
  kind: UsageFacts['kind'],
  machine: MachineRow,
  at: Date,
) => appendUsage(tx, [machineUsage(kind, machine, at)]);

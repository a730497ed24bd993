import type { Row, Transaction } from '@nephos/model/database.ts';
import type { UsageSource } from '../../billing/event-id.ts';
import { appendUsage, type UsageFacts } from '../../billing/usage-events.ts';
import type { MachineRow } from './store.ts';
import { diskAttributes, machineAttributes } from './usage-attributes.ts';

/** The usage facts of a machine for an event. */
export function machineUsage(kind: UsageFacts['kind'], machine: MachineRow, at: Date): UsageFacts {
  const { accountId, zoneId, id, name } = machine;
  return {
    kind,
    at,
    accountId,
    zoneId,
    resourceId: id,
    resourceName: name,
    attributes: machineAttributes(machine),
  };
}

/** The usage facts of a volume for an event. */
export function volumeUsage(kind: UsageFacts['kind'], volume: Row<'Volume'>, at: Date): UsageFacts {
  const { accountId, zoneId, id, name } = volume;
  return {
    kind,
    at,
    accountId,
    zoneId,
    resourceId: id,
    resourceName: name,
    attributes: diskAttributes(volume),
  };
}

export const appendMachineUsage = (
  tx: Transaction,
  kind: UsageFacts['kind'],
  machine: MachineRow,
  at: Date,
  source?: UsageSource,
) => appendUsage(tx, [machineUsage(kind, machine, at)], source);

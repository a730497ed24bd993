import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { appendUsage } from '../../../billing/usage-events.ts';
import { releaseAddresses } from '../../../network/address/store.ts';
import { addressUsage } from './address-usage.ts';

/** Deletes a card of a machine that is metered, and gives its address back. */
export async function forgetNic(tx: Transaction, nicId: Id<'Nic'>, at: Date): Promise<void> {
  await releaseAddresses(tx, [nicId], at);
  const nic = await tx.deleteFrom('Nic').where('id', '=', nicId).returningAll().executeTakeFirst();
  if (nic === undefined) return;
  const { zoneId } = await tx
    .selectFrom('VirtualMachine')
    .select('zoneId')
    .where('id', '=', nic.virtualMachineId)
    .executeTakeFirstOrThrow();
  await appendUsage(tx, addressUsage('IP_ADDRESS_RELEASE', zoneId, [nic], at));
}

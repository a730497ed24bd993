import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';
import { releaseAddresses } from '../../../network/address/store.ts';

/** Deletes a card and gives its address back. */
export async function forgetNic(tx: Transaction, nicId: Id<'Nic'>, at: Date): Promise<void> {
  await releaseAddresses(tx, [nicId], at);
  await tx.deleteFrom('Nic').where('id', '=', nicId).execute();
}

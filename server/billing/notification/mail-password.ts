import type { Database, Transaction } from '@nephos/model/database.ts';
import type { Sealing } from '../../platform/sealing.ts';

const name = 'mail-password';

/** Keeps the password for the mail server. */
export async function writeMailPassword(tx: Transaction, sealing: Sealing, password: string): Promise<void> {
  const sealed = sealing.seal(Buffer.from(password), name);
  await tx
    .insertInto('PlatformSecret')
    .values({ name, sealed })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ sealed }))
    .execute();
}

/** The password for the mail server; empty while nobody gave one. */
export async function readMailPassword(db: Database, sealing: Sealing): Promise<string> {
  const row = await db
    .selectFrom('PlatformSecret')
    .select('sealed')
    .where('name', '=', name)
    .executeTakeFirst();
  return row === undefined ? '' : sealing.open(row.sealed, name).toString();
}

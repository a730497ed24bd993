import type { Transaction } from '@nephos/model/database.ts';
import type { Id } from '@nephos/model/kernel/ids.ts';

/** Writes down how one got into a host, without the secret, and which key it showed. */
export async function rememberAccess(
  tx: Transaction,
  hostId: Id<'Host'>,
  access: { address: string; port: number; username: string; hostKey: string },
): Promise<void> {
  await tx
    .updateTable('Host')
    .set({
      sshAddress: access.address,
      sshPort: access.port,
      sshUser: access.username,
      sshHostKey: access.hostKey,
    })
    .where('id', '=', hostId)
    .execute();
}

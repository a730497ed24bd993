import { mutate, newIdempotencyKey } from '../api/connection.svelte.ts';
import { notices } from '../notices/notices.svelte.ts';
import { m } from '#messages';
import { createSshKeyMutation, deleteSshKeyMutation, type SshKey } from './ssh-key-queries.ts';

/** Deletes a key; it can be had back at once, for its public half is all that there is of it. @throws ProblemError */
export async function deleteSshKey({ id, name, publicKey, account }: SshKey): Promise<void> {
  await mutate(deleteSshKeyMutation, { input: { id } });
  const input = { name, publicKey, accountId: account?.id ?? null };
  notices.say(m.ssh_keys_deleted({ name }), {
    label: m.common_undo(),
    do: () => {
      mutate(createSshKeyMutation, { input: { ...input, idempotencyKey: newIdempotencyKey() } }).catch(
        (error: unknown) => notices.fail(m.common_undo_failed(), error),
      );
    },
  });
}

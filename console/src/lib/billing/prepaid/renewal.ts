import { mutate } from '../../api/connection.svelte.ts';
import { notices } from '../../notices/notices.svelte.ts';
import { m } from '#messages';
import { updateTermMutation, type PrepaidTerm } from './prepaid-queries.ts';

/** Has a term renew itself, or no more; says so where that fails. */
export async function toggleRenewal({ id, version, renewsAutomatically }: PrepaidTerm): Promise<void> {
  try {
    await mutate(updateTermMutation, {
      input: { id, renewsAutomatically: !renewsAutomatically, expectedVersion: version },
    });
  } catch (error) {
    notices.fail(m.prepaid_renew_failed(), error);
  }
}

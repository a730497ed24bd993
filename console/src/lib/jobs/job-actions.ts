import { mutate } from '../api/connection.svelte.ts';
import { notices } from '../notices/notices.svelte.ts';
import { m } from '#messages';
import {
  cancelJobMutation,
  dismissJobsMutation,
  resumeJobMutation,
  retryJobMutation,
} from './job-queries.ts';

/** What is done to jobs; what goes wrong is said at the edge of the page. */
export const jobActions = {
  async cancel(id: string): Promise<void> {
    try {
      await mutate(cancelJobMutation, { input: { id } });
      notices.say(m.jobs_cancelled_notice());
    } catch (error) {
      notices.fail(m.jobs_cancel_failed(), error);
    }
  },

  /** Has a stuck job try again to undo what it did. */
  async resume(id: string): Promise<void> {
    await mutate(resumeJobMutation, { input: { id } }).catch((error: unknown) =>
      notices.fail(m.jobs_resume_failed(), error),
    );
  },

  /** Asks for the same again. @returns the new job's id; `undefined` when it was refused */
  async retry(id: string): Promise<string | undefined> {
    try {
      const { retryJob } = await mutate(retryJobMutation, { input: { id } });
      notices.say(m.jobs_retried());
      return retryJob.job.id;
    } catch (error) {
      notices.fail(m.jobs_retry_failed(), error);
      return undefined;
    }
  },

  /** Puts the notices of failures away, on every device. */
  async dismiss(ids: readonly string[]): Promise<void> {
    await mutate(dismissJobsMutation, { input: { ids: [...ids] } }).catch((error: unknown) =>
      notices.fail(m.jobs_dismiss_failed(), error),
    );
  },
};

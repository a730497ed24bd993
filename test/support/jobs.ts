import type { ApiClient } from './api-client.ts';

export interface JobView {
  id: string;
  status: string;
  progress: number;
  resultId: string | null;
  attempt: number;
  error: { code: string; message: string; field: string | null; rule: string | null } | null;
  steps: { name: string; status: string; detail: string | null }[];
}

export const jobFields = `
  id status progress resultId attempt error { code message field rule } steps { name status detail }`;

const followMutation = `subscription ($id: ID!) { jobUpdated(id: $id) { ${jobFields} } }`;

/** Follows a job to its end, as a client would. */
export async function followJob(client: ApiClient, id: string): Promise<JobView> {
  let last: JobView | undefined;
  for await (const { jobUpdated } of client.follow<{ jobUpdated: JobView }>(followMutation, { id }))
    last = jobUpdated;
  if (last === undefined) throw new Error(`job ${id} was never shown`);
  return last;
}

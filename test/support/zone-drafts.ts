import type { ApiClient } from './api-client.ts';
import { followJob, type JobView } from './jobs.ts';

export interface DraftView {
  id: string;
  name: string;
  state: string;
  step: string;
  version: number;
  done: string[];
  zone: { id: string; allocationState: string } | null;
  job: { id: string } | null;
  problems: { path: string; value: string | null; rule: string }[];
  plan: {
    hosts: {
      key: string;
      isMade: boolean;
      hostId: string | null;
      ssh: { address: string; hasPassword: boolean; hasPrivateKey: boolean } | null;
      checks: { name: string; outcome: string }[];
    }[];
  };
}

const draftFields = `id name state step version done zone { id allocationState } job { id }
  problems { path value rule }
  plan { hosts { key isMade hostId ssh { address hasPassword hasPrivateKey } checks { name outcome }
 } }`;

/** Begins a draft of a zone. */
export async function createDraft(client: ApiClient, plan: Record<string, unknown> = {}): Promise<DraftView> {
  const { createZoneDraft } = await client.ask<{ createZoneDraft: { zoneDraft: DraftView } }>(
    `mutation ($input: CreateZoneDraftInput!) { createZoneDraft(input: $input) { zoneDraft { ${draftFields} } } }`,
    { input: { plan } },
  );
  return createZoneDraft.zoneDraft;
}

export const updateDraftMutation = `mutation ($input: UpdateZoneDraftInput!) {
  updateZoneDraft(input: $input) { zoneDraft { ${draftFields} } } }`;

/** Changes a draft as it was seen. */
export async function updateDraft(
  client: ApiClient,
  { id, version }: Pick<DraftView, 'id' | 'version'>,
  plan: Record<string, unknown>,
): Promise<DraftView> {
  const { updateZoneDraft } = await client.ask<{ updateZoneDraft: { zoneDraft: DraftView } }>(
    updateDraftMutation,
    { input: { id, expectedVersion: version, plan } },
  );
  return updateZoneDraft.zoneDraft;
}

/** The draft as it is now; `undefined` when it is gone. */
export async function findDraft(client: ApiClient, id: string): Promise<DraftView | undefined> {
  const { node } = await client.ask<{ node: DraftView | null }>(
    `query ($id: ID!) { node(id: $id) { ... on ZoneDraft { ${draftFields} } } }`,
    { id },
  );
  return node ?? undefined;
}

export const launchDraftMutation = `mutation ($input: LaunchZoneDraftInput!) {
  launchZoneDraft(input: $input) { job { id } } }`;

/** Launches a draft, and follows the job to its end. */
export async function launchDraft(client: ApiClient, id: string): Promise<JobView> {
  const { launchZoneDraft } = await client.ask<{ launchZoneDraft: { job: { id: string } } }>(
    launchDraftMutation,
    { input: { id } },
  );
  return followJob(client, launchZoneDraft.job.id);
}

/** Discards a draft, and follows the job to its end. */
export async function discardDraft(client: ApiClient, id: string): Promise<JobView> {
  const { discardZoneDraft } = await client.ask<{ discardZoneDraft: { job: { id: string } } }>(
    `mutation ($input: DiscardZoneDraftInput!) { discardZoneDraft(input: $input) { job { id } } }`,
    { input: { id } },
  );
  return followJob(client, discardZoneDraft.job.id);
}

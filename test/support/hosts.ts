import type { ApiClient } from './api-client.ts';
import { followJob, type JobView } from './jobs.ts';

export interface HostView {
  id: string;
  name: string;
  linkState: string;
  adminState: string;
  adminStateReason: string | null;
  version: number;
}

const hostFields = 'id name linkState adminState adminStateReason version';

/** All hosts, oldest first. */
export async function allHosts(client: ApiClient): Promise<HostView[]> {
  const { hosts } = await client.ask<{ hosts: { nodes: HostView[] } }>(
    `{ hosts(first: 500) { nodes { ${hostFields} } } }`,
  );
  return hosts.nodes.sort((one, other) => (one.id < other.id ? -1 : 1));
}

/** @throws Error when it is gone */
export async function getHost(client: ApiClient, id: string): Promise<HostView> {
  const host = (await allHosts(client)).find((each) => each.id === id);
  if (host === undefined) throw new Error(`host ${id} is gone`);
  return host;
}

/** Input types that are not simply `HostInput`. */
const inputTypes: Partial<Record<string, string>> = {
  updateHost: 'UpdateHostInput',
  deleteHost: 'DeleteHostInput',
  cancelHostMaintenance: 'CancelHostMaintenanceInput',
  prepareHostForMaintenance: 'PrepareHostForMaintenanceInput',
};

type HostMutation =
  | 'updateHost'
  | 'enableHost'
  | 'disableHost'
  | 'reconnectHost'
  | 'cancelHostMaintenance'
  | 'prepareHostForMaintenance'
  | 'deleteHost';

/** The text of a mutation of a host; those that take time answer a job. */
export function hostMutation(mutation: HostMutation): string {
  const hasJob = mutation === 'prepareHostForMaintenance' || mutation === 'deleteHost';
  return `mutation ($input: ${inputTypes[mutation] ?? 'HostInput'}!) {
    answer: ${mutation}(input: $input) { host { ${hostFields} } ${hasJob ? 'job { id }' : ''} } }`;
}

/** Changes a host at once. */
export async function changeHost(
  client: ApiClient,
  mutation: Exclude<HostMutation, 'prepareHostForMaintenance' | 'deleteHost'>,
  input: Record<string, unknown> & { id: string },
): Promise<HostView> {
  const { answer } = await client.ask<{ answer: { host: HostView } }>(hostMutation(mutation), { input });
  return answer.host;
}

/** Begins what takes time. @returns the job's id */
export async function beginOnHost(
  client: ApiClient,
  mutation: 'prepareHostForMaintenance' | 'deleteHost',
  input: Record<string, unknown> & { id: string },
): Promise<string> {
  const { answer } = await client.ask<{ answer: { job: { id: string } } }>(hostMutation(mutation), { input });
  return answer.job.id;
}

/** Does what takes time, and follows the job to its end. */
export async function workOnHost(
  client: ApiClient,
  mutation: 'prepareHostForMaintenance' | 'deleteHost',
  input: Record<string, unknown> & { id: string },
): Promise<JobView> {
  return followJob(client, await beginOnHost(client, mutation, input));
}

/** Where a machine is, and where it is going. */
export interface Place {
  state: string;
  host: string | null;
  targetHost: string | null;
}

export async function placeOf(client: ApiClient, id: string): Promise<Place> {
  const { virtualMachine } = await client.ask<{
    virtualMachine: { state: string; host: { id: string } | null; targetHost: { id: string } | null };
  }>('query ($id: ID!) { virtualMachine(id: $id) { state host { id } targetHost { id } } }', { id });
  const { state, host, targetHost } = virtualMachine;
  return { state, host: host?.id ?? null, targetHost: targetHost?.id ?? null };
}

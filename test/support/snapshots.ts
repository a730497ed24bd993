import type { ApiClient } from './api-client.ts';
import { followJob, type JobView } from './jobs.ts';

export interface SnapshotView {
  id: string;
  name: string;
  state: string;
  withMemory: boolean;
  parentId: string | null;
  isCurrent: boolean;
  cpuCount: number;
  memorySize: number;
  version: number;
  availableActions: { action: string; isAllowed: boolean; reason: string | null }[];
}

const fields =
  'id name state withMemory parentId isCurrent cpuCount memorySize version availableActions { action isAllowed reason }';

/** A machine's snapshots, oldest first. */
export async function snapshotsOf(client: ApiClient, machineId: string): Promise<SnapshotView[]> {
  const { virtualMachine } = await client.ask<{ virtualMachine: { snapshots: SnapshotView[] } }>(
    `query ($id: ID!) { virtualMachine(id: $id) { snapshots { ${fields} } } }`,
    { id: machineId },
  );
  return virtualMachine.snapshots;
}

const inputTypes = {
  createVirtualMachineSnapshot: 'CreateVirtualMachineSnapshotInput',
  revertToVirtualMachineSnapshot: 'RevertToVirtualMachineSnapshotInput',
  deleteVirtualMachineSnapshot: 'DeleteVirtualMachineSnapshotInput',
} as const;

type SnapshotMutation = keyof typeof inputTypes;

/** Asks for something to be done with a snapshot. @returns ids of the snapshot and of the job */
export async function askSnapshot(
  client: ApiClient,
  mutation: SnapshotMutation,
  input: Record<string, unknown> & { id: string },
): Promise<{ snapshotId: string; jobId: string }> {
  const answer = await client.ask<Record<string, { snapshot: { id: string }; job: { id: string } }>>(
    `mutation ($input: ${inputTypes[mutation]}!) { ${mutation}(input: $input) { snapshot { id } job { id } } }`,
    { input },
  );
  const { snapshot, job } = answer[mutation]!;
  return { snapshotId: snapshot.id, jobId: job.id };
}

/** Takes a snapshot of a machine and follows the job to the end. */
export async function snapshot(
  client: ApiClient,
  id: string,
  input: Record<string, unknown> & { name: string },
): Promise<{ snapshotId: string; job: JobView }> {
  const { snapshotId, jobId } = await askSnapshot(client, 'createVirtualMachineSnapshot', { id, ...input });
  return { snapshotId, job: await followJob(client, jobId) };
}

/** Goes back to a snapshot, or deletes it, and follows the job to the end. */
export async function changeSnapshot(
  client: ApiClient,
  mutation: Exclude<SnapshotMutation, 'createVirtualMachineSnapshot'>,
  id: string,
): Promise<JobView> {
  const { jobId } = await askSnapshot(client, mutation, { id });
  return followJob(client, jobId);
}

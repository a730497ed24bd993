import type { ApiClient } from './api-client.ts';
import { followJob, type JobView } from './jobs.ts';
import { serveFiles, tinyIso, tinyQcow2 } from './web-files.ts';

/** Lets templates come from loopback, where tests serve them. */
export async function allowLoopback(admin: ApiClient): Promise<void> {
  await admin.ask(
    'mutation ($input: UpdateSettingInput!) { updateSetting(input: $input) { setting { value } } }',
    {
      input: { key: 'secstorage.allowed.internal.sites', value: '127.0.0.0/8' },
    },
  );
}

/** How an image is registered. */
interface Registration {
  isPublic?: boolean;
  /** Account that is to own it; the client's own when absent. */
  accountId?: string;
}

/** A template that is ready in a zone. @returns its id */
export async function registerTemplate(
  admin: ApiClient,
  zoneId: string,
  virtualSizeBytes?: bigint,
  { isPublic = true, accountId }: Registration = {},
): Promise<string> {
  const disk = tinyQcow2(virtualSizeBytes ? { virtualSizeBytes } : {});
  return register(admin, 'Template', disk, { zoneId, name: 'tiny', format: 'QCOW2', isPublic, accountId });
}

/** A disc that is ready in a zone. @returns its id */
export async function registerIso(
  admin: ApiClient,
  zoneId: string,
  { isPublic = true, accountId }: Registration = {},
): Promise<string> {
  return register(admin, 'Iso', tinyIso(), { zoneId, name: 'disc', isPublic, accountId });
}

async function register(
  admin: ApiClient,
  type: 'Template' | 'Iso',
  content: Buffer,
  input: Record<string, unknown>,
): Promise<string> {
  await allowLoopback(admin);
  await using files = await serveFiles({ '/image': content });
  const { registered } = await admin.ask<{
    registered: { image: { id: string }; job: { id: string } };
  }>(
    `mutation ($input: Register${type}Input!) {
      registered: register${type}(input: $input) { image: ${type.toLowerCase()} { id } job { id } }
    }`,
    { input: { ...input, url: `${files.url}/image` } },
  );
  const job = await followJob(admin, registered.job.id);
  if (job.status !== 'SUCCEEDED') throw new Error(`${type} was not registered: ${JSON.stringify(job.error)}`);
  return registered.image.id;
}

/** Id of a seeded service offering. */
export async function serviceOfferingId(client: ApiClient, name = 'small'): Promise<string> {
  const { serviceOfferings } = await client.ask<{
    serviceOfferings: { nodes: { id: string; name: string }[] };
  }>('{ serviceOfferings { nodes { id name } } }');
  const offering = serviceOfferings.nodes.find((each) => each.name === name);
  if (offering === undefined) throw new Error(`there is no service offering ${name}`);
  return offering.id;
}

export interface MachineView {
  id: string;
  name: string;
  state: string;
  stateReason: string | null;
  ipAddress: string | null;
  version: number;
  iso: { id: string } | null;
  volumes: { id: string; state: string }[];
}

const machineFields = 'id name state stateReason ipAddress version iso { id } volumes { id state }';

export const deployMutation = `
  mutation ($input: DeployVirtualMachineInput!) {
    deployVirtualMachine(input: $input) { virtualMachine { ${machineFields} } job { id } }
  }`;

export interface Deployed {
  deployVirtualMachine: { virtualMachine: MachineView; job: { id: string } };
}

/** Deploys a machine and follows its job to the end. */
export async function deploy(
  client: ApiClient,
  input: Record<string, unknown>,
): Promise<{ machine: MachineView; job: JobView }> {
  const { deployVirtualMachine } = await client.ask<Deployed>(deployMutation, { input });
  const job = await followJob(client, deployVirtualMachine.job.id);
  return { machine: await getMachine(client, deployVirtualMachine.virtualMachine.id), job };
}

/** @throws Error when it is gone */
export async function getMachine(client: ApiClient, id: string): Promise<MachineView> {
  const machine = await findMachine(client, id);
  if (machine === null) throw new Error(`machine ${id} is gone`);
  return machine;
}

export async function findMachine(client: ApiClient, id: string): Promise<MachineView | null> {
  const { virtualMachine } = await client.ask<{ virtualMachine: MachineView | null }>(
    `query ($id: ID!) { virtualMachine(id: $id) { ${machineFields} } }`,
    { id },
  );
  return virtualMachine;
}

type MachineMutation =
  | 'startVirtualMachine'
  | 'stopVirtualMachine'
  | 'rebootVirtualMachine'
  | 'reinstallVirtualMachine'
  | 'scaleVirtualMachine'
  | 'suspendVirtualMachine'
  | 'resumeVirtualMachine'
  | 'migrateVirtualMachine'
  | 'destroyVirtualMachine'
  | 'expungeVirtualMachine'
  | 'attachIso'
  | 'detachIso';

/** Input types that are not simply `VirtualMachineInput`. */
const inputTypes: Partial<Record<MachineMutation, string>> = {
  startVirtualMachine: 'StartVirtualMachineInput',
  scaleVirtualMachine: 'ScaleVirtualMachineInput',
  reinstallVirtualMachine: 'ReinstallVirtualMachineInput',
  stopVirtualMachine: 'StopVirtualMachineInput',
  rebootVirtualMachine: 'RebootVirtualMachineInput',
  migrateVirtualMachine: 'MigrateVirtualMachineInput',
  attachIso: 'AttachIsoInput',
};

/** Does something to a machine and follows the job to the end. */
export async function change(
  client: ApiClient,
  mutation: MachineMutation,
  input: Record<string, unknown> & { id: string },
): Promise<JobView> {
  const type = inputTypes[mutation] ?? 'VirtualMachineInput';
  const answer = await client.ask<Record<string, { job: { id: string } }>>(
    `mutation ($input: ${type}!) { ${mutation}(input: $input) { job { id } } }`,
    { input },
  );
  return followJob(client, answer[mutation]?.job.id ?? '');
}

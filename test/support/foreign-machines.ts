import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { ForeignMachineText } from '@nephos/agent-protocol/inventory.ts';
import type { ApiClient } from './api-client.ts';
import { eventually } from './eventually.ts';
import { followJob, type JobView } from './jobs.ts';
import type { TestZone } from './zone.ts';

export interface ForeignMachineView {
  id: string;
  name: string;
  uuid: string;
  power: string;
  obstacle: string | null;
}

let made = 0;

/** A machine that somebody made on a simulated host: one disk in the zone's pool, one card on its bridge. */
export function aForeignMachine(
  { folder }: Pick<TestZone, 'folder'>,
  overrides: Partial<ForeignMachineText> & { name: string },
): ForeignMachineText {
  const lastByte = (++made).toString(16).padStart(2, '0');
  return {
    uuid: randomUUID(),
    power: 'ON',
    cpuCount: 1,
    memoryBytes: (1024 ** 3).toString(),
    bootMode: 'BIOS',
    disks: [
      {
        path: path.join(folder, 'primary', `${overrides.name}.qcow2`),
        format: 'QCOW2',
        sizeBytes: (1024 ** 3).toString(),
        bus: 'virtio',
      },
    ],
    nics: [{ macAddress: `52:54:00:00:00:${lastByte}`, bridge: 'nephosbr0' }],
    obstacle: null,
    ...overrides,
  };
}

/** Makes one, and waits until the server has heard of it. @returns its id */
export async function makeForeign(
  admin: ApiClient,
  zone: TestZone,
  machine: ForeignMachineText,
  host = 0,
): Promise<string> {
  await zone.simulator.ask({ ask: 'addForeign', host, machine });
  return (await foreignNamed(admin, machine.name)).id;
}

export async function foreignMachines(admin: ApiClient): Promise<ForeignMachineView[]> {
  const { foreignMachines: list } = await admin.ask<{ foreignMachines: { nodes: ForeignMachineView[] } }>(
    '{ foreignMachines(first: 500) { nodes { id name uuid power obstacle } } }',
  );
  return list.nodes;
}

/** Waits until the server has heard of a foreign machine of this name. */
export async function foreignNamed(admin: ApiClient, name: string): Promise<ForeignMachineView> {
  const find = async () => (await foreignMachines(admin)).find((each) => each.name === name);
  const found = await eventually(find, (each) => each !== undefined);
  if (found === undefined) throw new Error(`there is no foreign machine ${name}`);
  return found;
}

/** Imports a foreign machine and follows the job to its end. @returns the job, and the machine's id */
export async function importMachine(
  admin: ApiClient,
  input: Record<string, unknown>,
): Promise<{ id: string; job: JobView }> {
  const { importVirtualMachine } = await admin.ask<{
    importVirtualMachine: { virtualMachine: { id: string }; job: { id: string } };
  }>(
    'mutation ($input: ImportVirtualMachineInput!) { importVirtualMachine(input: $input) { virtualMachine { id } job { id } } }',
    { input },
  );
  const { virtualMachine, job } = importVirtualMachine;
  return { id: virtualMachine.id, job: await followJob(admin, job.id) };
}

/** Lets go of a machine and follows the job to its end. @returns the job, and what the machine is called now */
export async function unmanage(admin: ApiClient, id: string): Promise<{ foreignName: string; job: JobView }> {
  const { unmanageVirtualMachine } = await admin.ask<{
    unmanageVirtualMachine: { foreignName: string; job: { id: string } };
  }>(
    'mutation ($input: VirtualMachineInput!) { unmanageVirtualMachine(input: $input) { foreignName job { id } } }',
    { input: { id } },
  );
  const { foreignName, job } = unmanageVirtualMachine;
  return { foreignName, job: await followJob(admin, job.id) };
}

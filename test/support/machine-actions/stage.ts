import type { PowerState } from '@nephos/agent-protocol/machine.ts';
import type { MachineAction } from '@nephos/server/compute/virtual-machine/available-actions.ts';
import { parseId } from '@nephos/model/kernel/ids.ts';
import type { ApiClient } from '../api-client.ts';
import { followJob, type JobView } from '../jobs.ts';
import type { TestServer } from '../server.ts';

/** A machine as the hypervisor of the host that it is believed to be on has it. */
export interface SeenMachine {
  power: PowerState;
  cpuCount: number;
  memoryBytes: bigint;
  bootMode: 'BIOS' | 'UEFI';
  /** The ends of the disks' ids, the root disk first. */
  disks: string[];
  macAddresses: string[];
  isoPath: string | null;
  startsFromIso: boolean;
  /** All that its cloud-init is given, as text. */
  seed: string;
}

/** Where machines live whose actions are shown: a server over hosts of one driver, two of them. */
export interface Stage {
  server: TestServer;
  zoneId: string;
  templateId: string;
  isoId: string;
  /** A second guest network. */
  networkId: string;
  /** Ids of the hosts. */
  hosts: readonly string[];
  /** Input of a deploy, under a name. */
  machine(name: string): Record<string, unknown>;
  /** The machine on its host; on another host, when one is named. */
  see(machineId: string, hostId?: string): Promise<SeenMachine>;
  /** Waits until a machine's guest listens to its host. @returns something that is another after each start */
  untilUp(machineId: string): Promise<string>;
  /** The hash by which the machine's guest knows its user root. */
  rootPasswordHash(machineId: string): Promise<string>;
  /** What a command in the guest says; absent where there are no guests in the machines. */
  inGuest?: (machineId: string, ...command: string[]) => Promise<string>;
  /** Compares what is there with what is believed, promised and metered. */
  expectBalancedBooks(): Promise<void>;
}

/** Something that is done to machines, one after the other. */
export interface Act {
  /** Actions of the API that it shows, each by what the hypervisor has afterwards. */
  shows: readonly MachineAction[];
  what: string;
  run(stage: Stage, machine: ActedOn): Promise<void>;
}

/** The machine of a life; `id` is set by the first act. */
export interface ActedOn {
  id: string;
}

/** Sends a mutation, and follows its job if there is one. @returns `null` where there was nothing to wait for */
export async function perform(
  client: ApiClient,
  mutation: string,
  inputType: string,
  input: Record<string, unknown>,
): Promise<JobView | null> {
  const { answer } = await client.ask<{ answer: { job: { id: string } | null } }>(
    `mutation ($input: ${inputType}!) { answer: ${mutation}(input: $input) { job { id } } }`,
    { input },
  );
  return answer.job === null ? null : followJob(client, answer.job.id);
}

/** A job that came to a good end. */
export const succeeded = { status: 'SUCCEEDED', error: null };

/** What the steps of a job said, by their names. */
export async function outputsOf({ server }: Stage, jobId: string): Promise<unknown> {
  const id = parseId('Job', jobId);
  const job = await server.db.selectFrom('Job').select('outputs').where('id', '=', id).executeTakeFirst();
  return job?.outputs;
}

/** Id of the host that a machine ran on last. */
export async function lastHostOf({ server }: Stage, machineId: string): Promise<string> {
  const { lastHostId } = await server.db
    .selectFrom('VirtualMachine')
    .select('lastHostId')
    .where('id', '=', parseId('VirtualMachine', machineId))
    .executeTakeFirstOrThrow();
  if (lastHostId === null) throw new Error(`${machineId} has never run`);
  return lastHostId;
}

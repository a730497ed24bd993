import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import { monitorCommand } from '@nephos/node-libvirt/guest.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import { explained } from '../domain-reference.ts';
import type { DiskSnapshot } from '../qemu-img.ts';

/**
 * Snapshots of a machine that is on, by QEMU's own commands. libvirt's would leave its own notes of them on one host,
 * with which it refuses to migrate the machine, and takes none of running disks without the memory.
 */

/** A disk as QEMU has it open. */
export interface OpenDisk {
  node: string;
  file: string;
  snapshots: DiskSnapshot[];
}

/** What `query-block` says of a drive with something in it. */
interface Inserted {
  'node-name': string;
  file: string;
  image: { snapshots?: { name: string; 'vm-state-size': number }[] };
}

interface Job {
  id: string;
  status: string;
  error?: string;
}

const jobPollMs = 100;

/** For as long as it takes: QEMU answers nothing else while it saves a large memory. */
async function ask(libvirt: Libvirt, domain: DomainRef, execute: string, args?: object): Promise<unknown> {
  const command = { execute, ...(args && { arguments: { ...args } }) };
  try {
    return await monitorCommand(libvirt, domain, command, { timeoutMs: 0 });
  } catch (error) {
    const failure = explained(error);
    if (failure instanceof CommandFailure) throw failure;
    throw new CommandFailure('HYPERVISOR_ERROR', (error as Error).message, { cause: error });
  }
}

/** The file of a disk; one that stands on a base is described in JSON. */
function fileOf({ file }: Inserted): string {
  if (!file.startsWith('json:')) return file;
  return (JSON.parse(file.slice('json:'.length)) as { file: { filename: string } }).file.filename;
}

/** Those disks of a machine that is on. @throws CommandFailure NOT_FOUND for one that it does not have */
export async function openDisks(
  libvirt: Libvirt,
  domain: DomainRef,
  files: readonly string[],
): Promise<OpenDisk[]> {
  const drives = (await ask(libvirt, domain, 'query-block')) as { inserted?: Inserted }[];
  const inserted = drives.flatMap((drive) => drive.inserted ?? []);
  return files.map((file) => {
    const found = inserted.find((each) => fileOf(each) === file);
    if (found === undefined) throw new CommandFailure('NOT_FOUND', `the machine does not run on ${file}`);
    const { snapshots = [] } = found.image;
    return {
      node: found['node-name'],
      file,
      snapshots: snapshots.map((each) => ({ name: each.name, stateBytes: BigInt(each['vm-state-size']) })),
    };
  });
}

/** Keeps all disks at one instant, while the guest runs. */
export async function keepDisks(
  libvirt: Libvirt,
  domain: DomainRef,
  disks: readonly OpenDisk[],
  name: string,
): Promise<void> {
  const actions = disks.map(({ node }) => ({
    type: 'blockdev-snapshot-internal-sync',
    data: { device: node, name },
  }));
  await ask(libvirt, domain, 'transaction', { actions });
}

/** Keeps all disks and, on the first of them, the memory; the guest stands still for that. */
export function saveMemory(
  libvirt: Libvirt,
  domain: DomainRef,
  disks: readonly OpenDisk[],
  name: string,
): Promise<void> {
  return work(libvirt, domain, 'snapshot-save', disks, name);
}

/** Puts all disks and the memory back; a machine that stands still goes on doing that. */
export function loadMemory(
  libvirt: Libvirt,
  domain: DomainRef,
  disks: readonly OpenDisk[],
  name: string,
): Promise<void> {
  return work(libvirt, domain, 'snapshot-load', disks, name);
}

/** Deletes a snapshot on those disks that have it. */
export async function deleteOpen(
  libvirt: Libvirt,
  domain: DomainRef,
  disks: readonly OpenDisk[],
  name: string,
): Promise<void> {
  for (const { node, snapshots } of disks) {
    if (!snapshots.some((each) => each.name === name)) continue;
    await ask(libvirt, domain, 'blockdev-snapshot-delete-internal-sync', { device: node, name });
  }
}

const jobOf = (command: string, name: string) => `${command}-${name}`;

async function work(
  libvirt: Libvirt,
  domain: DomainRef,
  command: 'snapshot-save' | 'snapshot-load',
  disks: readonly OpenDisk[],
  name: string,
): Promise<void> {
  const devices = disks.map(({ node }) => node);
  const job = jobOf(command, name);
  await ask(libvirt, domain, command, { 'job-id': job, tag: name, vmstate: devices[0], devices });
  const error = await concluded(libvirt, domain, job);
  if (error !== undefined) throw new CommandFailure('HYPERVISOR_ERROR', `QEMU: ${error}`);
}

/** Waits for the saving that an agent began which is no more. */
export async function awaitSaving(libvirt: Libvirt, domain: DomainRef, name: string): Promise<void> {
  await concluded(libvirt, domain, jobOf('snapshot-save', name));
}

/** Waits for a job of QEMU's, and has it forgotten. @returns why it failed, if it did */
async function concluded(libvirt: Libvirt, domain: DomainRef, id: string): Promise<string | undefined> {
  for (;;) {
    const jobs = (await ask(libvirt, domain, 'query-jobs')) as Job[];
    const job = jobs.find((each) => each.id === id);
    if (job === undefined) return undefined;
    if (job.status === 'concluded') {
      await ask(libvirt, domain, 'job-dismiss', { id });
      return job.error;
    }
    await sleep(jobPollMs);
  }
}

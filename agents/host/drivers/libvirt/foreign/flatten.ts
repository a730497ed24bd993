import { setTimeout as sleep } from 'node:timers/promises';
import { CommandFailure } from '@nephos/agent-runtime/command-failure.ts';
import type { CommandContext } from '@nephos/agent-runtime/command-runner.ts';
import { abortBlockJob, getBlockJob, pullBlock } from '@nephos/node-libvirt/block.ts';
import type { Libvirt } from '@nephos/node-libvirt/connection.ts';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';
import { diskContent } from '../qemu-img.ts';

const lookEveryMs = 250;

/** Has QEMU copy into a disk that is in use what it still takes from its template. */
export async function pullDisk(
  libvirt: Libvirt,
  domain: DomainRef,
  file: string,
  { signal, progress }: CommandContext,
): Promise<void> {
  // From an earlier time that was cut off, it may be under way.
  if ((await getBlockJob(libvirt, domain, file)) === null) await pullBlock(libvirt, domain, file);
  for (let job = await getBlockJob(libvirt, domain, file); job !== null;) {
    if (signal.aborted) {
      await abortBlockJob(libvirt, domain, file);
      throw signal.reason as Error;
    }
    if (job.end > 0n) progress(Number((job.current * 100n) / job.end), 'copying the template into the disk');
    await sleep(lookEveryMs);
    job = await getBlockJob(libvirt, domain, file);
  }
  if ((await diskContent(file, 'qcow2')).backing !== null)
    throw new CommandFailure('HYPERVISOR_ERROR', `${file} still stands on its template`);
}

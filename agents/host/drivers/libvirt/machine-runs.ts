import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import type { DomainRef } from '@nephos/node-libvirt/references.ts';

/** Place of the start time, in ticks since the boot, among what follows the name in `/proc/PID/stat`: field 22 there. */
const startTimeField = 19;

/**
 * Tells one run of a domain from the next by the process that it is. libvirt's own number of a domain may come again: it
 * begins anew when libvirtd is restarted while nothing runs.
 */
export class MachineRuns {
  readonly #boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  /** Process and start time of each domain, by its UUID. */
  #known = new Map<string, { pid: string; startTime: string }>();

  /** @returns the run of each of these domains: all that are active; `undefined` for one that has ended meanwhile */
  async idsOf(domains: readonly DomainRef[]): Promise<(domain: DomainRef) => string | undefined> {
    const known = new Map<string, { pid: string; startTime: string }>();
    for (const { uuid } of domains) {
      const process = this.#known.get(uuid);
      if (process !== undefined && (await startTimeOf(process.pid)) === process.startTime)
        known.set(uuid, process);
    }
    const others = domains.filter(({ uuid }) => !known.has(uuid));
    if (others.length > 0)
      for (const [uuid, process] of await findProcesses(others)) known.set(uuid, process);
    this.#known = known;
    return ({ uuid }) => {
      const process = known.get(uuid);
      return process && `${this.#boot}/${process.pid}/${process.startTime}`;
    };
  }
}

async function startTimeOf(pid: string): Promise<string | undefined> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name before may hold anything, brackets too.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[startTimeField];
  } catch {
    return undefined;
  }
}

async function findProcesses(
  domains: readonly DomainRef[],
): Promise<[string, { pid: string; startTime: string }][]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid): Promise<[string, { pid: string; startTime: string }][]> => {
      const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const domain = domains.find((each) => isProcessOf(command, each));
      const startTime = domain && (await startTimeOf(pid));
      return domain === undefined || startTime === undefined ? [] : [[domain.uuid, { pid, startTime }]];
    }),
  );
  return found.flat();
}

/** QEMU is told both: the UUID, and a folder of libvirt's for this number, which a second libvirtd has elsewhere. */
const isProcessOf = (command: string, { uuid, id }: DomainRef) =>
  command.includes(`-uuid\0${uuid}\0`) && command.includes(`/domain-${id}-`);
